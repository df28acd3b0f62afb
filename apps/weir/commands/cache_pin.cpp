#include "commands.hpp"
#include "compose/artifact_view.hpp"

namespace weir::app {
namespace {

/// `cache pin` and `cache unpin`, which differ in one word.
class CachePin final : public Command {
 public:
  explicit CachePin(bool pinned) : pinned_(pinned) {}

  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", names_, Required::yes,
                     "keys or their unique beginnings, or names as `cache ls` shows them");
    table.epilogue(pinned_
                       ? "`cache gc` never removes a pinned artifact. Pin data and index alike.\n"
                       : "`cache gc` may remove the artifact again.\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    std::vector<cache::Artifact> found;
    for (const std::string& name : names_) found.push_back(cache.store.manifest().resolve(name));
    for (const cache::Artifact& artifact : found) cache.store.manifest().pin(artifact.key, pinned_);
    return ExitStatus::ok;
  }

 private:
  bool pinned_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> make_cache_pin() {
  return std::make_unique<CachePin>(true);
}
std::unique_ptr<Command> make_cache_unpin() {
  return std::make_unique<CachePin>(false);
}

}  // namespace weir::app
