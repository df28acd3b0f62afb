#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cache/archive.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace weir::app {
namespace {

struct Options {
  std::string file;
  std::optional<std::string> max_size;
  bool dry_run = false;
  bool json = false;
};

class CacheImport final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("FILE", options_.file, Required::yes,
                     "an archive made by `cache export`; - is standard input");
    table.option("--max-size", options_.max_size, "SIZE",
                 "refuse an archive whose artifacts take more");
    table.flag("-n,--dry-run", options_.dry_run, "only check the archive");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Every digest is compared before anything becomes visible: all artifacts of the archive "
        "appear, or none. Links,\n"
        "devices and names that lead elsewhere are refused.\n\n"
        "Example:\n"
        "  weir cache import cache.tar.zst\n\n"
        "Exit status: 0; 1 an artifact is here with other bytes; 3 the archive is refused; 75 no "
        "space.\n");
  }

  ExitStatus run(Context& context) override {
    cache::ImportOptions import{.bytes_max = 0, .dry_run = options_.dry_run};
    if (options_.max_size.has_value()) {
      const std::optional<std::int64_t> bytes = base::parse_bytes(*options_.max_size);
      if (!bytes.has_value() || *bytes <= 0) {
        throw Error(ErrorKind::usage, "--max-size needs a size, not '" + *options_.max_size + "'")
            .with_hint("such as 50G");
      }
      import.bytes_max = *bytes;
    }
    base::Fd file;
    if (options_.file != "-") file = base::open_read(context.working_directory / options_.file);
    OpenCache cache(context);
    const cache::ImportReport report =
        cache::import_artifacts(cache.store, import, file ? file.get() : STDIN_FILENO,
                                options_.file == "-" ? "standard input" : options_.file);
    if (options_.json) {
      print_json({{"schema", k_cache_schema},
                  {"dry_run", options_.dry_run},
                  {"added", report.added},
                  {"present", report.present},
                  {"blobs", report.blobs},
                  {"size", report.bytes}},
                 context.out);
    } else if (!context.quiet) {
      context.out.line(fmt::format(
          "{}: {} artifacts{}, {}", options_.dry_run ? "would be imported" : "imported",
          report.added,
          report.present > 0 ? fmt::format(" ({} more were there)", report.present) : "",
          base::format_bytes(report.bytes)));
    }
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_import() {
  return std::make_unique<CacheImport>();
}

}  // namespace weir::app
