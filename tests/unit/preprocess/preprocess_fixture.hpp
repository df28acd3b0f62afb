#pragma once

#include "base/error.hpp"
#include "base/file.hpp"
#include "jobs/job_store.hpp"
#include "preprocess/preprocessor.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::preprocess {

inline constexpr std::atomic<bool> k_never{false};

/// A small unsorted VCF; `salt` makes its content its own.
inline std::string vcf_text(int records = 20, int salt = 0) {
  std::string text =
      "##fileformat=VCFv4.2\n##contig=<ID=1>\n##contig=<ID=2>\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  for (int i = records; i > 0; --i) {
    text +=
        std::to_string(1 + i % 2) + "\t" + std::to_string(100 * i + salt) + "\t.\tA\tC\t.\t.\t.\n";
  }
  return text;
}

/// State, cache and inputs in a folder of their own.
struct Scene {
  base::TempDir dir;

  [[nodiscard]] Settings settings() const { return settings_in(dir.path()); }

  static Settings settings_in(const std::filesystem::path& root) {
    Settings settings;
    settings.state_dir = root / "state";
    settings.cache_dir = root / "cache";
    settings.memory_limit_bytes = std::size_t{64} << 20;
    return settings;
  }

  /// Writes an input file; its path.
  std::filesystem::path input(const std::string& name, const std::string& content) const {
    base::write_file(dir.path() / name, content);
    return dir.path() / name;
  }

  [[nodiscard]] std::vector<jobs::Job> jobs() const {
    jobs::JobStore store(dir.path() / "state");
    return store.list({});
  }

  /// Files below `folder` of the cache.
  [[nodiscard]] std::vector<std::string> cache_files(const std::string& folder) const {
    std::vector<std::string> names;
    const std::filesystem::path root = dir.path() / "cache" / folder;
    if (!std::filesystem::exists(root)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.is_regular_file()) names.push_back(entry.path().string());
    }
    return names;
  }
};

inline Request request_of(const std::filesystem::path& source) {
  Request request;
  request.source = source;
  return request;
}

inline Result run(const Scene& scene, const Request& request) {
  return Preprocessor(scene.settings()).run(request, nullptr, k_never);
}

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::bug, "nothing was thrown"};
}

}  // namespace weir::preprocess
