#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Fetches pipelines from git repositories, or what is new in them, by `git`; `weir run NAME` "
    "does "
    "so by itself for what\n"
    "is not there yet. They are kept where Nextflow keeps them (NXF_ASSETS, by default "
    "~/.nextflow/assets), each revision in\n"
    "a folder of its own. NAME is owner/name (of GitHub, unless --hub says otherwise) or the "
    "address "
    "of a repository.\n\n"
    "Examples:\n"
    "  weir pull nf-core/demo -r 1.0.2\n"
    "  weir pull https://gitlab.com/group/pipeline\n"
    "  weir pull --all\n\n"
    "Exit status: 0; 2 no good name; 7 no such repository or revision; 11 git is missing; 75 its "
    "server cannot be reached.\n";

class Pull final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", question_.names, Required::no, "pipelines");
    table.option("-r,--revision", question_.source.revision, "NAME",
                 "branch, tag or commit (default: the default branch)");
    table.option("--hub", question_.source.hub, "NAME",
                 "github, gitlab, bitbucket, gitea or one of ~/.nextflow/scm");
    table.flag("-a,--all", question_.all, "all that were pulled before");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override {
    return pull_pipelines(context, question_, remarks_to(context.err, context.quiet));
  }

 private:
  PullQuestion question_;
};

}  // namespace

std::unique_ptr<Command> make_pull() {
  return std::make_unique<Pull>();
}

}  // namespace weir::app
