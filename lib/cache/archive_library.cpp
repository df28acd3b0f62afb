#include "cache/internal/archive_library.hpp"

namespace weir::cache {
namespace {

template <typename Function>
Function* load(const base::DynamicLibrary& library, const char* name) {
  return library.function<Function>(name);
}

}  // namespace

const ArchiveLibrary& ArchiveLibrary::instance() {
  static const ArchiveLibrary library{base::DynamicLibrary("libarchive.so.13", "libarchive13")};
  return library;
}

ArchiveLibrary::ArchiveLibrary(const base::DynamicLibrary& library)
    : error_string(load<decltype(::archive_error_string)>(library, "archive_error_string")),
      write_new(load<decltype(::archive_write_new)>(library, "archive_write_new")),
      write_set_format_pax_restricted(load<decltype(::archive_write_set_format_pax_restricted)>(
          library, "archive_write_set_format_pax_restricted")),
      write_add_filter_zstd(load<decltype(::archive_write_add_filter_zstd)>(
          library, "archive_write_add_filter_zstd")),
      write_set_filter_option(load<decltype(::archive_write_set_filter_option)>(
          library, "archive_write_set_filter_option")),
      write_set_bytes_in_last_block(load<decltype(::archive_write_set_bytes_in_last_block)>(
          library, "archive_write_set_bytes_in_last_block")),
      write_open_fd(load<decltype(::archive_write_open_fd)>(library, "archive_write_open_fd")),
      write_header(load<decltype(::archive_write_header)>(library, "archive_write_header")),
      write_data(load<decltype(::archive_write_data)>(library, "archive_write_data")),
      write_close(load<decltype(::archive_write_close)>(library, "archive_write_close")),
      write_free(load<decltype(::archive_write_free)>(library, "archive_write_free")),
      read_new(load<decltype(::archive_read_new)>(library, "archive_read_new")),
      read_support_format_tar(load<decltype(::archive_read_support_format_tar)>(
          library, "archive_read_support_format_tar")),
      read_support_filter_zstd(load<decltype(::archive_read_support_filter_zstd)>(
          library, "archive_read_support_filter_zstd")),
      read_support_filter_gzip(load<decltype(::archive_read_support_filter_gzip)>(
          library, "archive_read_support_filter_gzip")),
      read_open_fd(load<decltype(::archive_read_open_fd)>(library, "archive_read_open_fd")),
      read_next_header(
          load<decltype(::archive_read_next_header)>(library, "archive_read_next_header")),
      read_data(load<decltype(::archive_read_data)>(library, "archive_read_data")),
      read_free(load<decltype(::archive_read_free)>(library, "archive_read_free")),
      entry_new(load<decltype(::archive_entry_new)>(library, "archive_entry_new")),
      entry_free(load<decltype(::archive_entry_free)>(library, "archive_entry_free")),
      entry_set_pathname(
          load<decltype(::archive_entry_set_pathname)>(library, "archive_entry_set_pathname")),
      entry_set_size(load<decltype(::archive_entry_set_size)>(library, "archive_entry_set_size")),
      entry_set_filetype(
          load<decltype(::archive_entry_set_filetype)>(library, "archive_entry_set_filetype")),
      entry_set_perm(load<decltype(::archive_entry_set_perm)>(library, "archive_entry_set_perm")),
      entry_set_mtime(
          load<decltype(::archive_entry_set_mtime)>(library, "archive_entry_set_mtime")),
      entry_pathname(load<decltype(::archive_entry_pathname)>(library, "archive_entry_pathname")),
      entry_size(load<decltype(::archive_entry_size)>(library, "archive_entry_size")),
      entry_filetype(load<decltype(::archive_entry_filetype)>(library, "archive_entry_filetype")),
      entry_hardlink(load<decltype(::archive_entry_hardlink)>(library, "archive_entry_hardlink")),
      entry_symlink(load<decltype(::archive_entry_symlink)>(library, "archive_entry_symlink")) {}

void ArchiveCloser::operator()(archive* handle) const {
  const ArchiveLibrary& library = ArchiveLibrary::instance();
  // Freeing closes first; whoever cares whether that went well has closed it before.
  static_cast<void>(writes ? library.write_free(handle) : library.read_free(handle));
}

void ArchiveCloser::operator()(archive_entry* entry) const {
  ArchiveLibrary::instance().entry_free(entry);
}

}  // namespace weir::cache
