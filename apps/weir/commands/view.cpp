#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Examples:\n"
    "  weir view nf-core/demo\n"
    "  weir view nf-core/demo -r 1.0.2 -l\n\n"
    "Exit status: 0; 7 the pipeline or its revision was not pulled.\n";

class View final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", question_.name, Required::yes, "a pulled pipeline");
    table.option("-r,--revision", question_.revision, "NAME",
                 "branch, tag or commit (default: the default branch)");
    table.flag("-l,--list", question_.names, "the names of its files instead of its main script");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override {
    question_.headless = context.quiet;
    return view_pipeline(context, question_);
  }

 private:
  ViewQuestion question_;
};

}  // namespace

std::unique_ptr<Command> make_view() {
  return std::make_unique<View>();
}

}  // namespace weir::app
