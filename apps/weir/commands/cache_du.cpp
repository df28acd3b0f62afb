#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace weir::app {
namespace {

struct Options {
  bool json = false;
  bool plain = false;
};

struct Sum {
  std::int64_t artifacts = 0;
  std::int64_t bytes = 0;
};

class CacheDu final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("--json", options_.json, "one JSON document");
    table.flag("--plain", options_.plain, "tab-separated values with a header");
    table.epilogue(
        "The total counts bytes on disk: blobs that several artifacts share once, unnamed ones "
        "too.\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    std::map<std::string, Sum> kinds;
    cache.store.manifest().visit_by_use([&](const cache::Artifact& artifact) {
      Sum& sum = kinds[artifact.kind];
      ++sum.artifacts;
      sum.bytes += artifact.size_bytes;
      return true;
    });
    Sum total;
    cache.store.backend().list([&](const cache::BlobInfo& blob) {
      ++total.artifacts;
      total.bytes += blob.size_bytes;
    });
    if (options_.json) {
      nlohmann::ordered_json document{{"schema", k_cache_schema},
                                      {"kinds", nlohmann::ordered_json::object()}};
      for (const auto& [kind, sum] : kinds)
        document["kinds"][kind] = {{"artifacts", sum.artifacts}, {"size", sum.bytes}};
      document["blobs"] = total.artifacts;
      document["size"] = total.bytes;
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    const auto shown = [&](std::int64_t bytes) {
      return options_.plain ? std::to_string(bytes) : base::format_bytes(bytes);
    };
    Table table({"WHAT", "COUNT", "SIZE"});
    for (const auto& [kind, sum] : kinds)
      table.row({kind, std::to_string(sum.artifacts), shown(sum.bytes)});
    table.row({"on disk", std::to_string(total.artifacts), shown(total.bytes)});
    table.print(context.out, options_.plain);
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_du() {
  return std::make_unique<CacheDu>();
}

}  // namespace weir::app
