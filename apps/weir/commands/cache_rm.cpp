#include "commands.hpp"
#include "compose/artifact_view.hpp"

namespace weir::app {
namespace {

class CacheRm final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", names_, Required::yes,
                     "keys or their unique beginnings, or names as `cache ls` shows them");
    table.epilogue(
        "Removes artifacts; they are made again when somebody asks for them. Bytes that are being "
        "read go with the next `cache gc`.\n\n"
        "Exit status: 0; 7 when one of them is not there (then none is removed).\n");
  }

  ExitStatus run(Context& context) override {
    OpenCache cache(context);
    std::vector<cache::Artifact> found;
    for (const std::string& name : names_) found.push_back(cache.store.manifest().resolve(name));
    for (const cache::Artifact& artifact : found) cache.store.remove(artifact.key);
    return ExitStatus::ok;
  }

 private:
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<Command> make_cache_rm() {
  return std::make_unique<CacheRm>();
}

}  // namespace weir::app
