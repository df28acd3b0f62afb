#include "engine/task_inputs.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "engine/path_lookup.hpp"
#include "engine/remote_files.hpp"
#include "engine/service_handle.hpp"
#include "engine/stage_names.hpp"
#include "engine/value_key.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {

using lang::InputKind;
using lang::ListObject;
using lang::PathObject;
using lang::ProcessInput;
using lang::Value;

namespace {

struct InputFile {
  std::string source;
  std::optional<std::string> text;  ///< of a value that was written into a file
};

/// Binds the inputs of one task.
class Binder {
 public:
  Binder(TaskContext& context, TaskSpec& spec)
      : context_(context), spec_(spec), run_(context.unit().run) {}

  /// Before any input is bound: the name of a file may use a value that is declared behind it.
  void announce(const ProcessInput& input, const Value& value) {
    if (input.kind == InputKind::val) set_variable(input, value);
    if (input.kind == InputKind::each) announce(input.elements.front(), value);
    if (input.kind != InputKind::tuple) return;
    const auto* const list = value.as<ListObject>();
    if (list == nullptr || list->items.size() != input.elements.size()) return;
    for (std::size_t i = 0; i < input.elements.size(); ++i)
      announce(input.elements[i], list->items[i]);
  }

  void bind(const ProcessInput& input, const Value& value) {
    switch (input.kind) {
      case InputKind::val: bind_value(input, value); break;
      case InputKind::path:
      case InputKind::file: bind_files(input, value); break;
      case InputKind::env: bind_env(input, value); break;
      case InputKind::standard_input: bind_stdin(value); break;
      case InputKind::tuple: bind_tuple(input, value); break;
      case InputKind::each: bind(input.elements.front(), value); break;
      case InputKind::typed: break;  // typed_inputs.hpp
    }
  }

 private:
  void set_variable(const ProcessInput& input, const Value& value) {
    if (input.name != lang::Name::none) context_.frame().set(input.slot, value, input.cell);
  }

  [[nodiscard]] std::string label_of(const ProcessInput& input) const {
    return "input " + (input.name == lang::Name::none ? fmt::format("{}", ++unnamed_)
                                                      : std::string(run_.text(input.name)));
  }

  void bind_value(const ProcessInput& input, const Value& value) {
    set_variable(input, value);
    spec_.key.push_back(value_part(label_of(input), value));
  }

  void bind_env(const ProcessInput& input, const Value& value) {
    const std::string name = input.argument == nullptr
                                 ? std::string(run_.text(input.name))
                                 : lang::to_text(context_.evaluate(*input.argument));
    spec_.environment[name] = lang::to_text(value);
    spec_.key.push_back(value_part("input env " + name, value));
  }

  void bind_stdin(const Value& value) {
    spec_.stdin_text = lang::to_text(value);  // of a file its name, as upstream
    spec_.key.push_back(value_part("input stdin", value));
  }

  void bind_tuple(const ProcessInput& input, const Value& value) {
    const auto* const list = value.as<ListObject>();
    const std::size_t given = list == nullptr ? 1 : list->items.size();
    if (given != input.elements.size() || (list == nullptr && input.elements.size() > 1)) {
      context_.refuse(
          input.span,
          fmt::format("input tuple has {} elements, but {} are declared; offending value: {}",
                      given, input.elements.size(), lang::to_short_text(value)));
    }
    for (std::size_t i = 0; i < input.elements.size(); ++i) {
      bind(input.elements[i], list == nullptr ? value : list->items[i]);
    }
  }

  [[nodiscard]] const lang::Expr* option(const ProcessInput& input, std::string_view name) const {
    for (const lang::NamedArgument& argument : input.options) {
      if (run_.text(argument.key) == name) return argument.value;
    }
    return nullptr;
  }

  /// The declared stage name: `path 'x'`, `stageAs: 'x'`, `name: 'x'`; empty when there is none.
  [[nodiscard]] std::string stage_pattern(const ProcessInput& input) {
    for (const std::string_view name : {"stageAs", "name"}) {
      if (const lang::Expr* const given = option(input, name))
        return stage_text(context_.evaluate(*given));
    }
    return input.argument == nullptr ? std::string()
                                     : stage_text(context_.evaluate(*input.argument));
  }
  [[nodiscard]] std::string stage_text(const Value& value) {
    return lang::to_text(context_.settled(value));
  }

  void bind_files(const ProcessInput& input, const Value& value) {
    std::vector<InputFile> files;
    add_files(input, value, files);
    const auto arity = declared_arity(input);
    if (arity && !arity->takes(files.size())) {
      context_.refuse(input.span,
                      fmt::format("incorrect number of input files: expected {}, found {}",
                                  arity->text(), files.size()));
    }
    std::vector<std::string> sources;
    for (const InputFile& file : files) sources.push_back(file.source);
    const std::vector<std::string> names = expand_stage_names(stage_pattern(input), sources);
    std::vector<Value> staged;
    for (std::size_t i = 0; i < files.size(); ++i) {
      spec_.inputs.push_back({files[i].source, names[i]});
      staged.push_back(staged_path(files[i].source, names[i]));
    }
    add_files_key(input, files, names, value.kind() == lang::Kind::bag);
    const bool single = arity ? arity->is_single() : staged.size() == 1;
    if (single && staged.size() == 1) {
      set_variable(input, staged.front());
      return;
    }
    auto list = lang::make<ListObject>(std::move(staged));
    list->is_staged = true;
    set_variable(input, list);
  }

  /// The order of a bag depends on which task was faster and does not count; what it does to
  /// numbered stage names does not, either.
  void add_files_key(const ProcessInput& input, const std::vector<InputFile>& files,
                     const std::vector<std::string>& names, bool is_bag) {
    KeyText key;
    if (is_bag) {
      key.begin_unordered();
    } else {
      key.begin_list();
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].text) {
        key.add_text(*files[i].text);
      } else if (parse_handle(files[i].source)) {
        add_value(key, lang::make_path(files[i].source));
      } else {
        key.add_file(files[i].source);
      }
      if (!is_bag) key.add_text(names[i]);
    }
    if (is_bag) {
      key.end_unordered();
    } else {
      key.end_list();
    }
    spec_.key.push_back(key.finish(label_of(input)));
  }

  [[nodiscard]] std::optional<Arity> declared_arity(const ProcessInput& input) {
    const lang::Expr* const given = option(input, "arity");
    if (given == nullptr) return std::nullopt;
    const std::string text = lang::to_text(context_.evaluate(*given));
    auto arity = parse_arity(text);
    if (!arity)
      context_.refuse(input.span,
                      fmt::format("'{}' is no arity; write '1', '2..3' or '1..*'", text));
    return arity;
  }

  void add_files(const ProcessInput& input, const Value& value, std::vector<InputFile>& files) {
    if (const auto* const path = value.as<PathObject>()) {
      files.push_back({source_of(context_, *path, input.span, spec_), std::nullopt});
      return;
    }
    if (lang::is_collection(value)) {
      for (const Value& item : lang::elements_of(value)) add_files(input, item, files);
      return;
    }
    if (value.is_null()) context_.refuse(input.span, "a path input cannot be null");
    if (input.kind == InputKind::file && !is_path_text(value)) {
      files.push_back(write_value_file(value));
      return;
    }
    if (!is_path_text(value)) {
      context_.refuse(input.span,
                      fmt::format("not a valid path value: '{}'", lang::to_short_text(value)));
    }
    add_files(input, path_of(value.text(), run_.launch_dir), files);
  }

  /// Any other value given to a `file` input becomes a file of this task alone, which it may
  /// change.
  [[nodiscard]] InputFile write_value_file(const Value& value) {
    InputFile file;
    file.text = lang::to_text(value);
    if (value_folder_.empty()) {
      value_folder_ = run_.work_dir + "/tmp/" + base::random_hex(32);
      base::make_folders(value_folder_);
    }
    file.source = fmt::format("{}/input.{}", value_folder_, ++value_files_);
    base::write_file(file.source, *file.text);
    return file;
  }

  TaskContext& context_;
  TaskSpec& spec_;
  RunContext& run_;
  std::string value_folder_;
  int value_files_ = 0;
  mutable int unnamed_ = 0;
};

}  // namespace

std::string source_of(TaskContext& context, const PathObject& path, lang::Span place,
                      TaskSpec& spec) {
  if (path.scheme.empty()) {
    const bool complete = path.text.starts_with('/');
    return complete ? path.text : context.unit().run.launch_dir + "/" + path.text;
  }
  auto copy = copy_path(context.unit().run.work_dir, path.scheme, path.uri());
  if (!copy) context.refuse(place, fmt::format("remote file '{}' cannot be staged", path.uri()));
  const bool known = std::any_of(spec.remote.begin(), spec.remote.end(),
                                 [&](const RemoteInput& input) { return input.copy == *copy; });
  if (!known) spec.remote.push_back({*copy, path.uri()});
  return std::move(*copy);
}

void bind_inputs(TaskContext& context, std::span<const Value> values, TaskSpec& spec) {
  const auto& inputs = context.unit().declaration.inputs;
  WEIR_ASSERT(values.size() == inputs.size());
  Binder binder(context, spec);
  for (std::size_t i = 0; i < inputs.size(); ++i) binder.announce(inputs[i], values[i]);
  for (std::size_t i = 0; i < inputs.size(); ++i) binder.bind(inputs[i], values[i]);
  check_stage_collisions(spec.inputs);
}

}  // namespace weir::engine
