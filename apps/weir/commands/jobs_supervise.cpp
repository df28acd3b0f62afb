#include "commands.hpp"
#include "compose/external_pipeline.hpp"

namespace weir::app {
namespace {

/// Started by whoever finds a run of an external engine without a supervisor; not for people.
class JobsSupervise final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", id_, Required::yes, "the whole id of a run");
  }
  ExitStatus run(Context& context) override { return supervise_orphan(context, id_); }

 private:
  std::string id_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_supervise() {
  return std::make_unique<JobsSupervise>();
}

}  // namespace weir::app
