#include "engine/typed_inputs.hpp"

#include "base/error.hpp"
#include "engine/path_lookup.hpp"
#include "engine/remote_files.hpp"
#include "engine/stage_names.hpp"
#include "engine/task_inputs.hpp"
#include "engine/value_key.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace weir::engine {

using lang::ListObject;
using lang::MapObject;
using lang::PathObject;
using lang::ProcessInput;
using lang::TypeRef;
using lang::Value;

namespace {

constexpr std::array<std::string_view, 5> k_collections{"Bag", "Collection", "Iterable", "List",
                                                        "Set"};

/// Types whose values can be told from others. Integer and Float take numbers of every width.
constexpr std::array<std::string_view, 11> k_checked{"Bag", "Boolean",    "Duration", "List",
                                                     "Map", "MemoryUnit", "Path",     "Record",
                                                     "Set", "String",     "Tuple"};

class TypedBinder {
 public:
  TypedBinder(TaskContext& context, TaskSpec& spec)
      : context_(context), spec_(spec), run_(context.unit().run) {}

  void bind(std::span<const Value> values) {
    const lang::ProcessDecl& declaration = context_.unit().declaration;
    for (std::size_t i = 0; i < values.size(); ++i) {
      index_ = i;
      assign(declaration.inputs[i], values[i]);
    }
    for (const lang::Stmt* stage : declaration.stages) {
      run_stage(stage->as<lang::ExpressionStmt>().value->as<lang::CallExpr>());
    }
    for (const Assigned& input : assigned_) stage_by_type(input.value, *input.input, input.type);
    for (const Assigned& input : assigned_) set(*input.input, with_stage_names(input.value));
  }

 private:
  struct Assigned {
    const ProcessInput* input;
    const TypeRef* type;
    Value value;
  };

  void set(const ProcessInput& input, const Value& value) {
    context_.frame().set(input.slot, value, input.cell);
  }

  void assign(const ProcessInput& input, const Value& value) {
    if (!input.elements.empty()) return input.record ? fields(input, value) : parts(input, value);
    if (value.is_null() && input.type != nullptr && !input.type->nullable) {
      context_.refuse(input.span,
                      fmt::format("input '{0}' is null; write `{0}: {1}?` where it may be",
                                  run_.text(input.name), run_.text(input.type->name)));
    }
    if (input.type != nullptr && !fits(*input.type, value)) {
      run_.host.log(
          lang::LogLevel::warn,
          fmt::format("[{}] invalid argument type at index {} -- expected a {} but got a {}",
                      spec_.name, index_, run_.text(input.type->name), lang::type_name(value)));
    }
    set(input, value);
    spec_.key.push_back(value_part(fmt::format("input {}", run_.text(input.name)), value));
    assigned_.push_back({&input, input.type, value});
  }

  /// False for a value that is surely of another type: such is told of, not refused, as the script
  /// may still do what it should.
  [[nodiscard]] bool fits(const TypeRef& type, const Value& value) const {
    const std::string_view name = lang::simple_class_name(run_.text(type.name));
    // A service stands for the files that it makes; types of the script's own are checked below.
    if (value.is_null() || value.kind() == lang::Kind::native || type.declaration != nullptr)
      return true;
    if (name == "Integer") return value.is_integer() || value.kind() == lang::Kind::big_integer;
    if (name == "Float") return lang::is_number(value);
    if (std::find(k_checked.begin(), k_checked.end(), name) == k_checked.end()) return true;
    return lang::is_instance(value, name);
  }

  void fields(const ProcessInput& input, const Value& value) {
    const auto* const record = value.as<MapObject>();
    if (record == nullptr) {
      context_.refuse(input.span,
                      fmt::format("a record was expected, not '{}'", lang::to_short_text(value)));
    }
    for (const ProcessInput& field : input.elements) {
      const Value* const found = record->items.find(run_.text(field.name));
      assign(field, found == nullptr ? Value() : *found);
    }
  }

  void parts(const ProcessInput& input, const Value& value) {
    const auto* const tuple = value.as<ListObject>();
    const std::size_t given = tuple == nullptr ? 1 : tuple->items.size();
    if (tuple == nullptr || given != input.elements.size()) {
      context_.refuse(
          input.span,
          fmt::format("a tuple of {} elements was expected, not {}; offending value: {}",
                      input.elements.size(), given, lang::to_short_text(value)));
    }
    for (std::size_t i = 0; i < given; ++i) assign(input.elements[i], tuple->items[i]);
  }

  void run_stage(const lang::CallExpr& call) {
    const std::string_view name = run_.text(call.name);
    const Value first = context_.settled(context_.evaluate(*call.arguments[0]));
    if (name == "stdin") return stage_stdin(first);
    const Value second = context_.settled(context_.evaluate(*call.arguments[1]));
    if (name == "env") {
      spec_.environment[lang::to_text(first)] = lang::to_text(second);
      spec_.key.push_back(value_part("stage env " + lang::to_text(first), second));
    } else if (!first.is_null()) {
      stage(first, lang::to_text(second), call.span);
      spec_.key.push_back(text_part("stage as", lang::to_text(second)));
    }
  }

  void stage_stdin(const Value& value) {
    if (!value.is_null()) spec_.stdin_text = lang::to_text(value);
    spec_.key.push_back(value_part("stage stdin", value));
  }

  /// Stages the files of `value` under names made of `pattern`. What was staged already keeps its
  /// name.
  void stage(const Value& value, const std::string& pattern, lang::Span span) {
    std::vector<std::string> sources;
    add_files(value, span, sources);
    const std::vector<std::string> names = expand_stage_names(pattern, sources);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (!stage_names_.emplace(sources[i], names[i]).second) continue;
      spec_.inputs.push_back({sources[i], names[i]});
    }
  }

  void add_files(const Value& value, lang::Span span, std::vector<std::string>& sources) {
    if (lang::is_collection(value)) {
      for (const Value& item : lang::elements_of(value)) add_files(item, span, sources);
      return;
    }
    Value file = value;
    if (is_path_text(value)) file = path_of(value.text(), run_.launch_dir);
    const auto* const path = file.as<PathObject>();
    if (path == nullptr) {
      context_.refuse(span,
                      fmt::format("not a valid path value: '{}'", lang::to_short_text(value)));
    }
    sources.push_back(source_of(context_, *path, span, spec_));
  }

  [[nodiscard]] bool is_path_type(const TypeRef& type) const {
    const std::string_view name = run_.text(type.name);
    if (name == "Path") return true;
    const bool collection =
        std::find(k_collections.begin(), k_collections.end(), name) != k_collections.end();
    return collection && type.arguments.size() == 1 && run_.text(type.arguments[0]->name) == "Path";
  }

  void stage_by_type(const Value& value, const ProcessInput& input, const TypeRef* type) {
    if (value.is_null() || type == nullptr) return;
    if (is_path_type(*type)) return stage(value, "", input.span);
    if (type->declaration == nullptr || type->declaration->kind != lang::DeclKind::record) return;
    const auto* const record = value.as<MapObject>();
    if (record == nullptr) {
      context_.refuse(input.span, fmt::format("input '{}': a record {} was expected, not '{}'",
                                              run_.text(input.name), run_.text(type->name),
                                              lang::to_short_text(value)));
    }
    for (const lang::FieldDecl& field : type->declaration->as<lang::RecordDecl>().fields) {
      const Value* const found = record->items.find(run_.text(field.name));
      const bool absent = found == nullptr || found->is_null();
      if (absent && field.type != nullptr && !field.type->nullable) {
        context_.refuse(
            input.span,
            fmt::format("input '{}': the record has no '{}', which {} asks for",
                        run_.text(input.name), run_.text(field.name), run_.text(type->name)));
      }
      if (!absent) stage_by_type(*found, input, field.type);
    }
  }

  /// The value with every staged file replaced by what the script sees of it. Collections stay what
  /// they are and are printed so, `[a, b]`: scripts of typed processes join them.
  [[nodiscard]] Value with_stage_names(const Value& value) const {
    if (const auto* const path = value.as<PathObject>()) {
      const std::string source =
          path->scheme.empty()
              ? path->text
              : copy_path(run_.work_dir, path->scheme, path->uri()).value_or(path->text);
      const auto found = stage_names_.find(source);
      return found == stage_names_.end() ? value : staged_path(found->first, found->second);
    }
    return lang::with_items(value, [this](const Value& item) { return with_stage_names(item); });
  }

  TaskContext& context_;
  TaskSpec& spec_;
  RunContext& run_;
  std::size_t index_ = 0;  ///< of the input in hand
  std::vector<Assigned> assigned_;
  std::unordered_map<std::string, std::string> stage_names_;  ///< by source
};

}  // namespace

void bind_typed_inputs(TaskContext& context, std::span<const Value> values, TaskSpec& spec) {
  WEIR_ASSERT(values.size() == context.unit().declaration.inputs.size());
  TypedBinder(context, spec).bind(values);
  check_stage_collisions(spec.inputs);
}

}  // namespace weir::engine
