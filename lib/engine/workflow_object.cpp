#include "engine/workflow_object.hpp"

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>

namespace weir::engine {

using lang::Arguments;
using lang::Interpreter;
using lang::MapObject;
using lang::Ref;
using lang::Value;

namespace {

using Getter = Value (*)(const RunContext& run, const WorkflowFacts& facts);
struct Property {
  std::string_view name;
  Getter get;
};

Value text_or_null(const std::string& text) {
  return text.empty() ? Value() : Value::string(text);
}
Value instant(std::int64_t millis) {
  return lang::make<lang::DateObject>(millis, lang::DateObject::Flavour::offset_date_time);
}
Value path(const std::string& text) {
  return lang::make_path(text);
}

Ref<MapObject> map_of_nulls(std::initializer_list<std::string_view> names) {
  auto map = lang::make<MapObject>();
  for (const std::string_view name : names) map->items.put(name, Value());
  return map;
}

/// `workflow.wave` and `workflow.fusion`: services that weir does not use.
Value switched_off(std::initializer_list<std::string_view> unknown) {
  auto map = lang::make<MapObject>();
  map->items.put("enabled", Value::boolean(false));
  merge_maps(*map, *map_of_nulls(unknown));
  return map;
}

/// Of a service that weir does not use, either.
Value platform() {
  return map_of_nulls({"workflowId", "workflowUrl", "user", "workspace", "computeEnv", "pipeline",
                       "labels", "schedRunId"});
}

/// What a setting `container` says without a task.
Value container_text(const RunContext& run, const Value& given) {
  if (lang::closure_code(given) == nullptr) return Value::string(lang::to_text(given));
  try {
    return Value::string(lang::to_text(run.interpreter.call(given)));
  } catch (const std::exception&) {
    return Value::string("(dynamic resolved)");
  }
}

/// Those of the configuration: a text when there is one for all processes and no other, else a map
/// by the processes' names.
Value containers(const RunContext& run) {
  auto map = lang::make<MapObject>();
  for (const Config::Selector& selector : run.config.selectors) {
    const Value* const given = selector.settings->items.find("container");
    if (given == nullptr || !lang::truth(*given)) continue;
    const bool named = selector.kind == lang::SelectorKind::with_name;
    map->items.put((named ? "" : "withLabel:") + selector.pattern, container_text(run, *given));
  }
  const Value* const common = run.config.find("process.container");
  if (common == nullptr || !lang::truth(*common)) return map;
  if (map->items.size() == 0) return container_text(run, *common);
  map->items.put("default", container_text(run, *common));
  return map;
}

Value config_files(const RunContext& run) {
  std::vector<Value> files;
  for (const std::string& file : run.config.files) files.push_back(path(file));
  return lang::make_list(std::move(files));
}

/// All but the contributors are texts, whatever the configuration gives: `doi = ['10.1/a']`.
Value manifest(const RunContext& run) {
  const Ref<MapObject> map = map_of_nulls({"name", "description", "author", "contributors",
                                           "homePage", "mainScript", "version", "nextflowVersion",
                                           "doi", "license", "organization", "icon", "docsUrl"});
  if (const Value* const given = run.config.find("manifest")) {
    if (const auto* const settings = given->as<MapObject>()) merge_maps(*map, *settings);
  }
  for (const auto& entry : map->items.entries()) {
    const bool is_text = entry.key.is_string() && entry.key.text() != "contributors";
    if (is_text && !entry.value.is_null() && !entry.value.is_string())
      map->items.put(entry.key, Value::string(lang::to_text(entry.value)));
  }
  return map;
}

/// Null for a pipeline that was not fetched.
Value of_origin(const RunContext& run, std::string PipelineOrigin::*part) {
  const std::optional<PipelineOrigin>& origin = run.settings.origin;
  return origin ? text_or_null((*origin).*part) : Value();
}

/// In the order of upstream's `workflow.toMap()` (26.08).
constexpr std::array k_properties{
    Property{"runName", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::string(facts.run_name); }},
    Property{"scriptId", [](const RunContext&,
                            const WorkflowFacts& facts) { return Value::string(facts.script_id); }},
    Property{"scriptFile",
             [](const RunContext&, const WorkflowFacts& facts) { return path(facts.script_file); }},
    Property{"scriptName",
             [](const RunContext&, const WorkflowFacts& facts) {
               return Value::string(facts.script_name);
             }},
    Property{"repository",
             [](const RunContext& run, const WorkflowFacts&) {
               return of_origin(run, &PipelineOrigin::repository);
             }},
    Property{"commitId",
             [](const RunContext& run, const WorkflowFacts&) {
               return of_origin(run, &PipelineOrigin::commit);
             }},
    Property{"revision",
             [](const RunContext& run, const WorkflowFacts&) {
               return of_origin(run, &PipelineOrigin::revision);
             }},
    Property{"start",
             [](const RunContext&, const WorkflowFacts& facts) { return instant(facts.start_ms); }},
    Property{"complete",
             [](const RunContext&, const WorkflowFacts& facts) {
               return facts.complete_ms == 0 ? Value() : instant(facts.complete_ms);
             }},
    Property{"duration",
             [](const RunContext&, const WorkflowFacts& facts) {
               return facts.complete_ms == 0 ? Value()
                                             : Value::duration(facts.complete_ms - facts.start_ms);
             }},
    Property{"container",
             [](const RunContext& run, const WorkflowFacts&) { return containers(run); }},
    Property{"commandLine",
             [](const RunContext& run, const WorkflowFacts&) {
               return Value::string(run.settings.command_line);
             }},
    Property{"nextflow",
             [](const RunContext&, const WorkflowFacts&) { return make_nextflow_object(); }},
    Property{"success", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::boolean(facts.success); }},
    Property{"projectDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.project_dir); }},
    // Where there is no project of a remote repository, the script stands for it.
    Property{"projectName",
             [](const RunContext& run, const WorkflowFacts& facts) {
               const Value project = of_origin(run, &PipelineOrigin::project);
               return project.is_null() ? Value::string(facts.script_name) : project;
             }},
    Property{"launchDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.launch_dir); }},
    Property{"outputDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.output_dir); }},
    Property{"workDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.work_dir); }},
    Property{"homeDir", [](const RunContext& run,
                           const WorkflowFacts&) { return path(run.settings.user_home); }},
    Property{"userName",
             [](const RunContext& run, const WorkflowFacts&) {
               return text_or_null(base::user_name(run.settings.environment));
             }},
    Property{"exitStatus",
             [](const RunContext&, const WorkflowFacts& facts) {
               return facts.exit_status < 0 ? Value() : Value::integer(facts.exit_status);
             }},
    Property{"errorMessage",
             [](const RunContext&, const WorkflowFacts& facts) {
               return text_or_null(facts.error_message);
             }},
    Property{"errorReport",
             [](const RunContext&, const WorkflowFacts& facts) {
               return text_or_null(facts.error_report);
             }},
    Property{"profile", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::string(facts.profile); }},
    Property{"sessionId",
             [](const RunContext&, const WorkflowFacts& facts) {
               return Value::string(facts.session_id);
             }},
    Property{"resume", [](const RunContext&,
                          const WorkflowFacts& facts) { return Value::boolean(facts.resume); }},
    Property{"stubRun", [](const RunContext& run,
                           const WorkflowFacts&) { return Value::boolean(run.settings.stub); }},
    Property{"preview", [](const RunContext& run,
                           const WorkflowFacts&) { return Value::boolean(run.settings.preview); }},
    Property{"containerEngine",
             [](const RunContext&, const WorkflowFacts& facts) {
               return text_or_null(facts.container_engine);
             }},
    Property{"wave", [](const RunContext&, const WorkflowFacts&) { return switched_off({}); }},
    Property{"fusion",
             [](const RunContext&, const WorkflowFacts&) { return switched_off({"version"}); }},
    Property{"platform", [](const RunContext&, const WorkflowFacts&) { return platform(); }},
    Property{"configFiles",
             [](const RunContext& run, const WorkflowFacts&) { return config_files(run); }},
    Property{"stats", [](const RunContext&,
                         const WorkflowFacts& facts) { return stats_value(facts.stats.counts()); }},
    Property{"manifest", [](const RunContext& run, const WorkflowFacts&) { return manifest(run); }},
    Property{"failOnIgnore",
             [](const RunContext& run, const WorkflowFacts&) {
               return Value::boolean(run.config.flag("workflow.failOnIgnore"));
             }},
};

class LogObject final : public lang::NativeObject {
 public:
  explicit LogObject(lang::Host& host) : host_(host) {}
  [[nodiscard]] std::string_view type_name() const override { return "log"; }
  std::optional<Value> call_method(Interpreter&, std::string_view name,
                                   const Arguments& arguments) override {
    struct Row {
      std::string_view name;
      lang::LogLevel level;
    };
    static constexpr std::array k_rows{
        Row{"trace", lang::LogLevel::trace}, Row{"debug", lang::LogLevel::debug},
        Row{"info", lang::LogLevel::info}, Row{"warn", lang::LogLevel::warn},
        Row{"error", lang::LogLevel::error}};
    for (const Row& row : k_rows) {
      if (row.name != name || arguments.size() < 1) continue;
      host_.log(row.level, lang::to_text(arguments[0]));
      return Value();
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"info", "warn", "error", "debug", "trace"};
  }

 private:
  lang::Host& host_;
};

class NextflowObject final : public lang::NativeObject {
 public:
  [[nodiscard]] std::string_view type_name() const override { return "nextflow"; }
  std::optional<Value> property(Interpreter&, std::string_view name) override {
    if (name == "version")
      return Value(lang::make<lang::VersionObject>(std::string(k_language_version)));
    if (name == "build") return Value::integer(0);
    if (name == "timestamp") return Value::string("");
    return std::nullopt;
  }
  [[nodiscard]] std::string to_text() const override {
    return fmt::format("nextflow.NextflowMeta(version:{}, build:0, timestamp:)",
                       k_language_version);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"version", "build", "timestamp"};
  }
};

}  // namespace

std::optional<Value> WorkflowObject::property(Interpreter&, std::string_view name) {
  return value_of(name);
}

std::optional<Value> WorkflowObject::value_of(std::string_view name) const {
  for (const Property& row : k_properties) {
    if (row.name == name) return row.get(run_, facts_);
  }
  return std::nullopt;
}

std::string WorkflowObject::to_text() const {
  struct Part {
    std::string_view title;
    std::string_view property;
  };
  static constexpr std::array k_parts{
      Part{"repository", "repository"},   Part{"projectDir", "projectDir"},
      Part{"commitId", "commitId"},       Part{"revision", "revision"},
      Part{"startTime", "start"},         Part{"endTime", "complete"},
      Part{"duration", "duration"},       Part{"container", "container"},
      Part{"commandLine", "commandLine"}, Part{"nextflow", "nextflow"},
      Part{"success", "success"},         Part{"workDir", "workDir"},
      Part{"launchDir", "launchDir"},     Part{"profile", "profile"}};
  std::string text;
  for (const Part& part : k_parts) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", part.title,
                        lang::to_text(*value_of(part.property)));
  }
  return text;
}

bool WorkflowObject::set_property(Interpreter&, std::string_view name, const Value& value) {
  if (name != "onComplete" && name != "onError") return false;
  (name == "onComplete" ? on_complete_ : on_error_).push_back(value);
  return true;
}

std::optional<Value> WorkflowObject::call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) {
  if (arguments.size() == 1 && set_property(interpreter, name, arguments[0])) return Value();
  if (name != "toMap" || arguments.size() != 0) return std::nullopt;
  auto map = lang::make<MapObject>();
  for (const Property& row : k_properties) map->items.put(row.name, row.get(run_, facts_));
  return Value(map);
}

std::vector<std::string> WorkflowObject::names() const {
  std::vector<std::string> names{"onComplete", "onError", "toMap"};
  for (const Property& row : k_properties) names.emplace_back(row.name);
  return names;
}

Value make_log_object(lang::Host& host) {
  return lang::make<LogObject>(host);
}
Value make_nextflow_object() {
  return lang::make<NextflowObject>();
}

}  // namespace weir::engine
