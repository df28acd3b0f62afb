#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::string key;
  bool json = false;
};

void print_artifact(const cache::Artifact& artifact, bool present, Output& out) {
  out.line("key        " + artifact.key);
  out.line("name       " + artifact.alias);
  out.line("kind       " + artifact.kind + " (" + artifact.suffix + ")");
  out.line("size       " + base::format_bytes(artifact.size_bytes) + " (" +
           std::to_string(artifact.size_bytes) + " bytes)");
  out.line("sha256     " + artifact.sha256 +
           (present ? "" : "  (missing: made again when it is asked for)"));
  out.line("source     " + base::printable(artifact.source_name) + ", " +
           base::format_bytes(artifact.source_size_bytes) + ", sha256 " + artifact.source_sha256);
  out.line("processor  " + artifact.processor_id + " version " +
           std::to_string(artifact.processor_version));
  out.line("parameters " + base::printable(artifact.parameters_json, 4096));
  out.line("report     " + base::printable(artifact.report_json, 65536));
  out.line("made by    " + artifact.made_by + " at " + base::to_rfc3339(artifact.created_at));
  out.line("last used  " + base::to_rfc3339(artifact.last_used) +
           (artifact.pinned ? "  (pinned)" : ""));
}

class CacheStat final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", options_.key, Required::yes,
                     "a key or its unique beginning, or a name as `cache ls` shows it");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue("Exit status: 0; 7 when there is no such artifact.\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    const cache::Artifact artifact = cache.store.manifest().resolve(options_.key);
    const bool present = cache.store.backend().head(artifact.sha256).has_value();
    if (!options_.json) {
      print_artifact(artifact, present, context.out);
      return ExitStatus::ok;
    }
    nlohmann::ordered_json document{{"schema", k_cache_schema}, {"artifact", json_of(artifact)}};
    document["artifact"]["present"] = present;
    print_json(document, context.out);
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_stat() {
  return std::make_unique<CacheStat>();
}

}  // namespace weir::app
