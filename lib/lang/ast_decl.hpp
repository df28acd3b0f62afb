#pragma once

#include "lang/ast_stmt.hpp"

#include <cstdint>

/// Declarations of a script.
namespace weir::lang {

struct Module;

enum class DeclKind : std::uint8_t {
  feature_flag,
  include,
  params_block,
  legacy_param,
  record,
  enumeration,
  process,
  workflow,
  output_block,
  function,
};

struct Declaration {
  DeclKind kind = DeclKind::function;
  Span span;
  Name name = Name::none;  ///< none where the declaration has no name
  Span name_span;
  const Module* module = nullptr;  ///< the script it stands in

  template <typename T>
  [[nodiscard]] const T& as() const {
    return static_cast<const T&>(*this);
  }
  template <typename T>
  [[nodiscard]] T& as() {
    return static_cast<T&>(*this);
  }
};

/// `nextflow.enable.x = value`; `name` is the whole dotted name.
struct FeatureFlagDecl : Declaration {
  Expr* value = nullptr;
};

struct IncludeEntry {
  Name name = Name::none;  ///< in the included script
  Span span;
  Name alias = Name::none;  ///< what it is called here; equal to `name` without `as`
  Span alias_span;
  Binding target;  ///< function, process, workflow, plugin or type; unresolved after an error
};

/// `include { a; b as c } from 'source'`.
struct IncludeDecl : Declaration {
  std::string_view source;
  Span source_span;
  List<IncludeEntry> entries;
  Module* target = nullptr;  ///< the included script; null for plug-ins and after errors
  std::string_view plugin;   ///< "nf-schema" for 'plugin/nf-schema'; else empty
};

/// A row of the params block, or a field of a record.
struct FieldDecl {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;        ///< may be null
  Expr* default_value = nullptr;  ///< may be null
};

struct ParamsDecl : Declaration {
  List<FieldDecl> fields;
  std::uint32_t frame_size = 0;
};

/// `params.a.b = value`.
struct LegacyParamDecl : Declaration {
  List<Name> path;  ///< without `params`
  Expr* value = nullptr;
  std::uint32_t frame_size = 0;
};

struct RecordDecl : Declaration {
  List<FieldDecl> fields;
};

struct EnumDecl : Declaration {
  List<FieldDecl> values;
};

struct FunctionDecl : Declaration {
  List<Parameter> parameters;
  TypeRef* returns = nullptr;
  Block* body = nullptr;
  std::uint32_t frame_size = 0;
};

/// A variable of a process or workflow body, for look-ups by name (configuration closures, `task`
/// context, tests).
struct BodyVariable {
  Name name = Name::none;
  Span span;
  std::uint32_t slot = 0;
  bool cell = false;   ///< the slot holds a cell
  bool local = false;  ///< declared by `def`: not visible to outputs and configuration
};

/// `cpus 4`, `publishDir 'x', mode: 'copy'`: a setting and its arguments, evaluated per task in the
/// process frame.
struct Directive {
  Name name = Name::none;
  Span span;
  Span name_span;
  List<Expr*> arguments;
  List<NamedArgument> named;
  List<Directive> nested;  ///< output blocks: `index { path 'x' }`
};

enum class InputKind : std::uint8_t { val, path, file, env, standard_input, tuple, each, typed };

/// One input, in the old style `path reads, stageAs: 'x'` or typed `reads: Path`.
struct ProcessInput {
  InputKind kind = InputKind::val;
  Span span;
  Name name =
      Name::none;  ///< the variable it binds; none where it binds none (`path 'x'`, `stdin`, tuple)
  std::uint32_t slot = 0;  ///< of that variable
  bool cell = false;       ///< that slot holds a cell
  Expr* argument =
      nullptr;  ///< when not a plain variable: the stage name of `path 'x'`, the name of `env 'X'`
  List<NamedArgument> options;  ///< stageAs, name, arity
  List<ProcessInput> elements;  ///< of tuple; of each: the one that is iterated
  TypeRef* type = nullptr;      ///< typed inputs
  bool record = false;          ///< typed: written record(...); elements are its fields
};

enum class OutputKind : std::uint8_t { val, path, file, env, eval, standard_output, tuple, typed };

/// One output: `path '*.bam', emit: bam` or typed `bam: Path = file('*.bam')`.
struct ProcessOutput {
  OutputKind kind = OutputKind::val;
  Span span;
  Expr* argument =
      nullptr;  ///< what is emitted: value, glob, variable name (as StringLiteral for env), command
  List<NamedArgument> options;  ///< all options but emit
  Name emit = Name::none;       ///< `emit: x`, or the name of a typed output
  Span emit_span;
  List<ProcessOutput> elements;  ///< of tuple
  TypeRef* type = nullptr;
};

enum class ScriptKind : std::uint8_t { script, shell, exec };

/// A variable that a script block reads, with the properties read from it: `task.ext.args`,
/// `params.x`, `meta`.
struct VariableRead {
  Binding binding;
  Name name = Name::none;
  List<Name> path;  ///< properties in order, as far as they are written as names
  Span span;
};

/// `file('*.bam')`, `files`, `env`, `eval`, `stdout` in the outputs or topics of a typed process:
/// its argument is evaluated before the task, its value is put into the frame after it, as
/// BindingKind::task_output says.
struct OutputCall {
  const CallExpr* call = nullptr;
  OutputKind kind = OutputKind::path;
  bool many = false;         ///< `files`
  bool conditional = false;  ///< stands where it may not be evaluated: `x ? file('y') : null`
  std::uint32_t slot = 0;
};

/// Frame: slot 0 is `task`; then the inputs' variables, then those that the bodies assign or
/// declare. Directives, inputs, outputs, `when` and the bodies are all evaluated in this one frame,
/// made anew for each task.
struct ProcessDecl : Declaration {
  bool typed = false;
  List<Directive> directives;
  List<ProcessInput> inputs;
  List<Stmt*> stages;  ///< typed only
  List<ProcessOutput> outputs;
  List<Stmt*> topics;  ///< typed only: expressions `value >> 'topic'`
  List<OutputCall> output_calls;  ///< typed only: of outputs and topics, in order of writing
  Expr* when = nullptr;
  ScriptKind script_kind = ScriptKind::script;
  Block* script = nullptr;
  Span script_span;  ///< from its first to its last statement, for the task hash
  Block* stub = nullptr;
  Span stub_span;
  List<VariableRead> script_reads;  ///< each once
  List<VariableRead> stub_reads;
  List<BodyVariable> variables;
  std::uint32_t frame_size = 0;
};

struct WorkflowTake {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;
  std::uint32_t slot = 0;
  bool cell = false;
};

/// `name = value`, `name`, or one expression without a name (hidden name `$out`).
struct WorkflowEmit {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;
  Expr* value = nullptr;
};

/// `workflow NAME { }`, or the entry (name is none). All sections share one frame.
struct WorkflowDecl : Declaration {
  List<WorkflowTake> takes;
  Block* main = nullptr;  ///< never null; may be empty
  List<WorkflowEmit> emits;
  List<WorkflowEmit> publishers;
  Block* on_complete = nullptr;
  Block* on_error = nullptr;
  List<BodyVariable> variables;
  std::uint32_t frame_size = 0;
  bool typed = false;
  bool implicit = false;  ///< the script is bare statements
};

/// One target of the output block. Directives hold closures over the published value.
struct OutputTarget {
  Name name = Name::none;
  Span span;
  TypeRef* type = nullptr;
  List<Directive> directives;
};

struct OutputDecl : Declaration {
  List<OutputTarget> targets;
  std::uint32_t frame_size = 0;
};

}  // namespace weir::lang
