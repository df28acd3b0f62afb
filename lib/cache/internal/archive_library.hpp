#pragma once

#include "base/dynamic_library.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>

namespace weir::cache {

/// The functions of libarchive that export and import call; opened at their first use, since no
/// other command needs it.
struct ArchiveLibrary {
  /// Throws Error (cannot_begin) when libarchive is not installed.
  static const ArchiveLibrary& instance();

  explicit ArchiveLibrary(const base::DynamicLibrary& library);

  decltype(&::archive_error_string) error_string;
  decltype(&::archive_write_new) write_new;
  decltype(&::archive_write_set_format_pax_restricted) write_set_format_pax_restricted;
  decltype(&::archive_write_add_filter_zstd) write_add_filter_zstd;
  decltype(&::archive_write_set_filter_option) write_set_filter_option;
  decltype(&::archive_write_set_bytes_in_last_block) write_set_bytes_in_last_block;
  decltype(&::archive_write_open_fd) write_open_fd;
  decltype(&::archive_write_header) write_header;
  decltype(&::archive_write_data) write_data;
  decltype(&::archive_write_close) write_close;
  decltype(&::archive_write_free) write_free;
  decltype(&::archive_read_new) read_new;
  decltype(&::archive_read_support_format_tar) read_support_format_tar;
  decltype(&::archive_read_support_filter_zstd) read_support_filter_zstd;
  decltype(&::archive_read_support_filter_gzip) read_support_filter_gzip;
  decltype(&::archive_read_open_fd) read_open_fd;
  decltype(&::archive_read_next_header) read_next_header;
  decltype(&::archive_read_data) read_data;
  decltype(&::archive_read_free) read_free;
  decltype(&::archive_entry_new) entry_new;
  decltype(&::archive_entry_free) entry_free;
  decltype(&::archive_entry_set_pathname) entry_set_pathname;
  decltype(&::archive_entry_set_size) entry_set_size;
  decltype(&::archive_entry_set_filetype) entry_set_filetype;
  decltype(&::archive_entry_set_perm) entry_set_perm;
  decltype(&::archive_entry_set_mtime) entry_set_mtime;
  decltype(&::archive_entry_pathname) entry_pathname;
  decltype(&::archive_entry_size) entry_size;
  decltype(&::archive_entry_filetype) entry_filetype;
  decltype(&::archive_entry_hardlink) entry_hardlink;
  decltype(&::archive_entry_symlink) entry_symlink;
};

/// Owns a writing, a reading handle, an entry.
struct ArchiveCloser {
  void operator()(archive* handle) const;
  void operator()(archive_entry* entry) const;
  bool writes = false;
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveCloser>;
using ArchiveEntry = std::unique_ptr<archive_entry, ArchiveCloser>;

/// Names of the members of an exported archive; nothing else is in one.
inline constexpr const char* k_archive_manifest = "weir-cache.json";
inline constexpr const char* k_archive_blobs = "blobs/";
inline constexpr int k_archive_schema = 1;

}  // namespace weir::cache
