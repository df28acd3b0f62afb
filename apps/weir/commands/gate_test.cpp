#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/gate_waiting.hpp"
#include "engine/gate_conformance.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Runs the program about a dozen times with requests of a made-up task; nothing else is touched "
    "but what the\n"
    "program does itself. `note` is worth knowing and breaks no rule.\n\n"
    "Exit status: 0 no rule is broken; 1 some are; 2 usage; 11 the program cannot be run.\n\n"
    "Examples:\n"
    "  weir gate test ./marker.sh --input /data/run42\n"
    "  weir gate test ./seats.py --multiplex --hint tier=Bulk\n";

class GateTest final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("PROGRAM", program_, Required::yes, "the gate, with its arguments by blanks");
    table.flag("--multiplex", multiplex_, "test multiplex mode instead of task mode");
    table.option("--input", inputs_, "PATH", "an input of the made-up task");
    table.option("--hint", hints_, "NAME=VALUE", "a hint for the gate");
    table.option("--limit", limit_, "DURATION", "longest wait for one answer");
    table.option("--grace", grace_, "DURATION", "from TERM to KILL");
    table.flag("--json", json_, "as JSON");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    GateOptions options;
    options.gates = {program_.starts_with("exec:") ? program_ : "exec:" + program_};
    const base::TempDir folder;
    engine::ConformanceOptions kit;
    kit.gate = parse_gates(options, context).front();
    kit.gate.name = "test";
    kit.gate.multiplex = multiplex_;
    for (const std::string& hint : hints_) {
      const std::size_t equals = hint.find('=');
      if (equals == std::string::npos)
        throw Error(ErrorKind::usage, "--hint: '" + hint + "' is not NAME=VALUE");
      kit.gate.hints[hint.substr(0, equals)] = hint.substr(equals + 1);
    }
    kit.request.task = 1;
    kit.request.key = "0123456789abcdef0123456789abcdef";
    kit.request.process = "TEST";
    kit.request.name = "TEST (1)";
    kit.request.work_dir = folder.path();
    for (const std::string& input : inputs_)
      kit.request.inputs.push_back((context.working_directory / input).string());
    kit.keeper.environment = context.environment;
    kit.keeper.state_dir = folder.path();
    kit.keeper.run_id = "test";
    kit.keeper.run_name = "test";
    kit.keeper.cancel_grace = duration_of("--grace", grace_);
    kit.limit = duration_of("--limit", limit_);
    return show(context, engine::check_conformance(kit));
  }

 private:
  static std::chrono::milliseconds duration_of(const std::string& option, const std::string& text) {
    const auto duration = base::parse_duration(text);
    if (!duration)
      throw Error(ErrorKind::usage, option + ": '" + text + "' is not a duration such as 30s");
    return *duration;
  }

  ExitStatus show(Context& context, const std::vector<engine::ConformanceResult>& results) const {
    using Verdict = engine::ConformanceResult::Verdict;
    const auto word = [](Verdict verdict) {
      switch (verdict) {
        case Verdict::pass: return "pass";
        case Verdict::fail: return "FAIL";
        case Verdict::note: return "note";
        case Verdict::skip: return "skip";
      }
      return "";
    };
    bool broken = false;
    nlohmann::json list = nlohmann::json::array();
    Table table({"VERDICT", "RULE", "SEEN"});
    for (const auto& result : results) {
      broken = broken || result.verdict == Verdict::fail;
      table.row({word(result.verdict), result.rule, result.text});
      list.push_back({{"rule", result.rule},
                      {"verdict", base::to_lower_ascii(word(result.verdict))},
                      {"text", result.text}});
    }
    if (json_) {
      context.out.line(nlohmann::json{{"schema", 1}, {"ok", !broken}, {"results", list}}.dump(2));
    } else {
      table.print(context.out, false);
    }
    return broken ? ExitStatus::failed : ExitStatus::ok;
  }

  std::string program_;
  bool multiplex_ = false;
  std::vector<std::string> inputs_;
  std::vector<std::string> hints_;
  std::string limit_ = "30s";
  std::string grace_ = "5s";
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_gate_test() {
  return std::make_unique<GateTest>();
}

}  // namespace weir::app
