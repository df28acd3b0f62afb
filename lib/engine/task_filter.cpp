#include "engine/task_filter.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/run_listener.hpp"
#include "engine/script_host.hpp"
#include "engine/units.hpp"
#include "lang/interpreter.hpp"
#include "lang/program.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

namespace weir::engine {

using lang::Value;

namespace {

/// Filters print nothing.
class Silent final : public RunListener {
 public:
  void on_task(const TaskEvent&) override {}
  void on_print(std::string_view) override {}
  void on_print_error(std::string_view) override {}
  void on_log(lang::LogLevel, std::string_view) override {}
};

constexpr std::array<std::string_view, 15> k_numbers{
    "task_id", "native_id", "exit", "attempt",  "submit", "start",    "complete", "realtime",
    "memory",  "disk",      "time", "peak_rss", "rss",    "duration", "cpus"};
constexpr std::array<std::string_view, 5> k_files{"script", "stdout", "stderr", "log", "env"};

bool is_number_field(std::string_view name) {
  return std::find(k_numbers.begin(), k_numbers.end(), name) != k_numbers.end();
}

std::string raw_field(const JournalEntry& entry, std::string_view name) {
  if (name == "task_id") return std::to_string(entry.id);
  if (name == "rss") name = "peak_rss";
  if (name == "duration") {
    const auto at = [&](std::string_view key) {
      const auto known = entry.fields.find(key);
      return known == entry.fields.end() ? 0 : base::parse_int64(known->second).value_or(0);
    };
    const std::int64_t complete = at("complete");
    return complete == 0 ? "" : std::to_string(std::max<std::int64_t>(0, complete - at("submit")));
  }
  const auto known = entry.fields.find(name);
  return known == entry.fields.end() ? "" : known->second;
}

Value filter_value(const JournalEntry& entry, std::string_view name) {
  const std::string text = raw_field(entry, name);
  if (name == "hash") return Value::string(short_hash(text));
  if (!is_number_field(name)) return text.empty() ? Value() : Value::string(text);
  if (const auto number = base::parse_int64(text)) return Value::number(*number);
  return Value();
}

std::string file_field(const JournalEntry& entry, std::string_view name) {
  static const std::map<std::string_view, std::string> k_names{{"script", ".command.sh"},
                                                               {"stdout", ".command.out"},
                                                               {"stderr", ".command.err"},
                                                               {"log", ".command.log"},
                                                               {"env", ".command.env"}};
  if (entry.work_dir.empty()) return "-";
  std::string text = base::try_read_file(entry.work_dir + "/" + k_names.at(name)).value_or("-");
  // The interpreter's line was put before a script that had none of its own.
  constexpr std::string_view k_default_line = "#!/bin/bash -ue\n";
  if (name == "script" && text.starts_with(k_default_line)) text.erase(0, k_default_line.size());
  return text;
}

std::string time_text(std::int64_t millis) {
  return fmt::format("{}.{:03}", base::to_local_text(base::from_millis(millis)), millis % 1000);
}

}  // namespace

struct TaskFilter::State {
  State() : host(settings, listener), interpreter(ast, sources, host) {}

  RunSettings settings;
  Silent listener;
  lang::Ast ast;
  lang::SourceMap sources;
  ScriptHost host;
  lang::Interpreter interpreter;
  Value closure;
  std::string expression;
};

TaskFilter::TaskFilter(const std::string& expression) : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.expression = expression;
  // Its free names are the task's fields.
  const lang::FileId file = state.sources.add("filter", "filter = {\n" + expression + "\n}\n");
  lang::Diagnostics diagnostics;
  const lang::LooseClosure closure =
      lang::load_closure(state.ast, state.sources, diagnostics, file);
  if (closure.code == nullptr) {
    throw Error(ErrorKind::usage, fmt::format("the filter '{}' is no expression", expression))
        .with_hint("such as: process =~ /ALIGN.*/ && status == 'COMPLETED'");
  }
  lang::Frame frame(closure.frame_size);
  state.closure = state.interpreter.evaluate(*closure.code, frame);
}

TaskFilter::~TaskFilter() = default;

bool TaskFilter::matches(const JournalEntry& entry) {
  auto scope = lang::make<lang::TableScope>();
  for (const std::string& name : journal_fields()) {
    const bool in_file = std::find(k_files.begin(), k_files.end(), name) != k_files.end();
    if (!in_file) scope->names.put(name, filter_value(entry, name));
  }
  auto* const closure = state_->closure.as<lang::ClosureObject>();
  WEIR_ASSERT(closure != nullptr);
  try {
    return lang::truth(state_->interpreter.call(Value(closure->with_scope(scope))));
  } catch (const lang::ScriptException& exception) {
    throw Error(ErrorKind::usage,
                fmt::format("the filter '{}' fails: {}", state_->expression, exception.message()))
        .with_hint("it may use these fields: " + base::join(journal_fields(), " "));
  }
}

std::vector<std::string> journal_fields() {
  return {"attempt",  "complete", "container", "cpus",   "disk",    "duration", "env",
          "exit",     "hash",     "log",       "memory", "module",  "name",     "native_id",
          "peak_rss", "process",  "realtime",  "rss",    "script",  "start",    "status",
          "stderr",   "stdout",   "submit",    "tag",    "task_id", "time",     "workdir"};
}

std::string journal_field(const JournalEntry& entry, const std::string& name) {
  if (std::find(k_files.begin(), k_files.end(), name) != k_files.end())
    return file_field(entry, name);
  const std::string text = raw_field(entry, name);
  if (text.empty()) return "-";
  if (name == "hash") return short_hash(text);
  const auto number = base::parse_int64(text);
  if (!number || *number == 0) return name == "exit" || name == "attempt" || !number ? text : "-";
  if (name == "submit" || name == "start" || name == "complete") return time_text(*number);
  if (name == "duration" || name == "realtime" || name == "time")
    return duration_text(std::chrono::milliseconds(*number));
  if (name == "memory" || name == "disk" || name == "peak_rss" || name == "rss")
    return size_text(*number);
  return text;
}

}  // namespace weir::engine
