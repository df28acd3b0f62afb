#include "compose/external_pipeline.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/lock.hpp"
#include "base/text.hpp"
#include "compose/job_view.hpp"
#include "compose/log_pump.hpp"
#include "compose/param_check.hpp"
#include "compose/run_detach.hpp"
#include "compose/run_end.hpp"
#include "compose/run_ending.hpp"
#include "compose/run_entry.hpp"
#include "compose/run_output.hpp"
#include "compose/run_record.hpp"
#include "engine/params.hpp"
#include "engine/run_names.hpp"
#include "engine/validation_settings.hpp"
#include "jobs/recovery.hpp"
#include "jobs/run_folder.hpp"
#include "runs/external_run.hpp"
#include "runs/nextflow_log.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>

namespace weir::app {
namespace {

runs::EngineKind kind_of(const std::string& engine) {
  return engine == "nextflow" ? runs::EngineKind::nextflow : runs::EngineKind::exec;
}

/// A parameter of the command line as Nextflow types it: true, false, whole numbers, decimals.
nlohmann::ordered_json typed(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const bool plain = !text.empty() && text.find_first_of("eExX+") == std::string::npos;
  if (const auto number = base::parse_int64(text); plain && number.has_value()) return *number;
  if (const auto number = base::parse_double(text); plain && number.has_value()) return *number;
  return text;
}

std::string params_document(const engine::RunSettings& settings) {
  nlohmann::ordered_json params = nlohmann::ordered_json::object();
  if (!settings.params_file.empty()) {
    const std::string name =
        (std::filesystem::path(settings.launch_dir) / settings.params_file).string();
    params = nlohmann::ordered_json::parse(engine::params_file_text(name), nullptr, false);
    if (!params.is_object()) {
      throw Error(ErrorKind::usage,
                  fmt::format("'{}' is no JSON object of parameters", settings.params_file))
          .with_hint("for YAML hand it on: `-- -params-file FILE`");
    }
  }
  const std::vector<std::string> texts = text_params(settings);
  for (const engine::ParamOverride& param : settings.params) {
    if (!param.text.has_value()) {
      params[param.name] = true;
    } else if (std::find(texts.begin(), texts.end(), param.name) != texts.end()) {
      params[param.name] = *param.text;
    } else {
      params[param.name] = typed(*param.text);
    }
  }
  return params.empty() ? "" : params.dump(2);
}

/// One line of a report of many: its first, and the cause that it names.
std::string summary_of(const std::string& report) {
  std::string summary = report.substr(0, report.find('\n'));
  if (const std::string_view cause = runs::cause_in(report); !cause.empty())
    summary.append(": ").append(cause);
  return base::printable(summary, 1024);
}

class ExternalRunner {
 public:
  ExternalRunner(Context& context, ExternalRequest request)
      : context_(context),
        request_(std::move(request)),
        control_(request_.control),
        output_(context, control_),
        entry_(context, control_, output_) {}

  [[nodiscard]] const std::string& other() const { return other_; }

  ExitStatus run() {
    check();
    RunRecord record(context_.state_dir());
    const RunRecord::Facts facts = facts_of(record);
    const RunRecord::Entry entry{.facts = facts, .fingerprint = fingerprint(), .exclusive = true};
    if (control_.dry_run) {
      print_request(facts, entry.fingerprint, control_, context_.out);
      return ExitStatus::ok;
    }
    const RunEntry::Answer answer = entry_.let_in(record, entry);
    other_ = answer.other;
    if (answer.way != RunEntry::Way::run) return answer.status;
    ExitStatus status = ExitStatus::failed;
    try {
      status = execute(record, facts);
    } catch (const Error& error) {
      status = exit_status_of(error.kind());
      RunEntry::fail(record, error, status);
      entry_.end_output(record, status);
      throw;
    }
    entry_.end_output(record, status);
    return status;
  }

 private:
  void check() {
    const engine::RunSettings& settings = request_.settings;
    if (control_.engine == "exec") {
      if (request_.arguments.empty()) {
        throw Error(ErrorKind::usage, "--engine exec needs a command")
            .with_hint("`weir run --engine exec -- COMMAND ARGUMENTS`");
      }
      if (!settings.params.empty() || !settings.params_file.empty() || settings.resume)
        throw Error(ErrorKind::usage, "--engine exec knows no parameters and no --resume");
    }
    params_ = params_document(settings);
    if (request_.check_params) request_.check_params(params_.empty() ? "{}" : params_, {});
  }

  RunRecord::Facts facts_of(RunRecord& record) {
    const engine::RunSettings& settings = request_.settings;
    RunRecord::Facts facts;
    facts.script =
        control_.engine == "exec" ? base::join(request_.arguments, " ") : settings.script;
    facts.command_line = settings.command_line;
    facts.launch_dir = settings.launch_dir;
    facts.work_dir = settings.work_dir;
    facts.secret = SecretParams(settings);
    facts.arguments = facts.secret.masked(given_arguments(context_.arguments));
    facts.session_id = engine::make_uuid();
    if (settings.resume) {
      const auto earlier = record.find(settings.launch_dir, *settings.resume);
      if (earlier.has_value()) {
        facts.session_id = earlier->session_id;
        resume_ = true;
      } else if (!settings.resume->empty() && *settings.resume != "last") {
        throw Error(
            ErrorKind::not_found,
            fmt::format("no run '{}' of this launch directory can be resumed", *settings.resume));
      }
    }
    return facts;
  }

  [[nodiscard]] std::string fingerprint() const {
    const engine::RunSettings& settings = request_.settings;
    const nlohmann::json document{{"engine", control_.engine},
                                  {"pipeline", settings.script},
                                  {"revision", request_.revision},
                                  {"profiles", settings.profiles},
                                  {"work_dir", settings.work_dir},
                                  {"config", settings.config_files},
                                  {"params", params_},
                                  {"arguments", request_.arguments}};
    return base::fast_hash(document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
        .hex();
  }

  runs::EngineCommand command(const RunRecord& record, const RunRecord::Facts& facts) const {
    const engine::RunSettings& settings = request_.settings;
    if (control_.engine == "exec") {
      return {.argv = request_.arguments,
              .environment = context_.environment,
              .directory = settings.launch_dir};
    }
    runs::NextflowRequest request;
    request.program = context_.variable("WEIR_NEXTFLOW").value_or("nextflow");
    request.pipeline = settings.script;
    request.params_json = params_;
    request.revision = request_.revision;
    request.profiles = settings.profiles;
    request.config_files = settings.config_files;
    request.work_dir = settings.work_dir;
    request.run_name = record.id();
    request.session_id = facts.session_id;
    request.resume = resume_;
    request.arguments = request_.arguments;
    return runs::nextflow_command(request, record.folder().path(), context_.environment,
                                  settings.launch_dir);
  }

  ExitStatus execute(RunRecord& record, const RunRecord::Facts& facts) {
    const std::filesystem::path& folder = record.folder().path();
    // While it is held, nobody takes this run over; the engine does not inherit it.
    const base::FileLock supervisor = base::FileLock::lock(folder / "supervisor.lock");
    base::EventLoop loop;
    runs::ExternalRun external(loop, record.folder(),
                               {.kind = kind_of(control_.engine), .id = record.id()});
    external.start(command(record, facts));
    RunEnding ending(
        loop, [&](bool kill) { kill ? external.kill() : external.ask_to_end(); }, output_,
        control_);
    const RunRecord::JournalScope journal_scope(record);
    runs::Journal& journal = ending.begin(record);
    journal.event("engine", nlohmann::json{{"engine", control_.engine}}.dump());
    entry_.started(record);
    LogPump pump(context_, folder, control_);
    external.watch(journal, [&loop] { loop.stop(); });
    loop.run();
    pump.finish();
    jobs::Outcome outcome = external.outcome().value_or(jobs::Outcome{});
    if (!outcome.ok && !outcome.error_text.empty())
      journal.error("error", outcome.reason, outcome.error_text);
    if (ending.store_failure().has_value()) {
      outcome.ok = false;
      outcome.reason = "store_unusable";
      outcome.error_text = ending.store_failure()->what();
    }
    const int signal = ending.signal();
    ExitStatus status = signal != 0  ? static_cast<ExitStatus>(128 + signal)
                        : outcome.ok ? ExitStatus::ok
                                     : ExitStatus::failed;
    outcome.result_json = result_json(status);
    const auto say = [&](const std::string& text) { context_.err.line("weir: " + text); };
    const ExitStatus final_status = entry_.finish(record, outcome, status, signal, say);
    if (final_status == ExitStatus::failed)
      say(summary_of(facts.secret.masked_text(outcome.error_text)));
    return final_status;
  }

  Context& context_;
  ExternalRequest request_;
  const RunControl& control_;
  RunOutput output_;
  RunEntry entry_;
  std::string params_;  ///< as handed on; set by `check`
  std::string other_;
  bool resume_ = false;
};

}  // namespace

ExitStatus run_external(Context& context, ExternalRequest request) {
  const RunControl control = request.control;
  std::string other;
  {
    ExternalRunner runner(context, std::move(request));
    const ExitStatus status = runner.run();
    if (runner.other().empty()) return status;
    other = runner.other();
  }
  return follow_other(context, control, other);
}

ExitStatus supervise_orphan(Context& context, const std::string& id) {
  jobs::JobStore store(context.state_dir());
  const std::optional<jobs::Job> job = store.find(id);
  const std::filesystem::path path = jobs::RunFolder::path_of(context.state_dir(), id);
  if (!job.has_value() || !jobs::is_owned(job->state)) return ExitStatus::ok;
  const std::optional<base::FileLock> supervisor =
      base::FileLock::try_lock(path / "supervisor.lock");
  if (!supervisor.has_value()) return ExitStatus::ok;
  const jobs::RunFolder folder = jobs::RunFolder::beside(context.state_dir(), id);
  base::EventLoop loop;
  runs::ExternalRun external(loop, folder, {.kind = kind_of(job->engine), .id = id});
  if (!external.adopt()) return ExitStatus::ok;
  const jobs::Attempt attempt{id, job->attempt};
  if (job->state == jobs::JobState::starting) static_cast<void>(store.confirm(attempt));
  if (!store.adopt(attempt)) return ExitStatus::ok;
  {
    runs::Journal::Hooks hooks;
    hooks.cancelled = [&](const jobs::Job& wish) {
      loop.post([&, grace = wish.cancel_grace] {
        external.ask_to_end();
        loop.after(grace.value_or(RunControl().grace), [&] { external.kill(); });
      });
    };
    runs::Journal journal(store, attempt, std::move(hooks));
    external.watch(journal, [&loop] { loop.stop(); });
    loop.run();
    journal.close(runs::Journal::End::yes);
  }
  const std::optional<jobs::Outcome> outcome = external.outcome();
  const std::optional<jobs::Job> now = store.find(id);
  if (!now.has_value()) return ExitStatus::ok;
  if (outcome.has_value()) {
    folder.write_exit({id, attempt.number, *outcome, base::now_wall()});
    static_cast<void>(store.finish(attempt, *outcome));
  } else {
    jobs::Outcome lost;
    lost.reason = "supervisor_lost";
    lost.error_text = "its supervisor was killed, and nothing tells how its engine ended";
    if (const std::string left = external.left_elsewhere(); !left.empty())
      lost.error_text += "; " + left;
    static_cast<void>(store.settle(*now, jobs::Trigger::owner_gone, lost));
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
