// External gates in task mode, protocol weir-gate/1: one process per question; the request as one
// JSON object on its standard input, JSON lines on its standard output, its exit status as the
// answer. See weir-gate-protocol(7).
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "engine/gate.hpp"
#include "engine/gate_protocol.hpp"
#include "engine/log_capture.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

/// One run of the program. Shared with handlers that may come after the gate object has gone.
struct Run {
  Gate::Done done;  // empty once cancelled or answered
  base::ProcessHost::Id id = 0;
  bool waiting = true;  // for a free slot
  bool started = false;
  std::unique_ptr<LogCapture> output;
  std::unique_ptr<LogCapture> errors;
  std::optional<base::ProcessExit> exit;
  bool emptied = false;
  bool too_long = false;
  std::optional<Kind> told;  // by a final event
  GateAnswer detail;
};

class ExternalGate final : public Gate {
 public:
  ExternalGate(GateSpecPtr spec, const GateSubject& subject, const GateContext& context)
      : spec_(std::move(spec)), subject_(subject), context_(context) {}
  ~ExternalGate() override { cancel(); }

  void ask(Done done) override {
    run_ = std::make_shared<Run>();
    run_->done = std::move(done);
    context_.want_slot(spec_, [this, run = run_, free = context_.slot_free, spec = spec_] {
      run->waiting = false;
      if (!run->done) return free(spec);  // cancelled while it waited; `this` may be gone
      start(run);
    });
  }

  void on_progress(const std::function<void(const std::string&)>& handler) override {
    progress_ = handler;
  }

  void cancel() override {
    if (!run_) return;
    const auto run = std::exchange(run_, nullptr);
    run->done = nullptr;
    if (run->started && !run->emptied)
      context_.host().stop_tree(run->id, SIGTERM, subject_.options->cancel_grace);
  }

 private:
  void start(const std::shared_ptr<Run>& run) {
    try {
      start_program(run);
    } catch (const Error& error) {  // a step of a task: the error is the gate's answer
      context_.slot_free(spec_);
      answer(*run, {Kind::unrecoverable, "gate-failed", error.what(), std::nullopt});
    }
  }

  void start_program(const std::shared_ptr<Run>& run) {
    const std::string folder = gate_folder(*spec_, *subject_.options);
    base::make_folders(folder);
    // A file, not a pipe: a gate that does not read it blocks nobody.
    const base::Fd input = base::open_scratch(folder);
    base::write_all(input.get(),
                    gate_request_text(message(), *spec_, *subject_.request, *subject_.options),
                    "the gate's request");
    if (::lseek(input.get(), 0, SEEK_SET) != 0)
      throw system_error("rewind", "the gate's request", errno);
    base::SpawnOptions program;
    program.argv = spec_->command;
    program.environment = environment(folder);
    program.directory = folder;
    program.stdin_fd = input.get();
    run->output = make_output(run);
    run->errors = std::make_unique<LogCapture>(context_.loop, LogCapture::Options{});
    program.stdout_fd = run->output->write_fd();
    program.stderr_fd = run->errors->write_fd();
    run->id = context_.host().start(program, handlers(run));
    run->started = true;
    run->output->started();
    run->errors->started();
  }

  [[nodiscard]] GateMessage message() const {
    GateMessage message;
    message.op = subject_.op;
    message.lease = subject_.lease;
    if (spec_->max_wait) message.deadline = base::to_rfc3339(base::now_wall() + *spec_->max_wait);
    return message;
  }

  [[nodiscard]] std::vector<std::string> environment(const std::string& folder) const {
    std::vector<std::string> list = subject_.options->environment;
    list.push_back(std::string("WEIR_GATE_PROTOCOL=") + k_gate_protocol);
    list.push_back("WEIR_RUN_ID=" + subject_.options->run_id);
    list.push_back("WEIR_TASK_ID=" + std::to_string(subject_.request->task));
    list.push_back("WEIR_TASK_ATTEMPT=" + std::to_string(subject_.request->attempt));
    list.push_back("WEIR_GATE_STATE_DIR=" + folder);
    return list;
  }

  std::unique_ptr<LogCapture> make_output(const std::shared_ptr<Run>& run) {
    LogCapture::Options options;
    options.line_bytes_max = k_gate_line_bytes_max;
    options.on_line = [this, weak = std::weak_ptr<Run>(run)](std::string_view line) {
      const auto self = weak.lock();
      if (self && self->done) take_line(*self, line);
    };
    return std::make_unique<LogCapture>(context_.loop, std::move(options));
  }

  void take_line(Run& run, std::string_view line) {
    if (line.size() >= k_gate_line_bytes_max) {
      run.too_long = true;
      return;
    }
    const auto event = parse_gate_event(line);
    if (!event) {
      base::log(base::LogLevel::debug, "gate output",
                {{"gate", spec_->name}, {"line", base::printable(line)}});
      return;
    }
    if (event->kind == GateEvent::Kind::progress) {
      if (progress_) progress_(event->message);
      return;
    }
    if (event->kind == GateEvent::Kind::log)
      base::log(base::LogLevel::debug, "gate",
                {{"gate", spec_->name}, {"message", event->message}});
    if (!event->is_final()) return;
    run.told = event->answer.kind;
    run.detail = event->answer;
  }

  base::ProcessHost::Handlers handlers(const std::shared_ptr<Run>& run) {
    // The context's functions belong to the keeper, which outlives the host; `this` is used only
    // while `done` is set.
    const auto end = [this, run, free = context_.slot_free, spec = spec_] {
      run->emptied = true;
      run->output->finish();
      run->errors->finish();
      if (run->done) answer(*run, run->exit ? judge(*run) : run->detail);
      free(spec);
    };
    base::ProcessHost::Handlers events;
    events.started = [run, end](pid_t, const std::string& error) {
      if (error.empty()) return;
      run->detail = {Kind::unrecoverable, "gate-failed", error, std::nullopt};
      end();
    };
    events.exited = [run, &loop = context_.loop, warn = context_.warn, host = context_.host,
                     name = spec_->name](const base::ProcessExit& exit) {
      run->exit = exit;
      loop.post([run, warn, host, name] {
        if (run->emptied) return;
        if (run->done) warn("gate '" + name + "' left processes behind; they are killed");
        host().stop_tree(run->id, SIGKILL, milliseconds(0));
      });
    };
    events.emptied = end;
    return events;
  }

  [[nodiscard]] GateAnswer judge(const Run& run) const {
    GateAnswer result = run.detail;
    result.kind = gate_kind_of_exit(run.exit->status);
    if (run.exit->signal != 0) {
      return {Kind::permanent, "gate-crashed",
              "gate was ended by signal " + std::to_string(run.exit->signal) + tail(run),
              std::nullopt};
    }
    if (run.too_long)
      return {Kind::permanent, "gate-protocol", "gate wrote a line longer than 1 MiB",
              std::nullopt};
    if (run.told && *run.told > result.kind && result.kind != Kind::not_applicable) {
      context_.warn("gate '" + spec_->name + "' says one thing and ends with status " +
                    std::to_string(run.exit->status) + "; the worse counts");
      result.kind = worse_of(*run.told, result.kind);
    }
    const bool failed = result.kind >= Kind::transient;
    if (failed && result.code.empty()) result.code = "gate-failed";
    if (failed && result.message.empty())
      result.message = "gate ended with status " + std::to_string(run.exit->status) + tail(run);
    return result;
  }

  [[nodiscard]] static std::string tail(const Run& run) {
    const std::string_view text = base::trim(run.errors->recent());
    return text.empty() ? "" : ": " + base::printable(text.substr(text.rfind('\n') + 1));
  }

  void answer(Run& run, GateAnswer result) {
    const Done done = std::exchange(run.done, nullptr);
    run_.reset();
    if (done) done(std::move(result));
  }

  GateSpecPtr spec_;
  GateSubject subject_;
  const GateContext& context_;
  std::function<void(const std::string&)> progress_;
  std::shared_ptr<Run> run_;
};

}  // namespace

std::unique_ptr<Gate> make_external_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                         const GateContext& context) {
  if (spec->multiplex) return make_multiplex_gate(spec, subject, context);
  return std::make_unique<ExternalGate>(spec, subject, context);
}

}  // namespace weir::engine
