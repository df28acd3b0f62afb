#include "compose/pipeline_run.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/process_host.hpp"
#include "compose/journal_listener.hpp"
#include "compose/run_console.hpp"
#include "compose/run_detach.hpp"
#include "compose/run_end.hpp"
#include "compose/run_ending.hpp"
#include "compose/run_entry.hpp"
#include "compose/run_output.hpp"
#include "compose/run_record.hpp"
#include "compose/run_waits.hpp"
#include "compose/secret_params.hpp"
#include "db/database.hpp"
#include "engine/params.hpp"
#include "engine/run_names.hpp"
#include "engine/script_host.hpp"
#include "engine/service_manager.hpp"
#include "engine/session.hpp"
#include "engine/task_journal.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>

namespace weir::app {
namespace {

constexpr std::int64_t k_runs_looked_at = 100;  // for the one before: those that wait stand between

using engine::RunOutcome;

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

std::string revision_text(const engine::PipelineOrigin& origin) {
  return repos::to_text({.name = origin.revision, .commit = origin.commit});
}

void print_begin(RunConsole& console, const PipelineRequest& request, const std::string& name) {
  if (request.style == RunStyle::upstream) console.remark("N E X T F L O W  ~  weir");
  const std::optional<engine::PipelineOrigin>& origin = request.settings.origin;
  console.remark(fmt::format("Launching `{}` [{}]{}",
                             origin ? origin->repository : request.settings.script, name,
                             origin ? " - revision: " + revision_text(*origin) : ""));
}

/// Upstream's users and their checks look for the message and for the line of the script, not for
/// an excerpt of it.
std::string upstream_error(const RunOutcome& outcome) {
  if (outcome.cause.empty()) return outcome.error;
  return engine::upstream_report(outcome.cause, outcome.place);
}

void print_end(RunConsole& console, const RunOutcome& outcome, RunStyle style) {
  if (outcome.kind == RunOutcome::Kind::interrupted)
    console.error("Execution interrupted: everything that ran was stopped");
  if (!outcome.error.empty()) {
    if (outcome.kind == RunOutcome::Kind::script_exit) {
      outcome.exit_status == 0 ? console.remark(outcome.error) : console.error(outcome.error);
    } else if (outcome.is_said && style == RunStyle::upstream) {
      console.on_print(outcome.cause + "\n");
    } else {
      console.error(style == RunStyle::upstream ? upstream_error(outcome) : outcome.error);
    }
  }
}

std::string fingerprint_of(const PipelineRequest& request) {
  const engine::RunSettings& settings = request.settings;
  nlohmann::json document{
      {"engine", request.control.engine},
      {"script",
       (std::filesystem::path(settings.launch_dir) / settings.place()).lexically_normal().string()},
      {"arguments", settings.arguments},
      {"profiles", settings.profiles},
      {"entry", settings.entry},
      {"work_dir", settings.work_dir},
      {"settings", settings.settings},
      {"stub", settings.stub}};
  nlohmann::json params = nlohmann::json::object();
  for (const engine::ParamOverride& param : settings.params)
    params[param.name] =
        param.text.has_value() ? nlohmann::json(*param.text) : nlohmann::json(true);
  document["params"] = std::move(params);
  // By content: another file of the same name is another request.
  const auto content = [&](const std::string& name) {
    const auto path = std::filesystem::path(settings.launch_dir) / name;
    const auto info = base::file_info(path);
    // What a pipe holds can be read once, by who needs it.
    if (info && info->type != base::FileInfo::Type::regular) return "no plain file " + name;
    const auto text = base::try_read_file(path);
    return text.has_value() ? base::fast_hash(*text).hex() : "missing " + name;
  };
  if (!settings.params_file.empty()) document["params_file"] = content(settings.params_file);
  for (const std::string& file : settings.config_files) document["config"].push_back(content(file));
  for (const std::string& file : settings.only_config) document["only"].push_back(content(file));
  return base::fast_hash(document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
      .hex();
}

/// The parameters of the command line, for the record.
std::string params_json(const engine::RunSettings& settings) {
  if (settings.params.empty()) return "";
  nlohmann::ordered_json params = nlohmann::ordered_json::object();
  for (const engine::ParamOverride& param : settings.params) {
    if (param.text.has_value() && engine::is_secret_param(settings, param.name)) {
      params[param.name] = k_masked;
    } else {
      params[param.name] = param.text.has_value() ? nlohmann::ordered_json(*param.text)
                                                  : nlohmann::ordered_json(true);
    }
  }
  return params.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// One run from claim to record; everything that can throw before the loop is told to the record
/// first.
class Runner {
 public:
  Runner(Context& context, PipelineRequest request)
      : context_(context),
        request_(std::move(request)),
        control_(request_.control),
        output_(context, control_),
        entry_(context, control_, output_) {}

  /// The run of somebody else that answers this request, when `run` found one; else empty.
  [[nodiscard]] const std::string& other() const { return other_; }

  ExitStatus run() {
    // Before everything else: see Session::use_host. A run that may have to wait first forks it
    // when it is needed.
    if (!request_.settings.preview && !control_.dry_run && control_.on_busy != runs::OnBusy::queue)
      host_ = std::make_unique<base::ProcessHost>(loop_, base::ProcessHost::Options{});
    RunRecord& record = record_.emplace(context_.state_dir());
    facts_ = facts_of(record);
    const RunRecord::Entry entry{.facts = facts_,
                                 .fingerprint = fingerprint_of(request_),
                                 .exclusive = request_.style == RunStyle::weir};
    if (control_.dry_run) {
      check_alone();
      print_request(facts_, entry.fingerprint, control_, context_.out);
      return ExitStatus::ok;
    }
    const RunEntry::Answer answer = entry_.let_in(record, entry);
    other_ = answer.other;
    if (answer.way != RunEntry::Way::run) {
      host_.reset();
      return answer.status;
    }
    ExitStatus status = ExitStatus::failed;
    try {
      status = execute(record);
    } catch (const Error& error) {
      status =
          request_.style == RunStyle::upstream ? ExitStatus::failed : exit_status_of(error.kind());
      RunEntry::fail(record, error, status);
      if (log_) log_->line("ERROR", "nextflow.cli.Launcher", error.what());
      if (request_.style == RunStyle::weir) {
        entry_.end_output(record, status);
        throw;
      }
      const bool is_said = error.code() == engine::k_script_message;
      output_.out().line(fmt::format("{}{}", is_said ? "" : "ERROR ~ ", error.what()));
      if (!error.hint().empty()) output_.out().line(error.hint());
    } catch (const std::exception& error) {
      record.fail("internal", error.what());
      throw;
    }
    entry_.end_output(record, status);
    record.store().database().finish_log();
    return status;
  }

 private:
  [[nodiscard]] std::string log_path() const {
    const std::string name = request_.log_file.empty() ? ".nextflow.log" : request_.log_file;
    return (std::filesystem::path(request_.settings.launch_dir) / name).string();
  }

  /// Script, configuration and parameters, as a run would find them. Throws what that would.
  void check_alone() {
    RunConsole console(loop_, output_.out(), output_.err(), request_.style, true, nullptr);
    engine::Session session(loop_, request_.settings, console, "");
    session.set_limits({.kill_grace = {}, .check_params = request_.check_params});
    const std::vector<std::string> missing = session.check_parameters();
    if (missing.empty()) return;
    throw Error(ErrorKind::input,
                "Parameter `" + missing.front() + "` is required by the script but was not given");
  }

  RunRecord::Facts facts_of(RunRecord& record) {
    engine::RunSettings& settings = request_.settings;
    RunRecord::Facts facts;
    facts.secret = SecretParams(settings);
    facts.script = settings.script;
    if (settings.origin) facts.commit = settings.origin->commit;
    facts.command_line = settings.command_line;
    facts.launch_dir = settings.launch_dir;
    facts.work_dir = settings.work_dir;
    facts.arguments = facts.secret.masked(given_arguments(context_.arguments));
    facts.params_json = params_json(settings);
    if (settings.run_name.empty()) {
      settings.run_name = engine::make_run_name();
    } else {
      engine::check_run_name(settings.run_name);
    }
    facts.run_name = settings.run_name;
    if (settings.resume) {
      const auto earlier = record.find(settings.launch_dir, *settings.resume);
      if (earlier) {
        facts.session_id = earlier->session_id;
      } else if (engine::is_uuid(*settings.resume)) {  // the state folder may be lost
        facts.session_id = *settings.resume;
        if (!request_.quiet)
          context_.err.line(
              "WARN: no run of that session is recorded; what its tasks left is taken");
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

  /// What `--explain` compares with: the run before this one, known only when this one is let in.
  [[nodiscard]] std::string earlier_journal(RunRecord& record) const {
    for (const auto& [job, before] : record.runs(request_.settings.launch_dir, k_runs_looked_at)) {
      if (job.id == record.id() || !job.started_at.has_value()) continue;
      return journal_of(job.id);
    }
    return "";
  }

  [[nodiscard]] std::string journal_of(const std::string& id) const {
    return (jobs::RunFolder::path_of(context_.state_dir(), id) / engine::k_journal_name).string();
  }

  ExitStatus execute(RunRecord& record) {
    if (request_.style == RunStyle::upstream) {
      log_.emplace(log_path());
      log_->line("DEBUG", "nextflow.cli.Launcher", "$> " + facts_.command_line);
    }
    auto parts = std::make_unique<Parts>(*this);
    RunConsole& console = parts->console;
    print_begin(console, request_, facts_.run_name);
    // What services of a run left behind that was killed together with their guardians.
    engine::sweep_services(request_.settings.service_registry);
    if (request_.style == RunStyle::weir) request_.settings.job_id = record.id();
    request_.settings.journal = journal_of(record.id());
    if (request_.settings.explain) request_.settings.earlier_journal = earlier_journal(record);
    engine::Session& session =
        parts->session.emplace(loop_, request_.settings, parts->listener, facts_.session_id);
    session.use_host(std::move(host_));
    session.set_limits(
        {.kill_grace = control_.grace_given ? std::optional(control_.grace) : std::nullopt,
         .check_params = request_.check_params});
    RunOutcome outcome;
    RunEnding ending(
        loop_, [&session](bool) { session.interrupt(); }, output_, control_);
    // Its thread calls into the loop, so it ends before the loop whatever is thrown.
    const RunRecord::JournalScope journal(record);
    try {
      session.prepare();
      parts->listener.write_to(&ending.begin(record));
      entry_.started(record);
      const RunWaits waits(loop_, session, record, context_.state_dir());
      if (!request_.plain) console.begin_live();
      outcome = session.execute();
    } catch (const engine::ScriptExit& exit) {
      outcome.kind = RunOutcome::Kind::script_exit;
      outcome.exit_status = exit.status();
      outcome.error = exit.what();
    }
    console.end_live();
    entry_.started(record);
    for (std::string* const text : {&outcome.error, &outcome.cause})
      *text = facts_.secret.masked_text(std::move(*text));
    print_end(console, outcome, request_.style);
    const ExitStatus status = status_of(outcome, ending.signal(), request_.style);
    jobs::Outcome ended = outcome_of(outcome);
    ended.result_json = result_json(status);
    if (ending.store_failure().has_value()) ended.reason = "store_unusable";
    const ExitStatus final_status =
        entry_.finish(record, ended, status, ending.signal(),
                      [&](const std::string& text) { console.error(text); });
    if (ending.store_failure().has_value()) throw Error(*ending.store_failure());
    parts->listener.write_to(nullptr);
    session.close();
    parts_ = std::move(parts);
    return request_.style == RunStyle::weir ? final_status : status;
  }

  /// What a run is made of. After a good end it is left to the program's, since freeing it takes
  /// longer than that; when something is thrown, it goes at once.
  struct Parts {
    explicit Parts(Runner& runner)
        : console(runner.loop_, runner.output_.out(), runner.output_.err(), runner.request_.style,
                  runner.request_.quiet, runner.log_ ? &*runner.log_ : nullptr) {}
    RunConsole console;
    JournalListener listener{console};
    std::optional<engine::Session> session;
  };

  Context& context_;
  PipelineRequest request_;
  const RunControl& control_;
  base::EventLoop loop_;
  std::unique_ptr<base::ProcessHost> host_;  ///< until the session takes it
  RunOutput output_;
  RunEntry entry_;
  RunRecord::Facts facts_;
  std::string other_;
  std::optional<RunRecord> record_;
  std::optional<UpstreamLog> log_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace

void fill_surroundings(const Context& context, engine::RunSettings& settings) {
  settings.launch_dir = context.working_directory.string();
  settings.environment = context.environment;
  settings.service_registry = (context.state_dir() / "services").string();
  settings.user_home = context.variable("HOME").value_or("");
  const std::filesystem::path home = context.nextflow_home();
  if (!home.empty()) settings.user_config = home / "config";
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
  const RunControl control = request.control;
  std::string other;
  {
    const auto runner = std::make_shared<Runner>(context, std::move(request));
    const ExitStatus status = runner->run();
    other = runner->other();
    if (other.empty()) {
      context.kept.push_back(runner);
      return status;
    }
  }
  return follow_other(context, control, other);
}

}  // namespace weir::app
