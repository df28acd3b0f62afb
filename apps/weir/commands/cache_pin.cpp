#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

/// `cache pin` and `cache unpin`, which differ in one word.
class CachePin final : public Command {
 public:
  explicit CachePin(bool pinned) : pinned_(pinned) {}

  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", names_, Required::yes,
                     "keys or their unique beginnings, or names as `cache ls` shows them");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(pinned_
                       ? "`cache gc` never removes a pinned artifact. Pin data and index alike.\n"
                       : "`cache gc` may remove the artifact again.\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    std::vector<cache::Artifact> found;
    for (const std::string& name : names_) found.push_back(cache.store.manifest().resolve(name));
    nlohmann::ordered_json keys = nlohmann::ordered_json::array();
    for (const cache::Artifact& artifact : found) {
      if (cache.store.manifest().pin(artifact.key, pinned_)) keys.push_back(artifact.key);
    }
    if (json_)
      print_json({{"schema", k_cache_schema}, {pinned_ ? "pinned" : "unpinned", keys}},
                 context.out);
    return ExitStatus::ok;
  }

 private:
  bool pinned_;
  std::vector<std::string> names_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_cache_pin() {
  return std::make_unique<CachePin>(true);
}
std::unique_ptr<Command> make_cache_unpin() {
  return std::make_unique<CachePin>(false);
}

}  // namespace weir::app
