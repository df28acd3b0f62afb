#include "engine/workflow_object.hpp"

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "lang/semantics.hpp"

#include <array>
#include <filesystem>

namespace weir::engine {

using lang::Arguments;
using lang::Interpreter;
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

/// `workflow.wave.enabled` and `workflow.fusion.enabled`: services that weir does not use.
Value switched_off() {
  auto map = lang::make<lang::MapObject>();
  map->items.put("enabled", Value::boolean(false));
  return map;
}

Value config_files(const RunContext& run) {
  std::vector<Value> files;
  for (const std::string& file : run.config.files) files.push_back(path(file));
  return lang::make_list(std::move(files));
}

Value manifest(const RunContext& run) {
  static constexpr std::array<std::string_view, 13> k_names{
      "name",         "description", "author",          "contributors", "homePage",
      "mainScript",   "version",     "nextflowVersion", "doi",          "license",
      "organization", "icon",        "docsUrl"};
  auto map = lang::make<lang::MapObject>();
  for (const std::string_view name : k_names) map->items.put(name, Value());
  if (const Value* const given = run.config.find("manifest")) {
    if (const auto* const settings = given->as<lang::MapObject>()) merge_maps(*map, *settings);
  }
  return map;
}

constexpr std::array k_properties{
    Property{"projectDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.project_dir); }},
    Property{"launchDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.launch_dir); }},
    Property{"workDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.work_dir); }},
    Property{"outputDir",
             [](const RunContext& run, const WorkflowFacts&) { return path(run.output_dir); }},
    Property{"homeDir", [](const RunContext& run,
                           const WorkflowFacts&) { return path(run.settings.user_home); }},
    Property{"userName",
             [](const RunContext& run, const WorkflowFacts&) {
               return text_or_null(base::user_name(run.settings.environment));
             }},
    Property{"commandLine",
             [](const RunContext& run, const WorkflowFacts&) {
               return Value::string(run.settings.command_line);
             }},
    Property{"configFiles",
             [](const RunContext& run, const WorkflowFacts&) { return config_files(run); }},
    Property{"manifest", [](const RunContext& run, const WorkflowFacts&) { return manifest(run); }},
    Property{"stubRun", [](const RunContext& run,
                           const WorkflowFacts&) { return Value::boolean(run.settings.stub); }},
    Property{"preview", [](const RunContext& run,
                           const WorkflowFacts&) { return Value::boolean(run.settings.preview); }},
    Property{"nextflow",
             [](const RunContext&, const WorkflowFacts&) { return make_nextflow_object(); }},
    Property{"scriptFile",
             [](const RunContext&, const WorkflowFacts& facts) { return path(facts.script_file); }},
    Property{"scriptName",
             [](const RunContext&, const WorkflowFacts& facts) {
               return Value::string(facts.script_name);
             }},
    Property{"scriptId", [](const RunContext&,
                            const WorkflowFacts& facts) { return Value::string(facts.script_id); }},
    Property{"runName", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::string(facts.run_name); }},
    Property{"sessionId",
             [](const RunContext&, const WorkflowFacts& facts) {
               return Value::string(facts.session_id);
             }},
    Property{"profile", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::string(facts.profile); }},
    Property{"containerEngine",
             [](const RunContext&, const WorkflowFacts& facts) {
               return text_or_null(facts.container_engine);
             }},
    Property{"resume", [](const RunContext&,
                          const WorkflowFacts& facts) { return Value::boolean(facts.resume); }},
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
    Property{"success", [](const RunContext&,
                           const WorkflowFacts& facts) { return Value::boolean(facts.success); }},
    Property{"failOnIgnore",
             [](const RunContext& run, const WorkflowFacts&) {
               return Value::boolean(run.config.flag("workflow.failOnIgnore"));
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
    Property{"stats", [](const RunContext&,
                         const WorkflowFacts& facts) { return stats_value(facts.stats.counts()); }},
    Property{"repository", [](const RunContext&, const WorkflowFacts&) { return Value(); }},
    Property{"revision", [](const RunContext&, const WorkflowFacts&) { return Value(); }},
    Property{"commitId", [](const RunContext&, const WorkflowFacts&) { return Value(); }},
    Property{"container", [](const RunContext&, const WorkflowFacts&) { return Value(); }},
    Property{"fusion", [](const RunContext&, const WorkflowFacts&) { return switched_off(); }},
    Property{"wave", [](const RunContext&, const WorkflowFacts&) { return switched_off(); }},
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
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"version", "build", "timestamp"};
  }
};

}  // namespace

std::optional<Value> WorkflowObject::property(Interpreter&, std::string_view name) {
  for (const Property& row : k_properties) {
    if (row.name == name) return row.get(run_, facts_);
  }
  return std::nullopt;
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
  auto map = lang::make<lang::MapObject>();
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
