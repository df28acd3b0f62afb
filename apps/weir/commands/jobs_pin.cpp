#include "commands.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

/// `jobs pin` and `jobs unpin`.
class JobsPin final : public Command {
 public:
  explicit JobsPin(bool pinned) : pinned_(pinned) {}

  void declare(OptionTable& table) override {
    table.positional("JOB", ids_, Required::yes,
                     "ids or their unique beginnings, @last or @lane:NAME");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "A pinned job is never removed, neither by `weir jobs prune` nor by the history's own "
        "limits.\n\nExit status: 0; 7 no such job.\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    std::vector<std::string> ids;
    for (const std::string& id : ids_) ids.push_back(store->resolve(id).id);
    for (const std::string& id : ids) static_cast<void>(store->set_pinned(id, pinned_));
    if (json_)
      print_json({{"schema", k_jobs_schema}, {"pinned", pinned_}, {"jobs", ids}}, context.out);
    return ExitStatus::ok;
  }

 private:
  const bool pinned_;
  std::vector<std::string> ids_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_pin() {
  return std::make_unique<JobsPin>(true);
}

std::unique_ptr<Command> make_jobs_unpin() {
  return std::make_unique<JobsPin>(false);
}

}  // namespace weir::app
