#include "engine/file_access.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace weir::engine {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

/// Text that a script reads as a whole may not be larger than this.
constexpr std::size_t k_text_bytes_max = std::size_t{2} << 30;

}  // namespace

std::string gunzip(std::string_view data, std::string_view what) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  std::string content;
  std::size_t used = 0;
  do {
    std::string member(std::max<std::size_t>(64 * 1024, (data.size() - used) * 4), '\0');
    std::size_t taken = 0;
    std::size_t made = 0;
    libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;
    while (true) {
      result =
          libdeflate_gzip_decompress_ex(decompressor.get(), data.data() + used, data.size() - used,
                                        member.data(), member.size(), &taken, &made);
      if (result != LIBDEFLATE_INSUFFICIENT_SPACE || member.size() > k_text_bytes_max) break;
      member.resize(member.size() * 2);
    }
    if (result != LIBDEFLATE_SUCCESS) {
      throw Error(ErrorKind::input,
                  fmt::format("'{}' is no intact gzip file of readable size", what));
    }
    content.append(member, 0, made);
    used += taken;
  } while (used < data.size());
  return content;
}

std::string gzip(std::string_view content) {
  constexpr int k_level = 6;
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(k_level));
  std::string data(libdeflate_gzip_compress_bound(compressor.get(), content.size()), '\0');
  data.resize(libdeflate_gzip_compress(compressor.get(), content.data(), content.size(),
                                       data.data(), data.size()));
  return data;
}

}  // namespace weir::engine
