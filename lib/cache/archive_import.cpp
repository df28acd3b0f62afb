// Nothing in an archive is believed: member names are only compared with those that the list at its
// beginning tells, never used as paths; sizes and digests are checked; the rows' keys are computed
// again. All bytes go into a workspace first, blobs get their names when all of them are right, and
// one transaction makes them visible.
#include "base/error.hpp"
#include "base/fault_point.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "cache/archive.hpp"
#include "cache/identity.hpp"
#include "cache/internal/archive_library.hpp"
#include "cache/key.hpp"
#include "cache/store.hpp"
#include "cache/workspace.hpp"
#include "db/database.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace weir::cache {
namespace {

using nlohmann::json;

constexpr std::int64_t k_manifest_bytes_max = std::int64_t{256} << 20;
constexpr std::size_t k_text_bytes_max = 4096;

[[noreturn]] void refuse(std::string code, std::string message, std::string hint = {}) {
  throw Error(ErrorKind::input, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

class Reader {
 public:
  Reader(int fd, std::string_view what)
      : library_(ArchiveLibrary::instance()),
        handle_(library_.read_new(), ArchiveCloser{}),
        what_(what) {
    constexpr std::size_t k_block_bytes = std::size_t{1} << 18;
    library_.read_support_format_tar(handle_.get());
    library_.read_support_filter_zstd(handle_.get());
    library_.read_support_filter_gzip(handle_.get());
    if (library_.read_open_fd(handle_.get(), fd, k_block_bytes) != ARCHIVE_OK)
      refuse("not_an_archive", fmt::format("'{}' is no archive of a weir cache", what_));
  }

  /// The next member; null at the end.
  [[nodiscard]] archive_entry* next() {
    archive_entry* entry = nullptr;
    const int code = library_.read_next_header(handle_.get(), &entry);
    if (code == ARCHIVE_EOF) return nullptr;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) fail();
    check_plain(entry);
    return entry;
  }

  [[nodiscard]] std::string name_of(archive_entry* entry) const {
    const char* name = library_.entry_pathname(entry);
    return name == nullptr ? "" : name;
  }
  [[nodiscard]] std::int64_t size_of(archive_entry* entry) const {
    return library_.entry_size(entry);
  }

  [[nodiscard]] std::size_t read(char* buffer, std::size_t size) {
    const la_ssize_t got = library_.read_data(handle_.get(), buffer, size);
    if (got < 0) fail();
    return static_cast<std::size_t>(got);
  }

  [[nodiscard]] const std::string& what() const { return what_; }

 private:
  void check_plain(archive_entry* entry) const {
    const std::string name = name_of(entry);
    const bool is_link =
        library_.entry_hardlink(entry) != nullptr || library_.entry_symlink(entry) != nullptr;
    if (is_link || library_.entry_filetype(entry) != AE_IFREG) {
      refuse("archive_unsafe",
             fmt::format("'{}' holds '{}', which is no plain file", what_, base::printable(name)));
    }
    const bool leads_out = name.empty() || name.front() == '/' || base::contains(name, "..");
    if (leads_out) {
      refuse("archive_unsafe", fmt::format("'{}' holds '{}', a name that leads elsewhere", what_,
                                           base::printable(name)));
    }
  }

  [[noreturn]] void fail() const {
    const char* text = library_.error_string(handle_.get());
    const std::string reason = text == nullptr ? "damaged" : text;
    const bool cut = base::contains(base::to_lower_ascii(reason), "truncated");
    refuse(cut ? "archive_truncated" : "archive_corrupt",
           fmt::format("'{}' is {}: {}", what_, cut ? "cut off" : "damaged", reason),
           "copy it again from where it was exported");
  }

  const ArchiveLibrary& library_;
  ArchiveHandle handle_;
  std::string what_;
};

/// One object of the list, checked field by field.
class Row {
 public:
  Row(const json& object, const std::string& what) : object_(object), what_(what) {
    if (!object.is_object()) bad("artifacts");
  }

  [[nodiscard]] std::string text(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_string()) bad(name);
    std::string value = found->get<std::string>();
    if (value.size() > k_text_bytes_max) bad(name);
    return value;
  }
  [[nodiscard]] std::int64_t number(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_number_integer()) bad(name);
    const auto value = found->get<std::int64_t>();
    if (value < 0) bad(name);
    return value;
  }
  [[nodiscard]] const json& object(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_object()) bad(name);
    return *found;
  }
  [[noreturn]] void bad(const char* name) const {
    refuse("archive_corrupt",
           fmt::format("the list of artifacts in '{}' has a wrong '{}'", what_, name));
  }

 private:
  const json& object_;
  const std::string& what_;
};

bool is_suffix(const std::string& text) {
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return text.empty() || (text.front() == '.' && std::all_of(text.begin(), text.end(), may_stand) &&
                          !base::contains(text, ".."));
}

/// Throws when the key is not what its parts make it, or the name not what they allow.
void check_names(const Row& row, const Artifact& artifact, const json& parameters) {
  KeyParts parts{
      artifact.source_sha256, artifact.kind, artifact.processor_id, artifact.processor_version, {}};
  for (const auto& [name, value] : parameters.items()) {
    if (!value.is_string()) row.bad("parameters");
    parts.parameters[name] = value.get<std::string>();
  }
  if (!is_digest(artifact.source_sha256)) row.bad("source_sha256");
  if (key_of(parts) != artifact.key) row.bad("key");
  const std::string collection = artifact.alias.substr(0, artifact.alias.find('/'));
  if (alias_of(parts, collection, artifact.source_name) != artifact.alias) row.bad("alias");
}

Artifact artifact_of(const Row& row) {
  Artifact artifact;
  artifact.key = row.text("key");
  artifact.alias = row.text("alias");
  artifact.kind = normal_kind(row.text("kind"));
  artifact.sha256 = row.text("sha256");
  if (!is_digest(artifact.sha256)) row.bad("sha256");
  artifact.size_bytes = row.number("size");
  artifact.media_type = row.text("media_type");
  artifact.suffix = row.text("suffix");
  if (!is_suffix(artifact.suffix)) row.bad("suffix");
  artifact.source_name = row.text("source_name");
  if (artifact.source_name.find('/') != std::string::npos) row.bad("source_name");
  artifact.source_sha256 = row.text("source_sha256");
  artifact.source_size_bytes = row.number("source_size");
  artifact.processor_id = normal_processor_id(row.text("processor"));
  artifact.processor_version = static_cast<int>(row.number("processor_version"));
  artifact.parameters_json = row.object("parameters").dump();
  artifact.report_json = row.object("report").dump();
  artifact.made_by = row.text("job_id");
  artifact.created_at = base::from_millis(row.number("created_at_ms"));
  artifact.last_used = base::now_wall();
  check_names(row, artifact, row.object("parameters"));
  return artifact;
}

std::string read_manifest(Reader& reader) {
  archive_entry* entry = reader.next();
  if (entry == nullptr || reader.name_of(entry) != k_archive_manifest) {
    refuse("not_an_archive", fmt::format("'{}' is no archive of a weir cache", reader.what()),
           "`weir cache export` makes them");
  }
  const std::int64_t size = reader.size_of(entry);
  if (size > k_manifest_bytes_max)
    refuse("archive_too_large", fmt::format("the list in '{}' is too long", reader.what()));
  std::string text(static_cast<std::size_t>(size), '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const std::size_t got = reader.read(text.data() + filled, text.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  text.resize(filled);
  return text;
}

std::vector<Artifact> parse_manifest(const std::string& text, const std::string& what) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("artifacts") ||
      !document["artifacts"].is_array()) {
    refuse("archive_corrupt", fmt::format("the list of artifacts in '{}' is damaged", what));
  }
  const json schema = document.value("schema", json());
  if (schema != k_archive_schema) {
    refuse("archive_newer", fmt::format("'{}' was written by another version of weir", what),
           "import it with that version");
  }
  std::vector<Artifact> artifacts;
  for (const json& object : document["artifacts"])
    artifacts.push_back(artifact_of(Row(object, what)));
  return artifacts;
}

/// Blobs by digest, with their sizes.
using Expected = std::map<std::string, std::int64_t>;

Expected expected_blobs(const std::vector<Artifact>& artifacts, const std::string& what) {
  Expected expected;
  for (const Artifact& artifact : artifacts) {
    const auto [entry, fresh] = expected.try_emplace(artifact.sha256, artifact.size_bytes);
    if (!fresh && entry->second != artifact.size_bytes)
      refuse("archive_corrupt", fmt::format("'{}' gives one blob two sizes", what));
  }
  return expected;
}

void check_room(std::int64_t bytes, const ImportOptions& options, const std::filesystem::path& root,
                const std::string& what) {
  if (options.bytes_max > 0 && bytes > options.bytes_max) {
    refuse("archive_too_large",
           fmt::format("'{}' holds {}, more than the {} allowed", what, base::format_bytes(bytes),
                       base::format_bytes(options.bytes_max)));
  }
  const std::int64_t free = base::free_bytes(root);
  if (options.dry_run || bytes <= free) return;
  throw Error(ErrorKind::temporary,
              fmt::format("'{}' needs {}, and {} are free", what, base::format_bytes(bytes),
                          base::format_bytes(free)))
      .with_code("scratch_full");
}

void unpack_blob(Reader& reader, const std::string& sha256, std::int64_t size_bytes,
                 const std::filesystem::path* target) {
  base::Fd file;
  if (target != nullptr) file = base::open_write(*target);
  base::Digest digest(base::DigestKind::sha256);
  std::vector<char> buffer(std::size_t{1} << 20);
  std::int64_t done = 0;
  while (const std::size_t got = reader.read(buffer.data(), buffer.size())) {
    done += static_cast<std::int64_t>(got);
    if (done > size_bytes) break;
    digest.update(std::string_view(buffer.data(), got));
    if (file) base::write_all(file.get(), {buffer.data(), got}, reader.what());
  }
  if (done == size_bytes && digest.finish() == sha256) return;
  refuse("sha256_mismatch",
         fmt::format("the blob {} in '{}' has other bytes than its name says", sha256.substr(0, 16),
                     reader.what()),
         "copy it again from where it was exported");
}

/// Reads all blobs to the end of the archive; those not wanted are only checked.
void unpack(Reader& reader, const Expected& expected, const std::set<std::string>& wanted,
            const std::filesystem::path& folder) {
  std::set<std::string> seen;
  const std::string prefix = k_archive_blobs;
  while (archive_entry* entry = reader.next()) {
    const std::string name = reader.name_of(entry);
    const std::string sha256 = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
    const auto found = expected.find(sha256);
    if (found == expected.end() || reader.size_of(entry) != found->second ||
        !seen.insert(sha256).second) {
      refuse("archive_unsafe", fmt::format("'{}' holds '{}', which its list does not tell",
                                           reader.what(), base::printable(name)));
    }
    const std::filesystem::path target = folder / sha256;
    unpack_blob(reader, sha256, found->second, wanted.contains(sha256) ? &target : nullptr);
  }
  if (seen.size() == expected.size()) return;
  refuse("archive_truncated",
         fmt::format("'{}' is cut off: {} of {} blobs are missing", reader.what(),
                     expected.size() - seen.size(), expected.size()),
         "copy it again from where it was exported");
}

[[noreturn]] void fail_divergent(const Artifact& artifact) {
  throw Error(ErrorKind::failed,
              fmt::format("'{}' is in this cache with other bytes", artifact.alias))
      .with_code("divergent")
      .with_hint("nothing was imported; `weir cache stat " + artifact.key.substr(0, 16) +
                 "` shows the one that is here");
}

}  // namespace

ImportReport import_artifacts(Store& store, const ImportOptions& options, int fd,
                              std::string_view what) {
  Reader reader(fd, what);
  const std::vector<Artifact> artifacts = parse_manifest(read_manifest(reader), reader.what());
  const Expected expected = expected_blobs(artifacts, reader.what());
  ImportReport report;
  report.blobs = static_cast<std::int64_t>(expected.size());
  for (const auto& entry : expected) report.bytes += entry.second;
  check_room(report.bytes, options, store.backend().root(), reader.what());

  std::set<std::string> wanted;
  std::vector<const Artifact*> missing;
  for (const Artifact& artifact : artifacts) {
    const std::optional<Artifact> present = store.find(artifact.key);
    if (present.has_value() && present->sha256 != artifact.sha256) fail_divergent(artifact);
    if (present.has_value()) {
      ++report.present;
      continue;
    }
    missing.push_back(&artifact);
    wanted.insert(artifact.sha256);
  }
  report.added = static_cast<std::int64_t>(missing.size());
  if (options.dry_run) {
    unpack(reader, expected, {}, {});
    return report;
  }

  const Workspace workspace(store.backend().root());
  unpack(reader, expected, wanted, workspace.path());
  base::fault_point("archive unpacked");
  // A blob that was new is young, and a collection leaves young blobs without a name alone; one
  // that somebody else's row names may go with that row, so it is held.
  std::vector<std::unique_ptr<Blob>> held;
  for (const std::string& sha256 : wanted) {
    const bool was_there = store.backend().head(sha256).has_value();
    std::unique_ptr<Blob> blob = store.backend().put(workspace.path() / sha256, sha256);
    if (was_there) held.push_back(std::move(blob));
  }
  base::fault_point("archive's blobs stored");
  store.atomically([&] {
    for (const Artifact* artifact : missing) {
      if (store.manifest().record(*artifact) == Recorded::divergent) fail_divergent(*artifact);
    }
    base::fault_point("archive's rows written");
  });
  return report;
}

}  // namespace weir::cache
