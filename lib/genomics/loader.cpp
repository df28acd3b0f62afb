#include "genomics/loader.hpp"

#include "base/error.hpp"
#include "genomics/archive_loader.hpp"
#include "genomics/bgzf_loader.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>
#include <vector>
#define ZLIB_CONST  // input that zlib does not write to
#include <zlib.h>

namespace weir::genomics {
namespace {

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// The file as it is.
class PlainLoader final : public Loader {
 public:
  PlainLoader(const SourceFile& source, SourceHasher* hasher, const LoadOptions& options)
      : source_(source), hasher_(hasher), options_(options) {}

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    if (hasher_ != nullptr) hasher_->drain();
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(room, source_.size() - position_));
    for (std::size_t done = 0; done < count;) {
      const std::size_t step = std::min(count - done, options_.piece_bytes);
      read({to + done, step});
      done += step;
    }
    return count;
  }

  std::uint64_t source_position() const override { return position_; }
  const ProblemTally& tally() const override { return tally_; }

 private:
  void read(std::span<std::uint8_t> to) {
    constexpr std::size_t k_part_bytes = std::size_t{1} << 20;
    parallel_for(options_.work, (to.size() + k_part_bytes - 1) / k_part_bytes,
                 [&](std::size_t part, std::size_t) {
                   const std::size_t begin = part * k_part_bytes;
                   source_.read_at(position_ + begin,
                                   to.subspan(begin, std::min(k_part_bytes, to.size() - begin)));
                 });
    position_ += to.size();
    if (hasher_ != nullptr) hasher_->add(to);
    options_.work.report(Stage::load, static_cast<std::int64_t>(position_),
                         static_cast<std::int64_t>(source_.size()));
  }

  const SourceFile& source_;
  SourceHasher* hasher_;
  LoadOptions options_;
  std::uint64_t position_ = 0;
  ProblemTally tally_;
  const DrainAtEnd drain_{hasher_};  ///< of what the loads went to
};

/// Ordinary gzip, any number of members, one after the other.
class GzipLoader final : public Loader {
 public:
  GzipLoader(std::unique_ptr<Loader> inner, const SourceFile& source, const LoadOptions& options)
      : input_(std::max(options.piece_bytes / 4, k_load_room_min)),
        inner_(std::move(inner)),
        source_(source),
        options_(options) {
    constexpr int k_gzip_window = 15 + 16;
    WEIR_ASSERT(inflateInit2(&stream_, k_gzip_window) == Z_OK);
  }
  ~GzipLoader() override { inflateEnd(&stream_); }
  GzipLoader(const GzipLoader&) = delete;
  GzipLoader& operator=(const GzipLoader&) = delete;

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    constexpr std::size_t k_output_bytes_max = std::size_t{8} << 20;
    const std::size_t want = std::min(room, k_output_bytes_max);
    stream_.next_out = to;
    stream_.avail_out = static_cast<uInt>(want);
    while (stream_.avail_out > 0 && !ended_) step();
    const std::size_t got = want - stream_.avail_out;
    expanded_ += got;
    check_expansion(expanded_, options_, source_);
    return got;
  }

  std::uint64_t source_position() const override { return inner_->source_position(); }
  const ProblemTally& tally() const override { return tally_; }

 private:
  [[nodiscard]] std::int64_t offset() const {
    return static_cast<std::int64_t>(input_bytes_ - stream_.avail_in);
  }

  bool refill() {
    options_.work.check();
    const std::size_t got = inner_->load(input_.data(), input_.size());
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(got);
    input_bytes_ += got;
    return got > 0;
  }

  void step() {
    if (stream_.avail_in == 0 && !refill()) {
      throw problem_error(Problem::gzip_truncated, source_.name(), {}, {.byte_offset = offset()});
    }
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      end_member();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw problem_error(Problem::gzip_crc, source_.name(),
                          stream_.msg != nullptr ? stream_.msg : "", {.byte_offset = offset()});
    }
  }

  /// After a member: another one, the end, zero padding, or something that does not belong there.
  void end_member() {
    if (stream_.avail_in == 0 && !refill()) {
      ended_ = true;
      return;
    }
    if (stream_.next_in[0] == 0x1f) {
      inflateReset(&stream_);
      return;
    }
    const std::int64_t begin = offset();
    do {
      if (!all_zero({stream_.next_in, stream_.avail_in})) {
        throw problem_error(Problem::trailing_garbage, source_.name(), {}, {.byte_offset = begin});
      }
    } while (refill());
    tally_.add(Problem::trailing_zeros, {.byte_offset = begin});
    ended_ = true;
  }

  std::vector<std::uint8_t> input_;  ///< before the loader, whose hasher may still read it
  std::unique_ptr<Loader> inner_;
  const SourceFile& source_;
  LoadOptions options_;
  z_stream stream_{};
  std::uint64_t input_bytes_ = 0;
  std::uint64_t expanded_ = 0;
  bool ended_ = false;
  ProblemTally tally_;
};

}  // namespace

std::unique_ptr<Loader> make_gzip_loader(std::unique_ptr<Loader> inner, const SourceFile& source,
                                         const LoadOptions& options) {
  return std::make_unique<GzipLoader>(std::move(inner), source, options);
}

void check_expansion(std::uint64_t expanded, const LoadOptions& options, const SourceFile& source) {
  if (expanded > options.expanded_bytes_max) {
    throw problem_error(Problem::expansion_limit, source.name(),
                        fmt::format("more than {} bytes", options.expanded_bytes_max));
  }
}

std::unique_ptr<Loader> make_loader(const SourceFile& source, Container container,
                                    SourceHasher* hasher, const LoadOptions& options) {
  switch (container) {
    case Container::bgzf: return make_bgzf_loader(source, hasher, options);
    case Container::gzip:
      return make_gzip_loader(std::make_unique<PlainLoader>(source, hasher, options), source,
                              options);
    case Container::plain: return std::make_unique<PlainLoader>(source, hasher, options);
    default: return make_archive_loader(source, container, hasher, options);
  }
}

}  // namespace weir::genomics
