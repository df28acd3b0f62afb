#include "base/error.hpp"
#include "commands.hpp"
#include "compose/gate_waiting.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "A `stable` gate goes by the age of the last change here, since one look cannot see a "
    "change.\n\n"
    "Exit status: 0 ready; 8 not ready yet; 1 failed for good; 2 usage, or a gate that cannot "
    "work.\n";

class GateCheck final : public Command {
 public:
  void declare(OptionTable& table) override {
    declare_gate_options(table, options_);
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    GateQuestion question;
    question.gates = parse_gates(options_, context);
    question.ask_once = true;
    const GateVerdict verdict = wait_for_gates(context, question);
    if (!verdict.message.empty() && !context.quiet) context.err.line("weir: " + verdict.message);
    return verdict.status;
  }

 private:
  GateOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_gate_check() {
  return std::make_unique<GateCheck>();
}

}  // namespace weir::app
