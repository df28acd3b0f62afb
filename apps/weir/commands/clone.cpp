#include "base/error.hpp"
#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "A copy of a pipeline's repository to read and to change, with its history; `weir run FOLDER` "
    "runs it.\n\n"
    "Examples:\n"
    "  weir clone nf-core/demo\n"
    "  weir clone nf-core/demo my-demo -r dev --depth 1\n\n"
    "Exit status: 0; 2 the folder is not empty; 7 no such repository or revision; 11 git is "
    "missing; "
    "75 its server cannot\nbe reached.\n";

class Clone final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", question_.name, Required::yes, "owner/name or an address");
    table.positional("FOLDER", folder_, Required::no, "default: the pipeline's name");
    table.option("-r,--revision", question_.source.revision, "NAME",
                 "branch, tag or commit (default: the default branch)");
    table.option("-d,--depth", depth_, "N", "commits of history (default: all)");
    table.option("--hub", question_.source.hub, "NAME",
                 "github, gitlab, bitbucket, gitea or one of ~/.nextflow/scm");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override {
    if (depth_.value_or(1) < 1) throw Error(ErrorKind::usage, "--depth must be at least 1");
    question_.depth = depth_.value_or(0);
    question_.folder = folder_;
    return clone_pipeline(context, question_, remarks_to(context.err, context.quiet));
  }

 private:
  CloneQuestion question_;
  std::string folder_;
  std::optional<std::int64_t> depth_;
};

}  // namespace

std::unique_ptr<Command> make_clone() {
  return std::make_unique<Clone>();
}

}  // namespace weir::app
