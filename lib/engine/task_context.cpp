#include "engine/task_context.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {

using lang::Arguments;
using lang::Interpreter;
using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

/// `task.ext`: values of the process's `ext` settings, evaluated when asked for.
class ExtObject final : public lang::NativeObject {
 public:
  explicit ExtObject(TaskContext* context) : context_(context) {}
  [[nodiscard]] std::string_view type_name() const override { return "TaskExt"; }
  std::optional<Value> property(Interpreter&, std::string_view name) override {
    return value(name);
  }
  std::optional<Value> index(Interpreter&, const Value& index) override {
    return value(lang::to_text(index));
  }
  std::optional<Value> call_method(Interpreter&, std::string_view name,
                                   const Arguments& arguments) override {
    if (name == "get" && arguments.size() == 1) return value(lang::to_text(arguments[0]));
    if (name == "containsKey" && arguments.size() == 1) {
      const auto known = names();
      return Value::boolean(std::find(known.begin(), known.end(), lang::to_text(arguments[0])) !=
                            known.end());
    }
    return std::nullopt;
  }
  [[nodiscard]] bool truth() const override { return !names().empty(); }
  [[nodiscard]] std::string to_text() const override {
    if (context_ == nullptr) return "[:]";
    auto map = lang::make<MapObject>();
    for (const std::string& name : context_->ext_names()) map->items.put(name, context_->ext(name));
    return lang::to_text(map);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return context_ == nullptr ? std::vector<std::string>() : context_->ext_names();
  }
  void detach() { context_ = nullptr; }

 private:
  [[nodiscard]] Value value(std::string_view name) {
    return context_ == nullptr ? Value() : context_->ext(name);
  }

  TaskContext* context_;
};

/// `task`. Outlives its context where a closure keeps it; it then knows nothing.
class TaskObject final : public lang::NativeObject {
 public:
  explicit TaskObject(TaskContext* context)
      : context_(context), ext_(lang::make<ExtObject>(context)) {}
  [[nodiscard]] std::string_view type_name() const override { return "TaskConfig"; }
  std::optional<Value> property(Interpreter&, std::string_view name) override {
    if (context_ == nullptr) return Value();
    if (name == "ext") return Value(ext_);
    return context_->property(name);
  }
  std::optional<Value> index(Interpreter& interpreter, const Value& index) override {
    return property(interpreter, lang::to_text(index));
  }
  void detach() {
    context_ = nullptr;
    ext_->detach();
  }

 private:
  TaskContext* context_;
  Ref<ExtObject> ext_;
};

/// The names that closures of the configuration may use.
class TaskScope final : public lang::Scope {
 public:
  explicit TaskScope(TaskContext* context) : context_(context) {}
  std::optional<Value> get(Interpreter&, std::string_view name) override {
    return context_ == nullptr ? std::nullopt : context_->variable(name);
  }
  void detach() { context_ = nullptr; }

 private:
  TaskContext* context_;
};

bool is_setting_list(std::string_view name) {
  return name == "publishDir" || name == "label" || name == "module";
}

}  // namespace

TaskContext::TaskContext(ProcessUnit& unit, std::int64_t index, int attempt)
    : unit_(unit), index_(index), attempt_(attempt), frame_(unit.declaration.frame_size) {
  task_ = lang::make<TaskObject>(this);
  scope_ = lang::make<TaskScope>(this);
  if (frame_.size() > 0) frame_.set(0, task_, false);
}

TaskContext::~TaskContext() {
  lang::native_as<TaskObject>(task_)->detach();
  static_cast<TaskScope*>(scope_.get())->detach();
}

Value TaskContext::evaluate(const lang::Expr& expression) {
  return unit_.run.interpreter.evaluate(expression, frame_, scope_);
}

Value TaskContext::settled(const Value& value) {
  auto* const closure = value.as<lang::ClosureObject>();
  if (closure == nullptr) return value;
  return unit_.run.interpreter.call(Value(closure->with_scope(scope_)));
}

DirectiveValue TaskContext::evaluate_source(const ProcessSettings::Source& source) {
  DirectiveValue result;
  for (const lang::Expr* argument : source.directive->arguments) {
    result.values.push_back(settled(evaluate(*argument)));
  }
  if (!source.directive->named.empty()) {
    result.named = unit_.run.interpreter.evaluate_named(source.directive->named, frame_, scope_);
  }
  return result;
}

void TaskContext::add_config_value(const Value& value, bool list_of_settings,
                                   std::vector<DirectiveValue>& values) {
  if (const auto* const list = value.as<lang::ListObject>(); list != nullptr && list_of_settings) {
    for (const Value& item : list->items) add_config_value(settled(item), false, values);
    return;
  }
  DirectiveValue result;
  if (auto* const map = value.as<MapObject>()) {
    result.named = Ref<MapObject>(map);
  } else {
    result.values.push_back(value);
  }
  values.push_back(std::move(result));
}

/// What is null, such as a parameter that nobody gave, is as if it were not written.
std::vector<DirectiveValue> TaskContext::evaluate_directive(
    std::string_view name, const std::vector<ProcessSettings::Source>& sources) {
  std::vector<DirectiveValue> values;
  for (const ProcessSettings::Source& source : sources) {
    if (source.directive == nullptr) {
      add_config_value(settled(source.value), is_setting_list(name), values);
      continue;
    }
    DirectiveValue written = evaluate_source(source);
    // A map in parentheses, or a list of such, says what a configuration file says by it.
    const bool is_one = !written.named && written.values.size() == 1;
    if (is_one && (written.values.front().as<MapObject>() != nullptr || is_setting_list(name))) {
      add_config_value(written.values.front(), is_setting_list(name), values);
    } else {
      values.push_back(std::move(written));
    }
  }
  for (DirectiveValue& value : values)
    std::erase_if(value.values, [](const Value& given) { return given.is_null(); });
  std::erase_if(values, [](const DirectiveValue& value) {
    return value.values.empty() && value.named.get() == nullptr;
  });
  return values;
}

void TaskContext::refuse(lang::Span span, const std::string& why) const {
  const dataflow::Place place = unit_.run.place(span);
  Error error(ErrorKind::input, fmt::format("process '{}': {}", unit_.qualified_name, why));
  throw dataflow::place_error(error, place);
}

const std::vector<DirectiveValue>& TaskContext::directive(std::string_view name) {
  static const std::vector<DirectiveValue> k_unset;
  const auto* const sources = unit_.settings.find(name);
  if (sources == nullptr) return k_unset;  // most: they must not cost memory
  const auto known = directives_.find(name);
  if (known != directives_.end()) return known->second;
  std::vector<DirectiveValue> values = evaluate_directive(name, *sources);
  return directives_.emplace(std::string(name), std::move(values)).first->second;
}

Value TaskContext::value(std::string_view name) {
  const auto& values = directive(name);
  if (values.empty()) return {};
  const DirectiveValue& first = values.front();
  return first.values.empty() && first.named ? Value(first.named) : first.first();
}

std::optional<std::string> TaskContext::text(std::string_view name) {
  const Value found = value(name);
  if (found.is_null()) return std::nullopt;
  return lang::to_text(found);
}

bool TaskContext::flag(std::string_view name) {
  return lang::truth(value(name));
}

Value TaskContext::ext(std::string_view name) {
  const auto& layers = unit_.settings.ext();
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    Value settings;
    if (layer->directive == nullptr) {
      settings = settled(layer->value);
    } else {
      for (const lang::NamedArgument& argument : layer->directive->named) {
        if (unit_.run.text(argument.key) == name) return settled(evaluate(*argument.value));
      }
      // `ext([args: '-x'])`
      if (!layer->directive->arguments.empty())
        settings = settled(evaluate(*layer->directive->arguments.front()));
    }
    const auto* const map = settings.as<MapObject>();
    const Value* const found = map == nullptr ? nullptr : map->items.find(name);
    if (found != nullptr) return settled(*found);
  }
  return {};
}

std::vector<std::string> TaskContext::ext_names() const {
  std::vector<std::string> names;
  for (const ProcessSettings::Source& layer : unit_.settings.ext()) {
    if (layer.directive != nullptr) {
      for (const lang::NamedArgument& argument : layer.directive->named) {
        names.emplace_back(unit_.run.text(argument.key));
      }
    } else if (const auto* const map = layer.value.as<MapObject>()) {
      for (const auto& entry : map->items.entries()) names.push_back(lang::to_text(entry.key));
    }
  }
  return names;
}

/// `resourceLimits` caps what a task asks for; nothing where it does not say.
std::optional<std::int64_t> TaskContext::limit_of(std::string_view name) {
  const Value limits = value("resourceLimits");
  const auto* const map = limits.as<MapObject>();
  const Value* const found = map == nullptr ? nullptr : map->items.find(name);
  if (found == nullptr) return std::nullopt;
  const Value limit = settled(*found);
  if (limit.is_null()) return std::nullopt;
  if (limit.is_integer() || limit.kind() == lang::Kind::memory ||
      limit.kind() == lang::Kind::duration)
    return limit.as_int64();
  const std::string text = lang::to_text(limit);
  if (name == "cpus") return base::parse_int64(text);
  if (name != "time") return base::parse_bytes(text);
  const auto duration = base::parse_duration(text);
  return duration ? std::optional(static_cast<std::int64_t>(duration->count())) : std::nullopt;
}

Value TaskContext::memory_value(std::string_view name) {
  const Value asked = asked_memory(name);
  const auto limit = asked.is_null() ? std::nullopt : limit_of(name);
  return limit && *limit < asked.as_int64() ? Value::memory(*limit) : asked;
}

Value TaskContext::duration_value(std::string_view name) {
  const Value asked = asked_duration(name);
  const auto limit = asked.is_null() ? std::nullopt : limit_of(name);
  return limit && *limit < asked.as_int64() ? Value::duration(*limit) : asked;
}

double TaskContext::cpus() {
  const double asked = asked_cpus();
  const auto limit = limit_of("cpus");
  return limit ? std::min(asked, static_cast<double>(*limit)) : asked;
}

Value TaskContext::asked_memory(std::string_view name) {
  Value found = value(name);
  if (found.is_null() || found.kind() == lang::Kind::memory) return found;
  if (found.is_integer()) return Value::memory(found.as_int64());
  const auto bytes = base::parse_bytes(lang::to_text(found));
  if (!bytes) {
    throw Error(ErrorKind::input,
                fmt::format("directive '{}' of process '{}' does not understand '{}'", name,
                            unit_.qualified_name, lang::to_short_text(found)))
        .with_hint("write it like '4 GB' or 4.GB");
  }
  return Value::memory(*bytes);
}

Value TaskContext::asked_duration(std::string_view name) {
  Value found = value(name);
  if (found.is_null() || found.kind() == lang::Kind::duration) return found;
  if (found.is_integer()) return Value::duration(found.as_int64());
  const auto duration = base::parse_duration(lang::to_text(found));
  if (!duration) {
    throw Error(ErrorKind::input,
                fmt::format("directive '{}' of process '{}' does not understand '{}'", name,
                            unit_.qualified_name, lang::to_short_text(found)))
        .with_hint("write it like '2 h' or 2.h");
  }
  return Value::duration(duration->count());
}

double TaskContext::asked_cpus() {
  const Value found = value("cpus");
  if (found.is_null()) return 1;
  if (lang::is_number(found)) return lang::to_double(found);
  if (const auto number = base::parse_double(lang::to_text(found))) return *number;
  throw Error(ErrorKind::input,
              fmt::format("directive 'cpus' of process '{}' needs a number, not '{}'",
                          unit_.qualified_name, lang::to_short_text(found)));
}

namespace {

/// `request`, `limit`, `type` and `runtime` of `accelerator 2, type: 'x'` or
/// `accelerator request: 1, limit: 2`; one number stands for both.
Value accelerator_value(const DirectiveValue& given) {
  auto map = lang::make<MapObject>();
  for (const char* const name : {"request", "limit", "type", "runtime"})
    map->items.put(name, Value());
  const Value first = given.first();
  if (const auto* const options = first.as<MapObject>()) {
    merge_maps(*map, *options);
  } else {
    map->items.put("limit", first);
  }
  if (given.named.get() != nullptr) merge_maps(*map, *given.named);
  if (map->items.find("request")->is_null()) map->items.put("request", *map->items.find("limit"));
  return map;
}

/// Upstream's scripts see the constant of an enum.
Value strategy_name(const Value& given) {
  std::string name = given.is_null() ? "terminate" : lang::to_text(given);
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return Value::string(std::move(name));
}

/// What upstream's scripts see of a directive that nobody set.
Value default_of(std::string_view name) {
  if (name == "executor") return Value::string("local");
  if (name == "debug") return Value::boolean(false);
  if (name == "maxErrors") return Value::integer(-1);
  if (name == "maxRetries" || name == "submitAttempt") return Value::integer(1);
  if (name == "array") return Value::integer(0);
  if (name == "shell") return lang::make_list({Value::string("/bin/bash"), Value::string("-ue")});
  return {};
}

}  // namespace

Value TaskContext::property(std::string_view name) {
  if (name == "process") return Value::string(unit_.qualified_name);
  if (name == "index") return Value::number(index_);
  if (name == "attempt") return Value::integer(attempt_);
  if (name == "cpus") {
    const Value found = value("cpus");
    if (found.is_null()) return Value::integer(1);
    const auto limit = limit_of("cpus");
    return limit && static_cast<double>(*limit) < asked_cpus() ? Value::number(*limit) : found;
  }
  if (name == "memory" || name == "disk") return memory_value(name);
  if (name == "time") return duration_value(name);
  if (name == "name") return name_.empty() ? Value() : Value::string(name_);
  if (name == "hash") return hash_.empty() ? Value() : Value::string(hash_);
  if (name == "workDir") return work_dir_.empty() ? Value() : lang::make_path(work_dir_);
  if (name == "exitStatus") {
    if (!exit_status_ && previous_exit_ < 0) return {};
    return Value::integer(exit_status_.value_or(previous_exit_));
  }
  if (name == "previousException") return previous_exception_;
  if (name == "previousTrace") return previous_trace_;
  if (is_setting_list(name)) return settings_list(name);
  if (name == "resourceLabels" || name == "hints") return settings_map(name);
  const Value found = value(name);
  if (name == "errorStrategy") return strategy_name(found);
  if (name == "accelerator" && !found.is_null()) return accelerator_value(directive(name).front());
  return found.is_null() ? default_of(name) : found;
}

/// Of a directive that adds up: all its values. Without any, as upstream has it, null for labels.
Value TaskContext::settings_list(std::string_view name) {
  std::vector<Value> values;
  for (const DirectiveValue& one : directive(name)) {
    if (one.values.empty() && one.named.get() != nullptr) values.emplace_back(one.named);
    for (const Value& value : one.values) {
      if (name != "module") {
        values.push_back(value);
        continue;
      }
      const std::string modules = lang::to_text(value);
      for (const std::string_view module : base::split(modules, ':'))
        values.push_back(Value::string(module));
    }
  }
  if (values.empty() && name == "label") return {};
  return lang::make_list(std::move(values));
}

/// Of a directive whose values are maps: all their entries, the later before the earlier.
Value TaskContext::settings_map(std::string_view name) {
  auto map = lang::make<lang::MapObject>();
  const auto add = [&map](const lang::MapObject* more) {
    if (more == nullptr) return;
    for (const auto& entry : more->items.entries()) map->items.put(entry.key, entry.value);
  };
  for (const DirectiveValue& one : directive(name)) {
    add(one.named.get());
    for (const Value& value : one.values) add(value.as<lang::MapObject>());
  }
  return Value(map);
}

std::optional<Value> TaskContext::variable(std::string_view name) {
  if (name == "task") return task_;
  // In templates and closures of the configuration, whose own place is another.
  if (name == "moduleDir") return lang::make_path(unit_.run.folder_of(unit_.declaration.span.file));
  for (const lang::BodyVariable& variable : unit_.declaration.variables) {
    if (variable.local || unit_.run.text(variable.name) != name) continue;
    if (frame_.is_assigned(variable)) return frame_.get(variable.slot);
  }
  return std::nullopt;
}

void TaskContext::set_result(int exit_status, const std::string& hash,
                             const std::string& work_dir) {
  exit_status_ = exit_status;
  set_place(hash, work_dir);
}

void TaskContext::set_place(const std::string& hash, const std::string& work_dir) {
  hash_ = hash;
  work_dir_ = work_dir;
}

void TaskContext::set_previous(const TaskFailure& failure, TaskContext& context) {
  previous_exit_ = failure.exit_status;
  previous_exception_ =
      Value::string("nextflow.exception.ProcessFailedException: " + failure.cause);
  auto trace = lang::make<MapObject>();
  const auto bytes = [&](std::string_view name) {
    const Value size = context.memory_value(name);
    return size.is_null() ? Value() : Value::long_integer(size.as_int64());
  };
  trace->items.put("name", Value::string(failure.name));
  trace->items.put("process", Value::string(unit_.qualified_name));
  trace->items.put("hash", Value::string(failure.hash));
  trace->items.put("workdir", Value::string(failure.work_dir));
  trace->items.put("status", Value::string("FAILED"));
  trace->items.put("exit", Value::integer(failure.exit_status));
  trace->items.put("attempt", Value::integer(failure.attempt));
  trace->items.put("cpus", context.property("cpus"));
  trace->items.put("memory", bytes("memory"));
  trace->items.put("disk", bytes("disk"));
  trace->items.put("peak_rss", Value::long_integer(failure.usage.peak_rss_bytes));
  trace->items.put("realtime", Value::long_integer(failure.usage.realtime_ms));
  previous_trace_ = trace;
}

}  // namespace weir::engine
