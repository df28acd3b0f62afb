#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/gate_waiting.hpp"
#include "compose/program_in_place.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Examples:\n"
    "  weir gate wait stable:/data/run42 --quiet-for 10m -- weir run main.nf\n"
    "  weir gate wait tcp:localhost:5432 http://localhost:8080/health --timeout 2m\n"
    "  weir gate wait exec:./licence-gate --timeout 1h\n"
    "  weir gate wait semaphore:/shared/licences:4 -- ./licensed-tool\n\n"
    "An `exec` gate is any program: it ends with 0 when ready, 11 when not yet (it is asked "
    "again), 75 after a\n"
    "temporary failure, 78 when its configuration is wrong, anything else when it failed for good. "
    "It reads the\n"
    "request as JSON and may write JSON lines (protocol weir-gate/1).\n\n"
    "Exit status: 0 ready; 1 a gate failed for good; 2 usage, or a gate that cannot work; 124 not "
    "ready within\n"
    "--timeout; 129, 130, 143 by a signal. With a PROGRAM its own status.\n";

class GateWait final : public Command {
 public:
  void declare(OptionTable& table) override {
    declare_gate_options(table, options_);
    table.option("--timeout", timeout_, "DURATION", "give up after that time (no limit)");
    table.flag("--all", all_, "wait for every gate (the default)");
    table.flag("--any", any_, "go on when the first gate is ready");
    table.rest("PROGRAM", program_, Required::no,
               "run it once ready, with its arguments, after `--`");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    if (all_ && any_) throw Error(ErrorKind::usage, "--all and --any exclude each other");
    GateQuestion question;
    question.gates = parse_gates(options_, context);
    question.any = any_;
    if (timeout_) {
      question.limit = base::parse_duration(*timeout_);
      if (!question.limit)
        throw Error(ErrorKind::usage,
                    "--timeout: '" + *timeout_ + "' is not a duration such as 30s");
    }
    if (!program_.empty()) {
      question.then = [&](const std::vector<int>& inherited) {
        return run_in_place(program_, context.environment, inherited);
      };
    }
    const GateVerdict verdict = wait_for_gates(context, question);
    if (!verdict.message.empty()) context.err.line("weir: " + verdict.message);
    return verdict.status;
  }

 private:
  GateOptions options_;
  std::optional<std::string> timeout_;
  bool all_ = false;
  bool any_ = false;
  std::vector<std::string> program_;
};

}  // namespace

std::unique_ptr<Command> make_gate_wait() {
  return std::make_unique<GateWait>();
}

}  // namespace weir::app
