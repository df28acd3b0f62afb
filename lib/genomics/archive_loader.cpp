#include "genomics/archive_loader.hpp"

#include "base/dynamic_library.hpp"
#include "base/text.hpp"
#include "genomics/whole_file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <algorithm>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace weir::genomics {
namespace {

constexpr std::size_t k_read_bytes = std::size_t{256} << 10;

struct Api {
  base::DynamicLibrary library{"libarchive.so.13", "libarchive13"};
#define WEIR_ARCHIVE(name)                                                         \
  decltype(&::archive_##name) name = library.function<decltype(::archive_##name)>( \
      "archive"                                                                    \
      "_" #name)
  WEIR_ARCHIVE(read_new);
  WEIR_ARCHIVE(read_free);
  WEIR_ARCHIVE(read_support_filter_zstd);
  WEIR_ARCHIVE(read_support_filter_xz);
  WEIR_ARCHIVE(read_support_filter_bzip2);
  WEIR_ARCHIVE(read_support_format_raw);
  WEIR_ARCHIVE(read_support_format_zip);
  WEIR_ARCHIVE(read_set_read_callback);
  WEIR_ARCHIVE(read_set_seek_callback);
  WEIR_ARCHIVE(read_set_callback_data);
  WEIR_ARCHIVE(read_open1);
  WEIR_ARCHIVE(read_next_header);
  WEIR_ARCHIVE(read_data);
  WEIR_ARCHIVE(error_string);
  WEIR_ARCHIVE(entry_filetype);
  WEIR_ARCHIVE(filter_code);
#undef WEIR_ARCHIVE
};

const Api& api() {
  static const Api functions;
  return functions;
}

/// One reader over a source, from its first byte.
class Reader {
 public:
  Reader(const SourceFile& source, Container container, SourceHasher* hasher)
      : source_(source), hasher_(hasher), buffer_(k_read_bytes), handle_(api().read_new()) {
    if (handle_ == nullptr) throw Error(ErrorKind::temporary, "no memory to unpack the file");
    choose(container);
    api().read_set_read_callback(handle_.get(), &Reader::read);
    if (container == Container::zip) api().read_set_seek_callback(handle_.get(), &Reader::seek);
    api().read_set_callback_data(handle_.get(), this);
    if (api().read_open1(handle_.get()) != ARCHIVE_OK) fail();
    // What begins like compressed data and is none would pass as it is.
    if (container != Container::zip && api().filter_code(handle_.get(), 0) == ARCHIVE_FILTER_NONE)
      throw problem_error(Problem::archive_damaged, source.name(), {}, {.byte_offset = 0});
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Goes to the next regular file; false after the last one.
  bool next_file() {
    archive_entry* entry = nullptr;
    for (;;) {
      const int status = api().read_next_header(handle_.get(), &entry);
      if (status == ARCHIVE_EOF) return false;
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) fail();
      if (api().entry_filetype(entry) != AE_IFDIR) return true;
    }
  }

  std::size_t read_data(std::uint8_t* to, std::size_t room) {
    const la_ssize_t got = api().read_data(handle_.get(), to, room);
    if (got < 0) fail();
    return static_cast<std::size_t>(got);
  }

  [[nodiscard]] std::uint64_t position() const { return position_; }

 private:
  void choose(Container container) {
    switch (container) {
      case Container::zstd: api().read_support_filter_zstd(handle_.get()); break;
      case Container::xz: api().read_support_filter_xz(handle_.get()); break;
      case Container::bzip2: api().read_support_filter_bzip2(handle_.get()); break;
      default: api().read_support_format_zip(handle_.get()); return;
    }
    api().read_support_format_raw(handle_.get());
  }

  [[noreturn]] void fail() {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    const char* const why = api().error_string(handle_.get());
    throw problem_error(Problem::archive_damaged, source_.name(),
                        why != nullptr ? base::printable(why, 120) : "",
                        {.byte_offset = static_cast<std::int64_t>(position_)});
  }

  static la_ssize_t read(archive*, void* self, const void** bytes) {
    auto& reader = *static_cast<Reader*>(self);
    try {
      return reader.read_piece(bytes);
    } catch (...) {  // nothing may pass through the library; `fail` throws it again
      reader.thrown_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  la_ssize_t read_piece(const void** bytes) {
    if (hasher_ != nullptr) hasher_->drain();
    const auto count = static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer_.size(), source_.size() - position_));
    source_.read_at(position_, {buffer_.data(), count});
    if (hasher_ != nullptr) hasher_->add({buffer_.data(), count});
    position_ += count;
    *bytes = buffer_.data();
    return static_cast<la_ssize_t>(count);
  }

  static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
    auto& reader = *static_cast<Reader*>(self);
    const auto size = static_cast<la_int64_t>(reader.source_.size());
    const la_int64_t from = whence == SEEK_SET   ? 0
                            : whence == SEEK_END ? size
                                                 : static_cast<la_int64_t>(reader.position_);
    const la_int64_t to = from + offset;
    if (to < 0 || to > size) return ARCHIVE_FATAL;
    reader.position_ = static_cast<std::uint64_t>(to);
    return to;
  }

  const SourceFile& source_;
  SourceHasher* hasher_;
  std::vector<std::uint8_t> buffer_;
  const DrainAtEnd drain_{hasher_};  // also when the constructor throws
  struct Free {
    void operator()(archive* handle) const { api().read_free(handle); }
  };
  std::unique_ptr<archive, Free> handle_;
  std::uint64_t position_ = 0;
  std::exception_ptr thrown_;
};

void refuse_several_members(const SourceFile& source) {
  Reader reader(source, Container::zip, nullptr);
  int files = 0;
  while (files < 2 && reader.next_file()) ++files;
  if (files == 1) return;
  throw problem_error(
      Problem::unsupported_container, source.name(),
      files == 0 ? "a zip archive without a file" : "a zip archive of several files");
}

class ArchiveLoader final : public Loader {
 public:
  ArchiveLoader(const SourceFile& source, Container container, SourceHasher* hasher,
                const LoadOptions& options)
      : source_(source),
        options_(options),
        zip_hasher_(container == Container::zip ? hasher : nullptr) {
    if (container == Container::zip) refuse_several_members(source);
    // What jumps about in the file is digested at the end instead.
    reader_ =
        std::make_unique<Reader>(source, container, container == Container::zip ? nullptr : hasher);
    if (!reader_->next_file()) throw problem_error(Problem::archive_damaged, source.name());
  }

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    options_.work.check();
    constexpr std::size_t k_output_bytes_max = std::size_t{4} << 20;
    const std::size_t got = reader_->read_data(to, std::min(room, k_output_bytes_max));
    expanded_ += got;
    check_expansion(expanded_, options_, source_);
    if (got == 0 && zip_hasher_ != nullptr)
      hash_whole(source_, *std::exchange(zip_hasher_, nullptr), options_.work);
    return got;
  }

  std::uint64_t source_position() const override { return reader_->position(); }
  const ProblemTally& tally() const override { return tally_; }

 private:
  const SourceFile& source_;
  LoadOptions options_;
  SourceHasher* zip_hasher_;
  std::unique_ptr<Reader> reader_;
  std::uint64_t expanded_ = 0;
  ProblemTally tally_;
};

}  // namespace

std::unique_ptr<Loader> make_archive_loader(const SourceFile& source, Container container,
                                            SourceHasher* hasher, const LoadOptions& options) {
  return std::make_unique<ArchiveLoader>(source, container, hasher, options);
}

}  // namespace weir::genomics
