#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::optional<std::string> max_size;
  std::optional<std::string> max_age;
  bool dry_run = false;
  bool json = false;
};

cache::GcOptions gc_options(const Options& options) {
  cache::GcOptions gc;
  gc.dry_run = options.dry_run;
  if (options.max_size.has_value()) {
    gc.bytes_max = base::parse_bytes(*options.max_size);
    if (!gc.bytes_max.has_value()) {
      throw Error(ErrorKind::usage, "--max-size needs a size, not '" + *options.max_size + "'")
          .with_hint("such as 50G");
    }
  }
  if (options.max_age.has_value()) {
    gc.age_max = base::parse_duration(*options.max_age);
    if (!gc.age_max.has_value()) {
      throw Error(ErrorKind::usage, "--max-age needs a duration, not '" + *options.max_age + "'")
          .with_hint("such as 30d");
    }
  }
  return gc;
}

class CacheGc final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--max-size", options_.max_size, "SIZE",
                 "remove the least recently used until no more is left");
    table.option("--max-age", options_.max_age, "DURATION", "remove what was not used for so long");
    table.flag("-n,--dry-run", options_.dry_run, "only say what would be removed");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Never removes what is pinned or being read, nor what another state directory has in the "
        "same cache. Without a limit it only sweeps what killed processes left behind.\n\n"
        "Example:\n"
        "  weir cache gc --max-size 50G --max-age 90d\n");
  }

  ExitStatus run(Context& context) override {
    const cache::GcOptions gc = gc_options(options_);
    OpenCache cache(context);
    const cache::GcReport report = cache.store.collect(gc, base::now_wall());
    if (options_.json) {
      print_json({{"schema", k_cache_schema},
                  {"dry_run", options_.dry_run},
                  {"removed", report.removed_keys},
                  {"removed_size", report.removed_bytes},
                  {"kept_size", report.kept_bytes},
                  {"others_size", report.others_bytes},
                  {"in_use", report.in_use},
                  {"debris_removed", report.debris_removed}},
                 context.out);
    } else if (!context.quiet) {
      context.out.line(fmt::format(
          "{}: {} artifacts, {}; kept: {}{}{}", options_.dry_run ? "would be removed" : "removed",
          report.removed_keys.size(), base::format_bytes(report.removed_bytes),
          base::format_bytes(report.kept_bytes),
          report.in_use > 0 ? fmt::format("; {} in use", report.in_use) : "",
          report.others_bytes > 0 ? fmt::format("; of other state directories: {}",
                                                base::format_bytes(report.others_bytes))
                                  : ""));
    }
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_gc() {
  return std::make_unique<CacheGc>();
}

}  // namespace weir::app
