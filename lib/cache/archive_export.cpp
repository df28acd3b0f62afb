// An archive is the list of artifacts (`weir-cache.json`), then the blobs they name in the order of
// their digests. The list comes first so that a reader knows what to expect, and of what size,
// before it writes a byte.
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "cache/archive.hpp"
#include "cache/internal/archive_library.hpp"
#include "cache/store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

namespace weir::cache {
namespace {

using nlohmann::ordered_json;

ordered_json object_or_empty(const std::string& text) {
  ordered_json value = ordered_json::parse(text, nullptr, false);
  return value.is_object() ? value : ordered_json::object();
}

ordered_json row_of(const Artifact& artifact) {
  return {{"key", artifact.key},
          {"alias", artifact.alias},
          {"kind", artifact.kind},
          {"sha256", artifact.sha256},
          {"size", artifact.size_bytes},
          {"media_type", artifact.media_type},
          {"suffix", artifact.suffix},
          {"source_name", artifact.source_name},
          {"source_sha256", artifact.source_sha256},
          {"source_size", artifact.source_size_bytes},
          {"processor", artifact.processor_id},
          {"processor_version", artifact.processor_version},
          {"parameters", object_or_empty(artifact.parameters_json)},
          {"report", object_or_empty(artifact.report_json)},
          {"job_id", artifact.made_by},
          {"created_at_ms", base::to_millis(artifact.created_at)}};
}

class Writer {
 public:
  Writer(int level, int fd, std::string_view what)
      : library_(ArchiveLibrary::instance()),
        handle_(library_.write_new(), ArchiveCloser{.writes = true}),
        what_(what) {
    check(library_.write_set_format_pax_restricted(handle_.get()));
    check(library_.write_add_filter_zstd(handle_.get()));
    check(library_.write_set_filter_option(handle_.get(), "zstd", "compression-level",
                                           std::to_string(level).c_str()));
    // No padding after the end, which pipes would wait for and digests would depend on.
    check(library_.write_set_bytes_in_last_block(handle_.get(), 1));
    check(library_.write_open_fd(handle_.get(), fd));
  }

  void begin_member(const std::string& name, std::int64_t size_bytes) {
    constexpr unsigned k_mode = 0444;
    const ArchiveEntry entry(library_.entry_new(), ArchiveCloser{});
    library_.entry_set_pathname(entry.get(), name.c_str());
    library_.entry_set_size(entry.get(), size_bytes);
    library_.entry_set_filetype(entry.get(), AE_IFREG);
    library_.entry_set_perm(entry.get(), k_mode);
    library_.entry_set_mtime(entry.get(), 0, 0);
    check(library_.write_header(handle_.get(), entry.get()));
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const la_ssize_t written = library_.write_data(handle_.get(), bytes.data(), bytes.size());
      if (written <= 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void close() { check(library_.write_close(handle_.get())); }

 private:
  void check(int code) const {
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) fail();
  }

  [[noreturn]] void fail() const {
    const int error_number = errno;
    if (error_number == ENOSPC || error_number == EDQUOT || error_number == EPIPE)
      throw system_error("write to", what_, error_number);
    const char* text = library_.error_string(handle_.get());
    throw Error(ErrorKind::failed, fmt::format("cannot write '{}': {}", what_,
                                               text == nullptr ? "archive error" : text));
  }

  const ArchiveLibrary& library_;
  ArchiveHandle handle_;
  std::string what_;
};

[[noreturn]] void fail_blob(const Artifact& artifact, const char* code, const char* text) {
  throw Error(ErrorKind::failed, fmt::format("the bytes of '{}' {}", artifact.alias, text))
      .with_code(code)
      .with_hint("`weir cache verify` finds all of them; then `weir preprocess` makes them again");
}

void write_blob(Writer& writer, Store& store, const Artifact& artifact) {
  const std::unique_ptr<Blob> blob = store.backend().open(artifact.sha256);
  if (blob == nullptr) fail_blob(artifact, "blob_missing", "are not in the cache any more");
  if (blob->size_bytes() != artifact.size_bytes) fail_blob(artifact, "blob_corrupt", "are damaged");
  writer.begin_member(k_archive_blobs + artifact.sha256, artifact.size_bytes);
  base::Digest digest(base::DigestKind::sha256);
  std::vector<char> buffer(std::size_t{1} << 20);
  std::int64_t offset = 0;
  while (const std::size_t got = blob->read(offset, buffer.data(), buffer.size())) {
    digest.update(std::string_view(buffer.data(), got));
    writer.write({buffer.data(), got});
    offset += static_cast<std::int64_t>(got);
  }
  if (offset != artifact.size_bytes || digest.finish() != artifact.sha256)
    fail_blob(artifact, "blob_corrupt", "are damaged");
}

}  // namespace

ExportReport export_artifacts(Store& store, const std::vector<Artifact>& artifacts, int level,
                              int fd, std::string_view what) {
  std::vector<Artifact> rows = artifacts;
  std::sort(rows.begin(), rows.end(),
            [](const Artifact& a, const Artifact& b) { return a.key < b.key; });
  ordered_json manifest{{"schema", k_archive_schema}, {"artifacts", ordered_json::array()}};
  std::map<std::string, const Artifact*> blobs;
  for (const Artifact& row : rows) {
    manifest["artifacts"].push_back(row_of(row));
    blobs.try_emplace(row.sha256, &row);
  }
  const std::string text =
      manifest.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  Writer writer(level, fd, what);
  writer.begin_member(k_archive_manifest, static_cast<std::int64_t>(text.size()));
  writer.write(text);
  ExportReport report;
  report.artifacts = static_cast<std::int64_t>(rows.size());
  for (const auto& [sha256, artifact] : blobs) {
    write_blob(writer, store, *artifact);
    ++report.blobs;
    report.bytes += artifact->size_bytes;
  }
  writer.close();
  return report;
}

}  // namespace weir::cache
