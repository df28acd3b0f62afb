#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "base/text.hpp"
#include "cache/archive.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace weir::app {
namespace {

struct Options {
  std::vector<std::string> names;
  std::string output = "-";
  std::int64_t level = 3;
  bool json = false;
};

class CacheExport final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", options_.names, Required::no,
                     "keys or their unique beginnings, or names as `cache ls` shows them [all]");
    table.option("-o,--output", options_.output, "FILE", "where to; - is standard output");
    table.option("--level", options_.level, "N", "compression level of zstd, 1 to 19");
    table.flag("--json", options_.json, "one JSON document; needs --output");
    table.epilogue(
        "Writes artifacts with all that is known of them as a tar archive compressed by zstd, for "
        "`weir cache import`\n"
        "elsewhere. Every blob's digest is compared on its way; a damaged one ends the export.\n\n"
        "Examples:\n"
        "  weir cache export -o cache.tar.zst\n"
        "  weir cache export 4f0c12ab 99d0e1c2 | ssh host weir cache import -\n\n"
        "Exit status: 0; 1 a blob is damaged or missing; 7 no such artifact.\n");
  }

  ExitStatus run(Context& context) override {
    constexpr std::int64_t k_level_max = 19;
    if (options_.level < 1 || options_.level > k_level_max)
      throw Error(ErrorKind::usage, "--level must be from 1 to 19");
    const bool to_stream = options_.output == "-";
    if (to_stream && options_.json)
      throw Error(ErrorKind::usage, "--json needs --output: the archive is on standard output");
    if (to_stream && context.out.is_terminal()) {
      throw Error(ErrorKind::usage, "an archive is not for a terminal")
          .with_hint("name a file: --output cache.tar.zst");
    }
    OpenCache cache(context);
    const std::vector<cache::Artifact> artifacts = chosen(cache);
    const auto level = static_cast<int>(options_.level);
    if (to_stream) {
      cache::export_artifacts(cache.store, artifacts, level, context.out.stream(),
                              "standard output");
      return ExitStatus::ok;
    }
    base::OutputFile file(context.working_directory / options_.output);
    const cache::ExportReport report =
        cache::export_artifacts(cache.store, artifacts, level, file.fd(), options_.output);
    file.commit(base::Durable::yes);
    if (options_.json) {
      print_json({{"schema", k_cache_schema},
                  {"artifacts", report.artifacts},
                  {"blobs", report.blobs},
                  {"size", report.bytes}},
                 context.out);
    } else if (!context.quiet) {
      context.out.line(fmt::format("exported: {} artifacts, {}", report.artifacts,
                                   base::format_bytes(report.bytes)));
    }
    return ExitStatus::ok;
  }

 private:
  std::vector<cache::Artifact> chosen(OpenCache& cache) const {
    if (options_.names.empty()) {
      return cache.store.manifest().list({.kind = {},
                                          .source_sha256 = {},
                                          .text = {},
                                          .limit = std::numeric_limits<std::int64_t>::max()});
    }
    std::map<std::string, cache::Artifact> by_key;
    for (const std::string& name : options_.names) {
      cache::Artifact artifact = cache.store.manifest().resolve(name);
      by_key.try_emplace(artifact.key, std::move(artifact));
    }
    std::vector<cache::Artifact> artifacts;
    for (auto& [key, artifact] : by_key) artifacts.push_back(std::move(artifact));
    return artifacts;
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_export() {
  return std::make_unique<CacheExport>();
}

}  // namespace weir::app
