#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

class CacheRm final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", names_, Required::yes,
                     "keys or their unique beginnings, or names as `cache ls` shows them");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "Removes artifacts; they are made again when somebody asks for them. Bytes that are being "
        "read go with the next `cache gc`.\n\n"
        "Exit status: 0; 7 when one of them is not there (then none is removed).\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    std::vector<cache::Artifact> found;
    for (const std::string& name : names_) found.push_back(cache.store.manifest().resolve(name));
    nlohmann::ordered_json keys = nlohmann::ordered_json::array();
    for (const cache::Artifact& artifact : found) {
      if (cache.store.remove(artifact.key)) keys.push_back(artifact.key);
    }
    if (json_) print_json({{"schema", k_cache_schema}, {"removed", keys}}, context.out);
    return ExitStatus::ok;
  }

 private:
  std::vector<std::string> names_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_cache_rm() {
  return std::make_unique<CacheRm>();
}

}  // namespace weir::app
