#include "commands.hpp"
#include "compose/pipeline_view.hpp"

namespace weir::app {
namespace {

class List final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "The pipelines that `weir pull`, `weir run` and Nextflow fetched, a name a line; `weir "
        "info "
        "NAME` says more.\n\nExit status: 0.\n");
  }
  ExitStatus run(Context& context) override { return list_pipelines(context, json_); }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_list() {
  return std::make_unique<List>();
}

}  // namespace weir::app
