#include "base/error.hpp"
#include "base/machine.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

struct Options {
  std::optional<std::int64_t> threads;
  bool json = false;
};

class CacheVerify final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--threads", options_.threads, "N", "blobs read at a time [all cores]");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Reads every blob and compares its digest. A wrong one is moved into the cache's "
        "quarantine folder; its artifacts are\n"
        "made again when somebody asks for them.\n\n"
        "Exit status: 0 all is well; 1 something was wrong.\n");
  }

  ExitStatus run(Context& context) override {
    constexpr std::int64_t k_threads_max = 1024;
    const auto threads =
        options_.threads.value_or(static_cast<std::int64_t>(base::available_cores()));
    if (threads < 1 || threads > k_threads_max)
      throw Error(ErrorKind::usage, "--threads must be from 1 to 1024");
    OpenCache cache(context);
    const cache::VerifyReport report = cache.store.verify(static_cast<std::size_t>(threads));
    if (options_.json) {
      print_json(document_of(report), context.out);
    } else {
      for (const cache::BadBlob& bad : report.bad) {
        context.out.line(
            fmt::format("{}  {}", bad.sha256,
                        bad.found_sha256.empty() ? "missing" : "wrong bytes, quarantined"));
      }
      if (!context.quiet) {
        context.out.line(fmt::format("{} blobs, {}: {} wrong", report.blobs,
                                     base::format_bytes(report.bytes), report.bad.size()));
      }
    }
    return report.bad.empty() ? ExitStatus::ok : ExitStatus::failed;
  }

 private:
  static nlohmann::ordered_json document_of(const cache::VerifyReport& report) {
    nlohmann::ordered_json bad = nlohmann::ordered_json::array();
    for (const cache::BadBlob& blob : report.bad) {
      bad.push_back(
          {{"sha256", blob.sha256},
           {"found_sha256", blob.found_sha256.empty() ? nlohmann::ordered_json(nullptr)
                                                      : nlohmann::ordered_json(blob.found_sha256)},
           {"keys", blob.keys}});
    }
    return {{"schema", k_cache_schema},
            {"blobs", report.blobs},
            {"size", report.bytes},
            {"bad", std::move(bad)}};
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_verify() {
  return std::make_unique<CacheVerify>();
}

}  // namespace weir::app
