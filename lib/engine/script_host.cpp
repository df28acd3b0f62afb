#include "engine/script_host.hpp"

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/process.hpp"
#include "base/random.hpp"
#include "dataflow/group_key.hpp"
#include "engine/path_lookup.hpp"
#include "engine/wiring.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <csignal>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace weir::engine {

using lang::Arguments;
using lang::Interpreter;
using lang::Value;

namespace {

using GlobalFunction = Value (*)(ScriptHost& host, const RunSettings& settings,
                                 const Arguments& arguments);
struct FunctionRow {
  std::string_view name;
  std::size_t arguments;
  GlobalFunction call;
};

/// `file('x')`: one path, or a list when the name is a glob.
Value make_file(ScriptHost& host, const RunSettings& settings, const Arguments& written,
                bool always_list) {
  const Arguments arguments = lang::with_options_in_front(written, 1);
  const Value& given = arguments[0];
  LookupOptions options = lookup_options(arguments.named);
  options.files = &host.file_access();
  const auto* const path = given.as<lang::PathObject>();
  // As upstream, a path is looked for as a text is; but one that is there is what it says.
  const bool is_pattern = path != nullptr && path->scheme.empty() && is_glob(path->text, options) &&
                          !host.file_access().attributes(*path);
  if (path != nullptr && !is_pattern) {
    if (options.check_if_exists && !host.file_access().attributes(*path))
      throw lang::ScriptException("NoSuchFileException", path->uri());
    return always_list ? lang::make_list({given}) : given;
  }
  const std::string name = lang::to_text(given);
  if (name.empty() || given.is_null()) {
    throw lang::ScriptException("IllegalArgumentException",
                                "Argument of `file` function cannot be empty");
  }
  if (!is_glob(name, options)) {
    std::vector<Value> paths = find_paths(name, settings.launch_dir, options);
    return always_list ? lang::make_list(std::move(paths)) : paths.front();
  }
  const bool must_exist = std::exchange(options.check_if_exists, false);
  std::vector<Value> paths = find_paths(name, settings.launch_dir, options);
  if (paths.empty() && must_exist)
    throw lang::ScriptException("NoSuchFileException",
                                lang::to_text(path_of(name, settings.launch_dir)));
  return lang::make_list(std::move(paths));
}

Value call_file(ScriptHost& host, const RunSettings& settings, const Arguments& arguments) {
  return make_file(host, settings, arguments, false);
}
Value call_files(ScriptHost& host, const RunSettings& settings, const Arguments& arguments) {
  return make_file(host, settings, arguments, true);
}
Value call_group_key(ScriptHost&, const RunSettings&, const Arguments& arguments) {
  if (!arguments[1].is_integer())
    throw Error(ErrorKind::input, "'groupKey' needs the size of the group as a number");
  return lang::make<dataflow::GroupKeyObject>(arguments[0], arguments[1].as_int64());
}
Value call_criteria(ScriptHost&, const RunSettings&, const Arguments& arguments) {
  return arguments[0];
}
Value call_env(ScriptHost& host, const RunSettings&, const Arguments& arguments) {
  const auto found = host.environment(lang::to_text(arguments[0]));
  return found ? Value::string(*found) : Value();
}
Value call_send_mail(ScriptHost& host, const RunSettings&, const Arguments&) {
  host.log(lang::LogLevel::warn, "sendMail: no mail is sent by weir");
  return {};
}

constexpr std::array k_functions{
    FunctionRow{"file", 1, call_file},
    FunctionRow{"files", 1, call_files},
    FunctionRow{"groupKey", 2, call_group_key},
    FunctionRow{"branchCriteria", 1, call_criteria},
    FunctionRow{"multiMapCriteria", 1, call_criteria},
    FunctionRow{"env", 1, call_env},
    FunctionRow{"sendMail", 1, call_send_mail},
};

/// Signals that end a run are blocked, and taken by its event loop.
bool end_is_pending() {
  sigset_t pending;
  if (::sigpending(&pending) != 0) return false;
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

}  // namespace

ScriptHost::ScriptHost(const RunSettings& settings, RunListener& listener)
    : settings_(settings), listener_(listener), files_(settings.launch_dir) {}

std::optional<Value> ScriptHost::global(Interpreter&, std::string_view name) {
  if (name == "moduleDir" && module_dir_) return module_dir_();
  if (name == "Channel") name = "channel";
  const auto known = globals_.find(name);
  if (known == globals_.end()) return std::nullopt;
  return known->second;
}

std::optional<Value> ScriptHost::call_global(Interpreter&, std::string_view name,
                                             const Arguments& arguments) {
  if (name == "template" && arguments.size() == 1 && template_) {
    return Value::string(template_(lang::to_text(arguments[0])));
  }
  if (name == ">>" && arguments.size() == 2 && target_) {
    target_(arguments[0], arguments[1]);
    return Value();
  }
  for (const FunctionRow& row : k_functions) {
    if (row.name == name && row.arguments == arguments.size())
      return row.call(*this, settings_, arguments);
  }
  if (plugin_) return plugin_(name, arguments);
  return std::nullopt;
}

std::string ScriptHost::new_folder(std::string_view purpose) {
  if (!new_folder_) throw Error(ErrorKind::input, "no files can be written here");
  return new_folder_(purpose);
}

Value ScriptHost::process(Interpreter&, const lang::ProcessDecl& declaration,
                          std::string_view name) {
  if (wiring_ == nullptr)
    throw Error(ErrorKind::input, fmt::format("process '{}' is used outside of a workflow", name));
  return wiring_->process(declaration, name);
}

Value ScriptHost::workflow(Interpreter&, const lang::WorkflowDecl& declaration,
                           std::string_view name) {
  if (wiring_ == nullptr) {
    throw Error(ErrorKind::input, fmt::format("workflow '{}' is used outside of a workflow", name));
  }
  return wiring_->workflow(declaration, name);
}

std::optional<std::string> ScriptHost::environment(std::string_view name) {
  return base::variable_in(settings_.environment, name);
}

std::vector<std::pair<std::string, std::string>> ScriptHost::environment_all() {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& entry : settings_.environment) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos)
      result.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return result;
}

std::int64_t ScriptHost::now_millis() {
  return base::to_millis(base::now_wall());
}
std::uint64_t ScriptHost::random_bits() {
  return base::random_u64();
}

lang::CommandResult ScriptHost::execute(const std::vector<std::string>& command,
                                        std::string_view directory) {
  check_cancelled();
  base::SpawnOptions options;
  options.argv = command;
  options.environment = settings_.environment;
  options.directory = directory.empty() ? settings_.launch_dir : std::string(directory);
  base::CommandResult result = base::run_command(std::move(options));
  return {result.exit.status, std::move(result.output), std::move(result.errors)};
}

void ScriptHost::sleep_millis(std::int64_t milliseconds) {
  constexpr std::int64_t k_look_millis = 50;
  for (; milliseconds > 0; milliseconds -= k_look_millis) {
    check_cancelled();
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(milliseconds, k_look_millis)));
  }
}

void ScriptHost::exit(int status, std::string_view message) {
  throw ScriptExit(status, std::string(message));
}

void ScriptHost::check_cancelled() {
  listener_.on_pause();
  if (end_is_pending()) throw Error(ErrorKind::cancelled, "interrupted");
}

}  // namespace weir::engine
