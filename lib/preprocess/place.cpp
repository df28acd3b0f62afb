#include "preprocess/place.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/temporary_name.hpp"
#include "base/text.hpp"
#include "cache/local_backend.hpp"
#include "cache/source_memory.hpp"
#include "genomics/format.hpp"

#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <utility>

namespace weir::preprocess {
namespace {

namespace fs = std::filesystem;

/// Removes the temporary name unless it was renamed away.
class TemporaryName {
 public:
  explicit TemporaryName(const fs::path& target) : path_(base::temporary_beside(target)) {}
  ~TemporaryName() {
    // Nothing may escape; a name that cannot be removed now is no worse than one left by a kill.
    try {
      base::remove_file(path_);
    } catch (const Error& error) {
      base::log(base::LogLevel::debug, "temporary file left behind", {{"error", error.what()}});
    }
  }
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

bool same_file(const fs::path& a, const fs::path& b) {
  const std::optional<base::FileInfo> first = base::file_info(a);
  const std::optional<base::FileInfo> second = base::file_info(b);
  return first.has_value() && second.has_value() && first->device == second->device &&
         first->inode == second->inode;
}

void copy_writable(const fs::path& from, const fs::path& to) {
  if (!base::try_copy_whole(from, to)) base::copy_file(from, to);
  fs::permissions(to, fs::perms::owner_write, fs::perm_options::add);
}

void put_file(const fs::path& blob, const fs::path& target, PlaceMode mode) {
  // A rename of one link of a file over another does nothing and would leave the temporary name.
  if (mode == PlaceMode::link && same_file(blob, target)) return;
  const TemporaryName temporary(target);
  if (mode == PlaceMode::copy || !base::try_make_link(blob, temporary.path()))
    copy_writable(blob, temporary.path());
  base::rename_file(temporary.path(), target);
}

/// Readers of genomics files warn when an index looks older than its data.
void make_not_older(const fs::path& index, const fs::path& data) {
  std::error_code ignored;
  const fs::file_time_type data_time = fs::last_write_time(data, ignored);
  if (!ignored && fs::last_write_time(index, ignored) < data_time && !ignored) {
    fs::last_write_time(index, data_time, ignored);
  }
}

fs::path blob_of(cache::LocalBackend& backend, const cache::Artifact& artifact) {
  const std::optional<fs::path> path = backend.local_path(artifact.sha256);
  if (path.has_value()) return *path;
  throw Error(ErrorKind::temporary, fmt::format("the {} of '{}' was removed from the cache",
                                                artifact.kind, artifact.source_name))
      .with_code("cache_unstable")
      .with_hint("try again");
}

}  // namespace

std::string stem_of(const std::string& file_name) {
  std::string stem(file_name.substr(
      0, genomics::name_without_compression(base::to_lower_ascii(file_name)).size()));
  const std::size_t dot = stem.rfind('.');
  if (dot != std::string::npos && dot > 0 && genomics::format_of_name(stem).has_value())
    stem.resize(dot);
  return stem;
}

Placed placed_paths(const std::string& source_name, const Result& result, const fs::path& folder) {
  const std::string data = stem_of(source_name) + result.data.suffix;
  Placed placed{folder / data, {}, {}};
  if (result.index.has_value()) placed.index = folder / (data + result.index->suffix);
  if (result.gzi.has_value()) placed.gzi = folder / (data + result.gzi->suffix);
  return placed;
}

Placed place(const Request& request, const Result& result, const fs::path& cache_dir,
             const fs::path& folder, PlaceMode mode) {
  cache::LocalBackend backend(cache_dir);
  base::make_folders(folder);
  Placed placed = placed_paths(result_name(request), result, folder);
  const bool is_source = !request.remote.has_value() && same_file(request.source, placed.data);
  if (is_source && result.data.sha256 != result.data.source_sha256) {
    throw Error(ErrorKind::usage,
                fmt::format("the result would replace the input '{}'", request.source.string()))
        .with_code("would_replace_input")
        .with_hint("name another folder with --output-dir");
  }
  // An input that needed no change is its own result: only the index is missing beside it.
  if (!is_source) put_file(blob_of(backend, result.data), placed.data, mode);
  for (const auto& [artifact, path] :
       {std::pair{&result.index, &placed.index}, std::pair{&result.gzi, &placed.gzi}}) {
    if (!artifact->has_value()) continue;
    put_file(blob_of(backend, **artifact), *path, mode);
    make_not_older(*path, placed.data);
  }
  return placed;
}

}  // namespace weir::preprocess
