#include "engine/gate_describe.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/gate_waiting.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Examples:\n"
    "  weir gate describe semaphore\n"
    "  weir gate describe exec:./glacier-gate --json\n";

std::vector<std::string_view> built_in_names() {
  std::vector<std::string_view> names;
  for (const auto& row : engine::built_in_gates()) {
    if (row.name != "exec") names.emplace_back(row.name);
  }
  return names;
}

class GateDescribe final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("GATE", gate_, Required::yes, "{}, or exec:PROGRAM");
    table.words(built_in_names(), WordRule::open);
    table.flag("--json", json_, "as JSON; of a program what it says itself");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    const auto& known = engine::built_in_gates();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& row) { return row.name == gate_; });
    if (found != known.end() && found->name != "exec") return describe_built_in(context, *found);
    if (found == known.end()) check_program(context);
    GateOptions options;
    options.gates = {gate_.starts_with("exec:") ? gate_ : "exec:" + gate_};
    const engine::GateSpec spec = parse_gates(options, context).front();
    const std::string text =
        engine::gate_description_text(spec.command, context.environment, engine::k_describe_max);
    const engine::GateDescription description = engine::parse_gate_description(text);
    if (json_) {
      context.out.line(nlohmann::json::parse(text).dump(2));
      return ExitStatus::ok;
    }
    Table table({"FIELD", "VALUE"});
    table.row({"name", description.name});
    table.row({"version", description.version});
    table.row(
        {"modes", words(description.task_mode, "task", description.multiplex_mode, "multiplex")});
    table.row({"phases", words(description.in_prepare, "prepare", description.in_admit, "admit")});
    table.row({"leases", description.leases ? "yes" : "no"});
    for (const auto& hint : description.hints)
      table.row({"hint " + hint.name,
                 hint.type + (hint.default_value.empty() ? "" : " (" + hint.default_value + ")")});
    table.print(context.out, false);
    return ExitStatus::ok;
  }

 private:
  /// A bare word may be a program on the PATH, or a built-in gate's name with a fault.
  void check_program(const Context& context) const {
    if (gate_.starts_with("exec:") || gate_.find('/') != std::string::npos ||
        base::find_program(gate_, base::variable_in(context.environment, "PATH").value_or("")))
      return;
    std::vector<std::string> names;
    for (const engine::BuiltInGate& gate : engine::built_in_gates()) names.emplace_back(gate.name);
    throw Error(ErrorKind::usage,
                fmt::format("'{}' is neither a built-in gate nor a program on the PATH", gate_))
        .with_hint(base::nearest_hint(gate_, names, "`weir gate list` lists the built-in ones"));
  }

  static std::string words(bool first, const char* a, bool second, const char* b) {
    std::string text = first ? a : "";
    if (second) text += std::string(text.empty() ? "" : ", ") + b;
    return text;
  }

  ExitStatus describe_built_in(Context& context, const engine::BuiltInGate& gate) const {
    engine::GateSpec spec;
    engine::set_gate_option(spec, "type", std::string(gate.name));
    const bool prepare = is_prepare_gate(spec);
    const bool admit = is_admit_gate(spec);
    const std::vector<std::string> options = engine::gate_options_of(gate.name);
    if (json_) {
      nlohmann::json phases = nlohmann::json::array();
      if (prepare) phases.push_back("prepare");
      if (admit) phases.push_back("admit");
      context.out.line(nlohmann::json{
          {"schema", 1},
          {"name", gate.name},
          {"spelling", gate.spelling},
          {"ready_when", gate.ready_when},
          {"phases", phases},
          {"options",
           options}}.dump(2));
      return ExitStatus::ok;
    }
    Table table({"FIELD", "VALUE"});
    table.row({"name", std::string(gate.name)});
    table.row({"spelling", std::string(gate.spelling)});
    table.row({"ready when", std::string(gate.ready_when)});
    table.row({"phases", words(prepare, "prepare", admit, "admit")});
    table.row({"options", base::join(options, ", ")});
    table.print(context.out, false);
    return ExitStatus::ok;
  }

  std::string gate_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_gate_describe() {
  return std::make_unique<GateDescribe>();
}

}  // namespace weir::app
