#include "base/error.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/run_follow.hpp"

namespace weir::app {
namespace {

class JobsAttach final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", id_, Required::no,
                     "an id or its unique beginning, @active or @lane:NAME (default: @active)");
    table.option("--events", events_, "FORMAT", "ndjson: what happens, one JSON object a line");
    table.words({"ndjson"});
    table.flag("--json", style_.json, "one JSON document about the run at its end");
    table.epilogue(
        "Prints what the run has said and says, and ends with the run's own status. Signals end "
        "the following alone: the run\ngoes on.\n\n"
        "Exit status: the run's (0 succeeded, 1 failed, 5 cancelled, 6 lost, 124 its time limit, "
        "N of `exit N`); 7 no such run;\n129, 130, 143 this command was ended by HUP, INT, "
        "TERM.\n");
  }

  ExitStatus run(Context& context) override {
    style_.events = !events_.empty();
    style_.quiet = context.quiet;
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string id = named_run(*store, id_).id;
    return follow_run(context, *store, id, style_);
  }

 private:
  std::string id_ = "@active";
  std::string events_;
  FollowStyle style_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_attach() {
  return std::make_unique<JobsAttach>();
}

}  // namespace weir::app
