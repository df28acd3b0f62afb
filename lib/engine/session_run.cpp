// The loop of a session and its end.

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "engine/internal/session_state.hpp"

#include <fmt/format.h>

#include <exception>

namespace weir::engine {

using lang::Value;

namespace {

/// Activations of nodes between two looks at signals and finished tasks.
constexpr std::size_t k_steps_per_turn = 256;

}  // namespace

void Session::State::run_failed(const RunFailure& failure) {
  if (failure.finishes)
    begin_finish();
  else
    stopping = true;
  if (failure.still_running > 0) {  // the whole report comes at the end, which may be far
    listener.on_log(
        lang::LogLevel::warn,
        fmt::format("task '{}' failed; the run ends after the tasks that still run ({})",
                    failure.first.name, failure.still_running));
  }
  RunOutcome result;
  result.kind = RunOutcome::Kind::failed;
  result.exit_status = failure.exit_status;
  result.error = failure.report;
  result.failure = driver->failure_kind();
  facts.error_message = failure.first.cause;
  facts.exit_status = failure.first.exit_status;
  if (!outcome) outcome = std::move(result);
}

void Session::State::service_failed(const std::string& why) {
  RunOutcome result;
  result.kind = RunOutcome::Kind::failed;
  result.cause = why;
  result.error = why;
  result.failure = driver->failure_kind();
  stop_with(std::move(result));
}

void Session::State::script_failed(std::exception_ptr failure) {
  try {
    std::rethrow_exception(std::move(failure));
  } catch (...) {
    stop_with_current_exception();
  }
}

/// Moves values; comes back for more after the loop has looked at everything else.
void Session::State::pump() {
  if (pump_posted || ended) return;
  pump_posted = true;
  loop.post([this] {
    pump_posted = false;
    if (ended) return;
    try {
      if (!stopping && graph.run_some(k_steps_per_turn)) {
        pump();
        return;
      }
      if (cleaner && !stopping && !finishing && context->runner != nullptr)
        cleaner->sweep(wiring->nodes(), !context->runner->is_publishing());
    } catch (...) {
      stop_with_current_exception();
    }
    check_end();
  });
}

void Session::State::check_end() {
  if (!driver->is_idle()) return;
  // The script saw the signal before the loop did, which tells everybody else.
  const bool signal_is_due = outcome && outcome->kind == RunOutcome::Kind::interrupted;
  if (signal_is_due && !interrupted) return;
  const bool goes_on = !stopping && !finishing;
  const bool waits_outside = goes_on && graph.has_live();
  if (waits_outside && !graph.settled()) return;
  if (goes_on && !waits_outside && !graph.finished()) {
    const std::vector<std::string> lines = graph.standstill_report();
    RunOutcome result;
    result.kind = RunOutcome::Kind::failed;
    result.error = "the pipeline came to a standstill: nothing runs and nothing can start\n  " +
                   base::join(lines, "\n  ");
    stop_with(std::move(result));
    return;
  }
  ended = true;
  loop.stop();
}

void Session::State::stop_with(RunOutcome result) {
  if (!outcome) outcome = std::move(result);
  begin_stop();
}

/// As upstream has it: nothing more comes of any process, and operators give what they give at the
/// end of what came until now.
void Session::State::begin_finish() {
  finishing = true;
  if (outputs) outputs->abandon_indexes();
  for (ProcessNode* const node : wiring->nodes()) node->abandon();
  pump();
}

void Session::State::begin_stop() {
  stopping = true;
  driver->cancel();
  pump();
}

RunOutcome Session::State::outcome_of_exception() const {
  RunOutcome result;
  result.kind = RunOutcome::Kind::failed;
  try {
    throw;
  } catch (const ScriptExit& exit) {
    result.kind = RunOutcome::Kind::script_exit;
    result.exit_status = exit.status();
    result.error = exit.what();
  } catch (const lang::ScriptException& exception) {
    result.error = interpreter.explain(exception, lang::Colour::no);
    result.cause = upstream_message(exception);
    result.is_said = is_said(exception);
    result.place = place_of(exception);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) {
      result.kind = RunOutcome::Kind::interrupted;
      return result;
    }
    result.error = error.what();
    result.cause = error.message();
    // A service without consumers, a gate that is set up wrongly: nothing has run yet. A full disk,
    // a server that is down: the same run may do better later.
    if (error.kind() == ErrorKind::usage || error.kind() == ErrorKind::temporary)
      result.failure = error.kind();
    if (!error.hint().empty()) result.error += "\n" + error.hint();
  } catch (const std::exception& error) {
    result.error = error.what();
  }
  return result;
}

void Session::State::stop_with_current_exception() {
  stop_with(outcome_of_exception());
}

void Session::State::interrupt() {
  if (interrupted) {
    hurried = true;
    driver->kill();
    ended = true;
    loop.stop();
    return;
  }
  interrupted = true;
  RunOutcome result;
  result.kind = RunOutcome::Kind::interrupted;
  if (outcome && outcome->kind == RunOutcome::Kind::succeeded) outcome.reset();
  stop_with(std::move(result));
}

void Session::State::run_handler(const Value& closure) {
  auto* const object = closure.as<lang::ClosureObject>();
  if (object == nullptr) return;
  // In a configuration file `workflow` is a scope of settings; its handlers mean the run.
  auto scope = lang::make<lang::TableScope>();
  scope->names.put("workflow", Value(workflow_object));
  interpreter.call(Value(object->with_scope(scope)), std::span<const Value>());
}

/// A handler of the configuration, where `workflow` alone would be the scope of that name.
void Session::State::run_configured_handler(std::string_view name) {
  const Value* const handler = config.find(name);
  auto* const closure = handler == nullptr ? nullptr : handler->as<lang::ClosureObject>();
  if (closure == nullptr) return;
  const auto scope = lang::make<lang::TableScope>();
  scope->names.put("workflow", workflow_object);
  run_handler(closure->with_scope(scope));
}

/// `workflow.onComplete`, `onError` and the sections of the entry workflow; a failure in one is
/// told and changes nothing.
void Session::State::run_handlers() {
  facts.complete_ms = base::to_millis(base::now_wall());
  facts.success = outcome->kind == RunOutcome::Kind::succeeded;
  if (facts.success) facts.exit_status = 0;
  if (!facts.success) facts.error_report = outcome->error;
  if (facts.error_message.empty() && !facts.success)
    facts.error_message = outcome->cause.empty() ? outcome->error : outcome->cause;
  const auto guarded = [this](const auto& work) {
    try {
      work();
    } catch (const ScriptExit&) {
      throw;
    } catch (...) {
      listener.on_log(lang::LogLevel::error, outcome_of_exception().error);
    }
  };
  // As upstream has it: nothing went wrong in a run that somebody ended.
  if (outcome->kind == RunOutcome::Kind::failed) {
    for (const Value& handler : workflow_object->on_error()) guarded([&] { run_handler(handler); });
    guarded([&] { run_configured_handler("workflow.onError"); });
    if (entry != nullptr && entry->on_error != nullptr) {
      guarded([&] { interpreter.run(*entry->on_error, *entry_frame); });
    }
  }
  for (const Value& handler : workflow_object->on_complete())
    guarded([&] { run_handler(handler); });
  guarded([&] { run_configured_handler("workflow.onComplete"); });
  if (entry != nullptr && entry->on_complete != nullptr) {
    guarded([&] { interpreter.run(*entry->on_complete, *entry_frame); });
  }
}

RunOutcome Session::State::execute() {
  try {
    if (!settings.preview) {
      start_reports();
      if (!wiring->units().empty()) driver->start(wiring->units(), wiring->nodes());
      pump();
      loop.run();
      driver->end_host();
    }
    if (!outcome) outcome = RunOutcome();
    // Services tell how they ended after they asked for the end of the run.
    if (outcome->kind == RunOutcome::Kind::failed && outcome->failure == ErrorKind::failed) {
      outcome->failure = driver->failure_kind();
    }
    if (outcome->kind == RunOutcome::Kind::succeeded && driver->ignored() > 0 &&
        config.flag("workflow.failOnIgnore")) {
      outcome->kind = RunOutcome::Kind::failed;
      outcome->error = fmt::format("{} failed tasks were ignored, and workflow.failOnIgnore is set",
                                   driver->ignored());
    }
    if (outcome->kind != RunOutcome::Kind::script_exit && !hurried) {
      if (outputs && !outputs->empty() && outcome->kind == RunOutcome::Kind::succeeded &&
          !settings.preview && settings.output_format != "none")
        listener.on_print(outputs->summary(settings.output_format == "json"));
      run_handlers();
    }
    write_reports();
    if (cleaner && outcome->kind == RunOutcome::Kind::succeeded) cleaner->finish(wiring->nodes());
  } catch (...) {
    outcome = outcome_of_exception();
    driver->kill();
  }
  if (journal) journal->flush();
  return *outcome;
}

}  // namespace weir::engine
