#include "commands.hpp"
#include "engine/gate_spec.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

class GateList final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("--json", json_, "as JSON");
    table.flag("--plain", plain_, "as tab-separated values");
    table.epilogue(
        "Any program is a gate, too: exec:PROGRAM, or `gates { name { exec = '…' } }` in a "
        "configuration.\n");
  }

  ExitStatus run(Context& context) override {
    const auto& gates = engine::built_in_gates();
    if (json_) {
      nlohmann::json list = nlohmann::json::array();
      for (const engine::BuiltInGate& gate : gates)
        list.push_back(
            {{"name", gate.name}, {"spelling", gate.spelling}, {"ready_when", gate.ready_when}});
      context.out.line(nlohmann::json{{"schema", 1}, {"gates", list}}.dump(2));
      return ExitStatus::ok;
    }
    Table table({"GATE", "SPELLING", "READY WHEN"});
    for (const engine::BuiltInGate& gate : gates)
      table.row({std::string(gate.name), std::string(gate.spelling), std::string(gate.ready_when)});
    table.print(context.out, plain_);
    return ExitStatus::ok;
  }

 private:
  bool json_ = false;
  bool plain_ = false;
};

}  // namespace

std::unique_ptr<Command> make_gate_list() {
  return std::make_unique<GateList>();
}

}  // namespace weir::app
