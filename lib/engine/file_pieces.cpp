#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "engine/file_access.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <utility>

// Declared in file_access.hpp. zlib, not libdeflate: it can stop in the middle of a member.

namespace weir::engine {
namespace {

constexpr std::size_t k_piece_bytes = 256 * 1024;

class PlainPieces final : public lang::PieceReader {
 public:
  explicit PlainPieces(std::string name)
      : name_(std::move(name)), file_(base::open_read(name_)), buffer_(k_piece_bytes, '\0') {}

  std::string_view next() override {
    const std::size_t got = base::read_some(file_.get(), buffer_.data(), buffer_.size(), name_);
    return std::string_view(buffer_).substr(0, got);
  }

 private:
  std::string name_;
  base::Fd file_;
  std::string buffer_;
};

/// The members of gzip data, one after the other.
class GzipPieces final : public lang::PieceReader {
 public:
  explicit GzipPieces(std::string name)
      : name_(std::move(name)), source_(name_), buffer_(k_piece_bytes, '\0') {
    constexpr int k_gzip_of_any_window = 15 + 16;
    if (::inflateInit2(&stream_, k_gzip_of_any_window) != Z_OK)
      throw Error(ErrorKind::temporary, fmt::format("no memory to decompress '{}'", name_));
  }
  ~GzipPieces() override { ::inflateEnd(&stream_); }
  GzipPieces(const GzipPieces&) = delete;
  GzipPieces& operator=(const GzipPieces&) = delete;

  std::string_view next() override {
    while (has_more_ || has_input()) {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int result = ::inflate(&stream_, Z_NO_FLUSH);
      const std::size_t made = buffer_.size() - stream_.avail_out;
      in_member_ = result != Z_STREAM_END;
      has_more_ = in_member_ && stream_.avail_out == 0;
      if (result == Z_STREAM_END) {
        ::inflateReset(&stream_);
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        refuse();
      }
      if (made > 0) return std::string_view(buffer_).substr(0, made);
    }
    if (in_member_ || is_empty_) refuse();
    return {};
  }

 private:
  /// False at the end of the file.
  bool has_input() {
    if (stream_.avail_in > 0) return true;
    const std::string_view piece = source_.next();
    is_empty_ = is_empty_ && piece.empty();
    // zlib does not write to its input; its older interface does not say so.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    return !piece.empty();
  }

  [[noreturn]] void refuse() const {
    throw Error(ErrorKind::input, fmt::format("'{}' is no intact gzip file", name_));
  }

  std::string name_;
  PlainPieces source_;
  std::string buffer_;
  z_stream stream_{};
  bool is_empty_ = true;    ///< no byte was read; that is no gzip file, either
  bool in_member_ = false;  ///< between the first byte of a member and its last
  bool has_more_ = false;   ///< the buffer was too small for what the input gave
};

}  // namespace

std::unique_ptr<lang::PieceReader> open_pieces(const std::string& name, bool decompress) {
  if (decompress) return std::make_unique<GzipPieces>(name);
  return std::make_unique<PlainPieces>(name);
}

}  // namespace weir::engine
