#include "commands.hpp"
#include "compose/run_clean.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Removes the task directories of the last run of this folder, or of the runs chosen. What a "
    "run "
    "that stays took its\n"
    "results from stays. Published files that are links into the work directory lose what they "
    "point "
    "to.\n\n"
    "Examples:\n"
    "  weir clean -n                     what would go of the last run\n"
    "  weir clean calm_river -f\n"
    "  weir clean --before calm_river -f\n"
    "  weir clean --but last -f -k       all but the last run; keep scripts and logs\n\n"
    "Exit status: 0; 2 neither -n nor -f was said; 4 the run is active; 7 no such run.\n";

class Clean final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", request_.runs.named, Required::no,
                     "names or session ids of runs (default: the last)");
    table.option("--before", request_.runs.before, "RUN", "all runs before this one");
    table.option("--after", request_.runs.after, "RUN", "all runs after this one");
    table.option("--but", request_.runs.but, "RUN", "all other runs");
    table.flag("-n,--dry-run", request_.dry_run, "say what would be removed");
    table.flag("-f,--force", request_.force, "remove it");
    table.flag("-k,--keep-logs", request_.keep_logs,
               "keep the scripts of tasks and what they printed");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    request_.quiet = context.quiet;
    return clean_runs(context, request_);
  }

 private:
  CleanRequest request_;
};

}  // namespace

std::unique_ptr<Command> make_clean() {
  return std::make_unique<Clean>();
}

}  // namespace weir::app
