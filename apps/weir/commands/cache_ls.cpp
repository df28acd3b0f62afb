#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::string text;
  std::string kind;
  std::int64_t limit = 1000;
  bool json = false;
  bool plain = false;
};

class CacheLs final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("TEXT", options_.text, Required::no, "only artifacts with this in their name");
    table.option("--kind", options_.kind, "KIND",
                 "only data, index or any other that `cache put` was given");
    table.words({"data", "index"}, WordRule::open);
    table.option("--limit", options_.limit, "N", "at most so many");
    table.flag("--json", options_.json, "one JSON document");
    table.flag("--plain", options_.plain, "tab-separated values with a header");
    table.epilogue(
        "Newest first. The first column is enough to name an artifact to the other cache "
        "commands.\n\n"
        "Examples:\n"
        "  weir cache ls calls.vcf\n"
        "  weir cache ls --kind data --json | jq '[.artifacts[].size] | add'\n");
  }

  ExitStatus run(Context& context) override {
    if (options_.limit < 1) throw Error(ErrorKind::usage, "--limit must be at least 1");
    OpenCache cache(context);
    const std::vector<cache::Artifact> found =
        cache.store.manifest().list({.kind = options_.kind,
                                     .source_sha256 = {},
                                     .text = options_.text,
                                     .limit = options_.limit});
    if (options_.json) {
      nlohmann::ordered_json document{{"schema", k_cache_schema},
                                      {"artifacts", nlohmann::ordered_json::array()}};
      for (const cache::Artifact& artifact : found)
        document["artifacts"].push_back(json_of(artifact));
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    if (found.empty()) tell_others(cache, context);
    if (found.empty() && !options_.plain) return ExitStatus::ok;
    print_table(found, context.out);
    return ExitStatus::ok;
  }

 private:
  /// Who looks into a cache of another state directory would see nothing, and wonder.
  void tell_others(OpenCache& cache, Context& context) const {
    if (!options_.text.empty() || !options_.kind.empty()) return;
    for (const std::filesystem::path& database : cache.store.names().other_databases()) {
      context.err.line("weir: this cache has artifacts of the state directory '" +
                       base::printable(database.parent_path().native(), 4096) +
                       "': show them with --state-dir");
    }
  }

  void print_table(const std::vector<cache::Artifact>& found, Output& out) const {
    constexpr std::size_t k_key_shown = 16;
    Table table({"KEY", "KIND", "SIZE", "LAST USED", "NAME"});
    for (const cache::Artifact& artifact : found) {
      table.row({options_.plain ? artifact.key : artifact.key.substr(0, k_key_shown), artifact.kind,
                 options_.plain ? std::to_string(artifact.size_bytes)
                                : base::format_bytes(artifact.size_bytes),
                 base::to_rfc3339(artifact.last_used),
                 artifact.alias + (artifact.pinned ? " (pinned)" : "")});
    }
    table.print(out, options_.plain);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_ls() {
  return std::make_unique<CacheLs>();
}

}  // namespace weir::app
