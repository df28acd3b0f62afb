#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Removes what was pulled of a pipeline: all of it, or the files of one revision. What somebody "
    "changed there stays\n"
    "unless -f is given.\n\n"
    "Examples:\n"
    "  weir drop nf-core/demo\n"
    "  weir drop nf-core/demo -r 1.0.2\n\n"
    "Exit status: 0; 2 its files were changed; 7 it was not pulled.\n";

class Drop final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", question_.name, Required::yes, "a pulled pipeline");
    table.option("-r,--revision", question_.revision, "NAME", "only the files of this revision");
    table.flag("-f,--force", question_.force, "also what was changed");
    table.epilogue(k_epilogue);
  }
  ExitStatus run(Context& context) override { return drop_pipeline(context, question_); }

 private:
  DropQuestion question_;
};

}  // namespace

std::unique_ptr<Command> make_drop() {
  return std::make_unique<Drop>();
}

}  // namespace weir::app
