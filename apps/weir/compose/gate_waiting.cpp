#include "compose/gate_waiting.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate_keeper.hpp"

#include <csignal>
#include <filesystem>
#include <map>

namespace weir::app {
namespace {

using engine::GateOutcome;

ExitStatus status_of(const GateOutcome& outcome) {
  return outcome.unrecoverable ? ExitStatus::usage : ExitStatus::failed;
}

/// Waits for several requests of one gate each, so that `--any` can go on with the first that is
/// ready.
class Waiter {
 public:
  Waiter(Context& context, const GateQuestion& question)
      : question_(question), keeper_(loop_, pool_, keeper_options(context, question)) {
    keeper_.on_progress([this](engine::GateTicket, const std::string& gate,
                               const std::string& message) { note(gate, message); });
    keeper_.on_warning([&context](const std::string& text) { context.err.line("weir: " + text); });
  }

  GateVerdict run() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      loop_.on_signal(signal, [this](int number) {
        end({static_cast<ExitStatus>(128 + number), {}});
      });
    }
    if (question_.limit) {
      loop_.after(*question_.limit, [this] {
        end({ExitStatus::timed_out, "not ready in time" + reasons()});
      });
    }
    keeper_.on_again([this](engine::TaskId task) { ask_late(static_cast<std::size_t>(task)); });
    for (const engine::GateSpec& gate : question_.gates) {
      auto request = std::make_shared<engine::GateRequest>();
      request->task = requests_.size();
      request->add(gate);
      requests_.push_back(request);
      keeper_.prepare(request, [this, number = request->task](const GateOutcome& outcome) {
        const bool late = is_admit_gate(*requests_[number]->gates.front());
        if (outcome.kind == GateOutcome::Kind::ready && late) return ask_late(number);
        take(outcome);
      });
    }
    if (!ended_) loop_.run();
    if (verdict_.status == ExitStatus::ok && question_.then)
      verdict_.status = question_.then(inherited_);
    // External gates that were cancelled get their grace before the verdict is told.
    keeper_.cancel_all();
    keeper_.when_idle([this] { loop_.stop(); });
    loop_.run();
    return verdict_;
  }

 private:
  static engine::GateKeeper::Options keeper_options(const Context& context,
                                                    const GateQuestion& question) {
    engine::GateKeeper::Options options;
    options.environment = context.environment;
    options.state_dir = context.state_dir();
    options.ask_once = question.ask_once;
    options.pool_scope = context.state_dir();
    return options;
  }

  /// Gates of the phase `admit`: what they give is held until the program has ended.
  void ask_late(std::size_t number) {
    if (ended_) return;
    keeper_.admit(requests_[number], [this](const engine::AdmitOutcome& outcome) {
      using Kind = engine::AdmitOutcome::Kind;
      if (outcome.kind == Kind::wait) return note(outcome.gate, outcome.message);
      GateOutcome told;
      if (outcome.kind == Kind::admitted) {
        inherited_.insert(inherited_.end(), outcome.descriptors.begin(), outcome.descriptors.end());
        return take(told);
      }
      told.kind = GateOutcome::Kind::failed;
      told.gate = outcome.gate;
      told.message = outcome.message;
      told.unrecoverable = outcome.unrecoverable;
      take(told);
    });
  }

  void note(const std::string& gate, const std::string& message) {
    reasons_[gate] = message;
    if (question_.ask_once)
      end({ExitStatus::active, "gate '" + gate + "' is not ready: " + message});
  }

  void take(const GateOutcome& outcome) {
    ++answered_;
    const bool ready = outcome.kind == GateOutcome::Kind::ready;
    if (ready && (question_.any || answered_ == question_.gates.size()) && failure_.empty())
      return end({});
    if (ready && question_.any) return end({});
    if (ready) return;
    failure_ = "gate '" + outcome.gate + "' failed: " + outcome.message;
    const bool last = answered_ == question_.gates.size();
    if (!question_.any || last) end({status_of(outcome), failure_});
  }

  [[nodiscard]] std::string reasons() const {
    std::string text;
    for (const auto& [gate, reason] : reasons_) text += "; gate '" + gate + "': " + reason;
    return text;
  }

  void end(GateVerdict verdict) {
    if (ended_) return;
    ended_ = true;
    verdict_ = std::move(verdict);
    loop_.stop();
  }

  const GateQuestion& question_;
  base::EventLoop loop_;
  base::ThreadPool pool_{2};
  engine::GateKeeper keeper_;
  std::vector<std::shared_ptr<const engine::GateRequest>> requests_;
  std::vector<int> inherited_;
  std::map<std::string, std::string> reasons_;
  std::string failure_;
  std::size_t answered_ = 0;
  bool ended_ = false;
  GateVerdict verdict_;
};

bool names_a_path(const engine::GateSpec& gate) {
  using Kind = engine::GateSpec::Kind;
  const bool pool = gate.kind == Kind::semaphore && gate.target.find('/') != std::string::npos;
  return gate.kind == Kind::file || gate.kind == Kind::stable || gate.kind == Kind::unix ||
         gate.kind == Kind::disk || pool;
}

}  // namespace

GateVerdict wait_for_gates(Context& context, const GateQuestion& question) {
  return Waiter(context, question).run();
}

void declare_gate_options(OptionTable& table, GateOptions& options) {
  table.positional("GATE", options.gates, Required::yes, engine::gate_spellings());
  table.option("--set", options.settings, "NAME=VALUE",
               "another setting of the gates, as in a configuration");
  table.option("--quiet-for", options.quiet, "DURATION", "stable: unchanged for so long (60s)");
  table.option("--min-size", options.size, "SIZE", "file: at least so large");
  table.option("--poll", options.poll, "DURATION", "pause between two looks (by kind)");
}

std::vector<engine::GateSpec> parse_gates(const GateOptions& options, const Context& context) {
  std::vector<engine::GateSpec> gates;
  for (const std::string& text : options.gates) {
    engine::GateSpec gate = engine::parse_gate(text);
    if (names_a_path(gate)) gate.target = (context.working_directory / gate.target).string();
    // A relative program is the user's, not one of the folder that gates run in.
    if (!gate.command.empty() && gate.command.front().find('/') != std::string::npos)
      gate.command.front() = (context.working_directory / gate.command.front()).string();
    if (options.quiet) set_gate_option(gate, "quiet", *options.quiet);
    if (options.size && gate.kind == engine::GateSpec::Kind::file)
      set_gate_option(gate, "size", *options.size);
    if (options.poll) set_gate_option(gate, "poll", *options.poll);
    for (const std::string& setting : options.settings) {
      const std::size_t equals = setting.find('=');
      if (equals == std::string::npos)
        throw Error(ErrorKind::usage, "--set: '" + setting + "' is not NAME=VALUE");
      set_gate_option(gate, setting.substr(0, equals), setting.substr(equals + 1));
    }
    gates.push_back(std::move(gate));
  }
  return gates;
}

}  // namespace weir::app
