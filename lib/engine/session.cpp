#include "engine/session.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/process_host.hpp"
#include "base/thread_pool.hpp"
#include "engine/internal/session_state.hpp"
#include "engine/internal/task_driver.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

Session::Session(base::EventLoop& loop, RunSettings settings, RunListener& listener,
                 std::string run_id)
    : state_(std::make_unique<State>(loop, std::move(settings), listener, std::move(run_id))) {}

Session::~Session() = default;

void Session::use_host(std::unique_ptr<base::ProcessHost> host) {
  state_->early_host = std::move(host);
}

namespace {

/// Mistakes of the script itself, rather than something it says on purpose.
bool is_script_mistake(const lang::ScriptException& exception) {
  const std::string& name = exception.class_name();
  return name == "MissingMethodException" || name == "MissingPropertyException" ||
         name == "GroovyCastException";
}

}  // namespace

bool is_said(const lang::ScriptException& exception) {
  return exception.class_name() == "WorkflowScriptErrorException";
}

std::string upstream_message(const lang::ScriptException& exception) {
  const bool is_path = exception.class_name() == "NoSuchFileException";
  return (is_path ? "No such file or directory: " : "") + exception.message();
}

std::string upstream_report(const std::string& message, const InputPlace& place) {
  if (place.file.empty()) return message;
  return fmt::format("{}\n\n -- Check script '{}' at line: {}", message, place.file, place.line);
}

InputPlace Session::State::place_of(const lang::ScriptException& exception) const {
  const lang::Span span = exception.span();
  if (!span.known()) return {};
  return {.file = std::string(sources.name(span.file)),
          .line = sources.position(span.file, span.begin).line};
}

void Session::State::refuse(const lang::ScriptException& exception) {
  const ErrorKind kind = is_script_mistake(exception) ? ErrorKind::input : ErrorKind::failed;
  if (!settings.upstream_messages)
    throw Error(kind, interpreter.explain(exception, lang::Colour::no)).with_code("script_error");
  if (is_said(exception))
    throw Error(kind, exception.message()).with_code(std::string(k_script_message));
  throw Error(kind, upstream_report(upstream_message(exception), place_of(exception)))
      .with_code("script_error");
}

void Session::set_limits(Limits limits) {
  state_->limits = std::move(limits);
}

void Session::prepare() {
  try {
    state_->load_with_params();
    state_->refuse_missing_params();
    state_->wire();
  } catch (const lang::ScriptException& exception) {
    state_->refuse(exception);
  }
}

std::vector<std::string> Session::check_parameters() {
  try {
    state_->load_with_params();
    return state_->missing_params;
  } catch (const lang::ScriptException& exception) {
    state_->refuse(exception);
  }
}

std::string Session::configuration(const ConfigForm& form) {
  state_->load_configuration();
  state_->check_params();
  return print_config(state_->config, state_->sources, form);
}

std::optional<std::string> Session::configured(std::string_view dotted_name) const {
  const lang::Value* const value = state_->config.find(dotted_name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const lang::ClosureExpr* const code = lang::closure_code(*value);
  return code == nullptr ? lang::to_text(*value) : std::string(state_->sources.text(code->span));
}

std::vector<std::string> Session::configured_names(std::string_view scope) const {
  std::vector<std::string> names;
  const lang::Value* const value = state_->config.find(scope);
  const auto* const map = value == nullptr ? nullptr : value->as<lang::MapObject>();
  if (map == nullptr) return names;
  for (const auto& entry : map->items.entries()) names.push_back(lang::to_text(entry.key));
  return names;
}

RunOutcome Session::execute() {
  return state_->execute();
}
void Session::interrupt() {
  state_->interrupt();
}
void Session::close() {
  state_->close();
}
const std::string& Session::work_dir() const {
  return state_->context->work_dir;
}
const std::string& Session::script_file() const {
  return state_->facts.script_file;
}
const std::string& Session::project_dir() const {
  return state_->context->project_dir;
}
std::string Session::setting(std::string_view dotted_name) const {
  return state_->config.text(dotted_name);
}
bool Session::has_processes() const {
  return state_->wiring && !state_->wiring->units().empty();
}

std::optional<RunWaitList> Session::waits(std::size_t tasks_max) const {
  return state_->driver ? state_->driver->waits(tasks_max) : std::nullopt;
}

void Session::on_service(std::function<void(const std::string&, ServiceState)> handler) {
  if (state_->driver) state_->driver->on_service(std::move(handler));
}

}  // namespace weir::engine
