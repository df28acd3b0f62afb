#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Where a pulled pipeline is from, what its manifest says, and its revisions as far as they "
    "were "
    "known at the last pull:\n"
    "`>` those whose files are here, `[t]` tags.\n\n"
    "Examples:\n"
    "  weir info nf-core/demo\n"
    "  weir info demo --json | jq -r '.revisions.tags[].name'\n\n"
    "Exit status: 0; 7 it was not pulled.\n";

class Info final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", question_.name, Required::yes, "a pulled pipeline");
    table.flag("-d,--detailed", question_.with_commits, "the commit of each revision");
    table.flag("--json", question_.json, "one JSON document");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override { return describe_pipeline(context, question_); }

 private:
  InfoQuestion question_;
};

}  // namespace

std::unique_ptr<Command> make_info() {
  return std::make_unique<Info>();
}

}  // namespace weir::app
