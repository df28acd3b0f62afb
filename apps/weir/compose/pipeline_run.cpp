#include "compose/pipeline_run.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/heap.hpp"
#include "base/process_host.hpp"
#include "compose/run_console.hpp"
#include "compose/run_record.hpp"
#include "compose/run_waits.hpp"
#include "engine/run_names.hpp"
#include "engine/script_host.hpp"
#include "engine/service_manager.hpp"
#include "engine/session.hpp"
#include "engine/task_journal.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <csignal>
#include <filesystem>

namespace weir::app {
namespace {

using engine::RunOutcome;

/// Ends the session on INT, TERM and HUP as long as it lives.
class SignalWatch {
 public:
  SignalWatch(base::EventLoop& loop, engine::Session& session) : loop_(loop) {
    for (std::size_t i = 0; i < k_signals.size(); ++i) {
      ids_[i] = loop.on_signal(k_signals[i], [this, &session](int signal) {
        received_ = signal;
        session.interrupt();
      });
    }
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch() {
    for (const base::EventLoop::Id id : ids_) loop_.cancel(id);
  }
  [[nodiscard]] int received() const { return received_; }

 private:
  static constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP};
  base::EventLoop& loop_;
  std::array<base::EventLoop::Id, k_signals.size()> ids_{};
  int received_ = 0;
};

/// Confirms the run in its record: before its first task starts, and not much later than the loop
/// begins; as a rule while the pool prepares that task's directory.
class Confirmation {
 public:
  Confirmation(base::EventLoop& loop, RunRecord& record) : loop_(loop), record_(record) {
    after_turns(k_turns);
  }
  void confirm() {
    if (!std::exchange(confirmed_, true)) record_.confirm();
  }

 private:
  /// Turns of the loop until the first tasks are with the pool.
  static constexpr int k_turns = 8;
  void after_turns(int turns) {
    loop_.post([this, turns] { turns > 0 ? after_turns(turns - 1) : confirm(); });
  }
  base::EventLoop& loop_;
  RunRecord& record_;
  bool confirmed_ = false;
};

/// The statuses of a run that got as far as running.
ExitStatus status_of(const RunOutcome& outcome, int signal, RunStyle style) {
  switch (outcome.kind) {
    case RunOutcome::Kind::succeeded: return ExitStatus::ok;
    case RunOutcome::Kind::script_exit: return static_cast<ExitStatus>(outcome.exit_status & 0xff);
    case RunOutcome::Kind::failed:
      return style == RunStyle::upstream ? ExitStatus::failed : exit_status_of(outcome.failure);
    case RunOutcome::Kind::interrupted: break;
  }
  if (style == RunStyle::upstream && signal == SIGINT) return ExitStatus::interrupted;
  return signal == 0 ? ExitStatus::cancelled : static_cast<ExitStatus>(128 + signal);
}

void print_begin(RunConsole& console, const PipelineRequest& request, const std::string& name) {
  if (request.style == RunStyle::upstream) console.remark("N E X T F L O W  ~  weir");
  console.remark(fmt::format("Launching `{}` [{}]", request.settings.script, name));
}

void print_end(RunConsole& console, const RunOutcome& outcome, RunStyle style) {
  if (outcome.kind == RunOutcome::Kind::interrupted)
    console.error("Execution interrupted: everything that ran was stopped");
  if (!outcome.error.empty()) {
    if (outcome.kind == RunOutcome::Kind::script_exit) {
      console.remark(outcome.error);
    } else {
      // Upstream's users and their checks look for the message, not for an excerpt of the source.
      console.error(style == RunStyle::upstream && !outcome.cause.empty() ? outcome.cause
                                                                          : outcome.error);
    }
  }
}

/// One run from claim to record; everything that can throw before the loop is told to the record
/// first.
class Runner {
 public:
  Runner(Context& context, PipelineRequest request)
      : context_(context), request_(std::move(request)) {}

  ExitStatus run() {
    // Before everything else: see Session::use_host.
    if (!request_.settings.preview)
      host_ = std::make_unique<base::ProcessHost>(loop_, base::ProcessHost::Options{});
    base::touch_heap(k_heap_bytes);
    RunRecord record(context_.state_dir());
    const RunRecord::Facts facts = facts_of(record);
    record.begin(facts, request_);
    std::optional<UpstreamLog> log;
    try {
      if (request_.style == RunStyle::upstream) log.emplace(log_path());
      RunConsole console(loop_, context_.out, context_.err, request_.style, request_.quiet,
                         log ? &*log : nullptr);
      return execute(record, facts, console, log ? &*log : nullptr);
    } catch (const Error& error) {
      record.finish(error.kind() == ErrorKind::input ? "input" : "launch_error", error.what());
      if (log) log->line("ERROR", "nextflow.cli.Launcher", error.what());
      if (request_.style == RunStyle::weir) throw;
      context_.out.flush();
      context_.out.line(fmt::format("ERROR ~ {}", error.what()));
      if (!error.hint().empty()) context_.out.line(error.hint());
      return ExitStatus::failed;
    } catch (const std::exception& error) {
      record.finish("internal", error.what());
      throw;
    }
  }

 private:
  [[nodiscard]] std::string log_path() const {
    const std::string name = request_.log_file.empty() ? ".nextflow.log" : request_.log_file;
    return (std::filesystem::path(request_.settings.launch_dir) / name).string();
  }

  RunRecord::Facts facts_of(RunRecord& record) {
    engine::RunSettings& settings = request_.settings;
    RunRecord::Facts facts;
    facts.script = settings.script;
    facts.command_line = settings.command_line;
    facts.launch_dir = settings.launch_dir;
    if (settings.run_name.empty()) settings.run_name = engine::make_run_name();
    if (settings.explain) {
      for (const auto& [job, before] : record.runs(settings.launch_dir, 1)) {
        settings.earlier_journal =
            (jobs::RunFolder::path_of(context_.state_dir(), job.id) / engine::k_journal_name)
                .string();
      }
    }
    facts.run_name = settings.run_name;
    if (settings.resume) {
      const auto earlier = record.find(settings.launch_dir, *settings.resume);
      if (earlier) {
        facts.session_id = earlier->session_id;
      } else if (!settings.resume->empty() && *settings.resume != "last") {
        throw Error(
            ErrorKind::not_found,
            fmt::format("no run '{}' of this launch directory can be resumed", *settings.resume))
            .with_hint("`-resume` alone resumes the last one");
      } else {
        if (!request_.quiet)
          context_.err.line("WARN: there is no earlier run to resume; starting anew");
        settings.resume.reset();
      }
    }
    if (facts.session_id.empty()) facts.session_id = engine::make_uuid();
    return facts;
  }

  ExitStatus execute(RunRecord& record, const RunRecord::Facts& facts, RunConsole& console,
                     UpstreamLog* log) {
    if (log != nullptr) log->line("DEBUG", "nextflow.cli.Launcher", "$> " + facts.command_line);
    print_begin(console, request_, facts.run_name);
    // What services of a run left behind that was killed together with their guardians.
    engine::sweep_services(request_.settings.service_registry);
    if (request_.style == RunStyle::weir) request_.settings.job_id = record.id();
    request_.settings.journal =
        (jobs::RunFolder::path_of(context_.state_dir(), record.id()) / engine::k_journal_name)
            .string();
    engine::Session session(loop_, request_.settings, console, facts.session_id);
    session.use_host(std::move(host_));
    RunOutcome outcome;
    int signal = 0;
    try {
      session.prepare();
      SignalWatch signals(loop_, session);
      Confirmation confirmation(loop_, record);
      const RunWaits waits(loop_, session, record, context_.state_dir());
      console.before_task([&] { confirmation.confirm(); });
      if (!request_.plain) console.begin_live();
      outcome = session.execute();
      confirmation.confirm();
      signal = signals.received();
    } catch (const engine::ScriptExit& exit) {
      outcome.kind = RunOutcome::Kind::script_exit;
      outcome.exit_status = exit.status();
      outcome.error = exit.what();
    }
    console.end_live();
    context_.out.flush();
    print_end(console, outcome, request_.style);
    record.finish(outcome);
    return status_of(outcome, signal, request_.style);
  }

  /// What a run of one small script uses.
  static constexpr std::size_t k_heap_bytes = std::size_t{384} << 10;
  Context& context_;
  PipelineRequest request_;
  base::EventLoop loop_;
  std::unique_ptr<base::ProcessHost> host_;  ///< until the session takes it
};

}  // namespace

void fill_surroundings(const Context& context, engine::RunSettings& settings) {
  settings.launch_dir = context.working_directory.string();
  settings.environment = context.environment;
  settings.service_registry = (context.state_dir() / "services").string();
  settings.user_home = context.variable("HOME").value_or("");
  settings.user_name = context.variable("USER").value_or(context.variable("LOGNAME").value_or(""));
  if (settings.work_dir.empty()) settings.work_dir = context.variable("NXF_WORK").value_or("");
}

std::vector<engine::ParamOverride> params_of(const std::vector<std::string>& arguments) {
  std::vector<engine::ParamOverride> params;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::string body = argument.substr(2);
    if (const std::size_t equals = body.find('='); equals != std::string::npos) {
      params.push_back({body.substr(0, equals), body.substr(equals + 1)});
    } else if (i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) {
      params.push_back({body, arguments[++i]});
    } else {
      params.push_back({body, std::nullopt});
    }
  }
  return params;
}

ExitStatus run_pipeline(Context& context, PipelineRequest request) {
  return Runner(context, std::move(request)).run();
}

}  // namespace weir::app
