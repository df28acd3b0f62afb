#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// The names that the language brings along, as tables: what is not here is an unknown name.
/// features.hpp lists where a program uses them, so that dataflow and engine can refuse, with its
/// position, what they do not implement.
namespace weir::lang {

/// Names that stand for something without being declared. `Binding::slot` of BindingKind::implicit.
enum class ImplicitName : std::uint8_t {
  params,
  workflow,
  nextflow,
  log,
  channel,
  base_dir,
  launch_dir,
  module_dir,
  project_dir,
  work_dir,
  secrets,
  args,
};

struct ImplicitRow {
  std::string_view name;
  ImplicitName meaning;
};

/// Nothing (nullptr) for other names. `Channel` and `channel` mean the same.
[[nodiscard]] const ImplicitRow* find_implicit(std::string_view name);
[[nodiscard]] std::span<const ImplicitRow> implicit_names();

inline constexpr std::uint8_t k_any_number = 255;

/// A function with its numbers of positional arguments. Named arguments are passed besides.
struct FunctionRow {
  std::string_view name;
  std::uint8_t arguments_min = 0;
  std::uint8_t arguments_max = k_any_number;
  bool deprecated = false;
};

/// Functions that can be called anywhere (`println`, `file`, ...), sorted by name.
[[nodiscard]] std::span<const FunctionRow> builtin_functions();
/// Functions of process bodies and outputs besides (`template`, `stdout`, ...). Their slots follow
/// those of builtin_functions().
[[nodiscard]] std::span<const FunctionRow> process_functions();
/// Functions of configuration files, outside of closures.
[[nodiscard]] std::span<const FunctionRow> config_functions();
/// Channel factories, `channel.NAME(...)`.
[[nodiscard]] std::span<const FunctionRow> channel_factories();
/// Channel operators, sorted by name.
[[nodiscard]] std::span<const FunctionRow> channel_operators();

struct NameRow {
  std::string_view name;
  bool deprecated = false;
};

[[nodiscard]] std::span<const NameRow> process_directives();
[[nodiscard]] std::span<const NameRow> output_directives();
[[nodiscard]] std::span<const NameRow> index_directives();
[[nodiscard]] std::span<const NameRow> stage_directives();
[[nodiscard]] std::span<const NameRow> feature_flags();
/// Simple names of classes that need no package.
[[nodiscard]] std::span<const NameRow> type_names();

/// Types of which no object can be made.
[[nodiscard]] std::span<const NameRow> abstract_types();
/// "int", "double" and their like.
[[nodiscard]] bool is_primitive_name(std::string_view name);
[[nodiscard]] const NameRow* find_directive(std::string_view name);
[[nodiscard]] const FunctionRow* find_function(std::span<const FunctionRow> rows,
                                               std::string_view name);
[[nodiscard]] const NameRow* find_name(std::span<const NameRow> rows, std::string_view name);

/// The options an input or output qualifier takes ("path", "val", ...); empty for those without.
[[nodiscard]] std::span<const std::string_view> input_options(std::string_view qualifier);
[[nodiscard]] std::span<const std::string_view> output_options(std::string_view qualifier);

}  // namespace weir::lang
