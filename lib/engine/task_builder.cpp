#include "engine/task_builder.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/shell_template.hpp"
#include "engine/task_directives.hpp"
#include "engine/task_inputs.hpp"
#include "engine/task_outputs.hpp"
#include "engine/typed_inputs.hpp"
#include "engine/value_codec.hpp"
#include "engine/value_key.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::engine {

using lang::Value;

namespace {

/// What the variables of an `exec:` block hold after it ran, so that a resumed run has them without
/// running it.
Value body_variables(TaskContext& context) {
  auto variables = lang::make<lang::MapObject>();
  for (const lang::BodyVariable& variable : context.unit().declaration.variables) {
    if (variable.local || !context.frame().is_assigned(variable)) continue;
    const Value value = context.frame().get(variable.slot);
    if (is_encodable(value)) variables->items.put(context.unit().run.text(variable.name), value);
  }
  return variables;
}

/// Runs or renders the body: the script's text, or a native callable.
class BodyBuilder {
 public:
  BodyBuilder(const std::shared_ptr<TaskContext>& context, TaskSpec& spec)
      : context_(context), spec_(spec), declaration_(context->unit().declaration) {}

  void build() {
    const bool stub = context_->unit().run.settings.stub && declaration_.stub != nullptr;
    const lang::Block& body = stub ? *declaration_.stub : *declaration_.script;
    if (!stub && declaration_.script_kind == lang::ScriptKind::exec) {
      build_native(body);
      return;
    }
    const Value text = run_body(body);
    if (text.is_null()) {
      throw Error(ErrorKind::input, fmt::format("the script block of process '{}' has no text",
                                                context_->unit().qualified_name))
          .with_hint("its last statement must be a string");
    }
    spec_.script = lang::to_text(text);
    if (!stub && declaration_.script_kind == lang::ScriptKind::shell) {
      spec_.script = render_shell(*context_, spec_.script);
    }
    if (!stub && spec_.script.empty()) {
      throw Error(ErrorKind::input, fmt::format("the script of process '{}' is empty",
                                                context_->unit().qualified_name))
          .with_hint("a process that has nothing to run can say `true`");
    }
  }

 private:
  Value run_body(const lang::Block& body) {
    RunContext& run = context_->unit().run;
    struct Current {  // the body may throw
      ~Current() { run.current_task = nullptr; }
      RunContext& run;
    } const current{run};
    run.current_task = context_.get();
    return run.interpreter.run(body, context_->frame(), context_->scope());
  }

  void build_native(const lang::Block& body) {
    const auto context = context_;
    spec_.native = [context, &body](const std::string& work_dir) {
      // The folder is named by the task's key.
      const base::fs::path folder(work_dir);
      const std::string hash =
          folder.parent_path().filename().string() + folder.filename().string();
      context->set_place(hash, work_dir);
      context->unit().run.interpreter.run(body, context->frame(), context->scope());
      return encode_value(body_variables(*context));
    };
  }

  const std::shared_ptr<TaskContext>& context_;
  TaskSpec& spec_;
  const lang::ProcessDecl& declaration_;
};

/// The value of `params.a.b` and the like, as far as it can be followed.
std::optional<Value> follow(RunContext& run, const lang::VariableRead& read) {
  auto value = run.host.global(run.interpreter, run.text(read.name));
  for (const lang::Name name : read.path) {
    const auto* const map = value ? value->as<lang::MapObject>() : nullptr;
    if (map == nullptr) break;
    const Value* const inner = map->items.find(run.text(name));
    value = inner == nullptr ? Value() : *inner;
  }
  return value;
}

/// Parts of the key that the inputs have not given.
class KeyBuilder {
 public:
  KeyBuilder(TaskContext& context, TaskSpec& spec)
      : context_(context),
        spec_(spec),
        run_(context.unit().run),
        declaration_(context.unit().declaration) {}

  void build() {
    const bool stub = run_.settings.stub && declaration_.stub != nullptr;
    std::vector<KeyPart> inputs = std::move(spec_.key);
    spec_.key.clear();
    const std::string_view source =
        run_.sources.text(stub ? declaration_.stub_span : declaration_.script_span);
    spec_.key.push_back(text_part("process", context_.unit().qualified_name));
    spec_.key.push_back(text_part("script", source));
    if (!spec_.container.empty()) spec_.key.push_back(text_part("container", spec_.container));
    std::move(inputs.begin(), inputs.end(), std::back_inserter(spec_.key));
    for (const EvalOutput& output : spec_.eval_outputs)
      spec_.key.push_back(text_part("eval", output.command));
    for (const lang::VariableRead& read :
         stub ? declaration_.stub_reads : declaration_.script_reads)
      add_read(read);
    for (const TemplateUse& use : context_.templates()) {
      if (!use.text.empty()) spec_.key.push_back(text_part("template", use.text));
      for (const lang::VariableRead& read : use.reads) add_read(read);
    }
    add_programs();
    for (const std::string& module : spec_.modules)
      spec_.key.push_back(text_part("module", module));
    if (!spec_.conda.empty()) spec_.key.push_back(text_part("conda", spec_.conda));
    if (stub) spec_.key.push_back(text_part("stub", "true"));
  }

 private:
  void add_read(const lang::VariableRead& read) {
    const std::string_view name = run_.text(read.name);
    if (name == "task") {
      if (read.path.size() < 2 || run_.text(read.path[0]) != "ext") return;
      const std::string_view key = run_.text(read.path[1]);
      add_value(fmt::format("task.ext.{}", key), context_.ext(key));
      return;
    }
    if (read.binding.kind != lang::BindingKind::implicit || name != "params") return;
    const auto value = follow(run_, read);
    if (!value) return;
    std::string full(name);
    for (const lang::Name part : read.path) full.append(".").append(run_.text(part));
    add_value("global " + full, *value);
  }

  /// A script and its template may read the same.
  void add_value(const std::string& name, const Value& value) {
    const bool is_known = std::any_of(spec_.key.begin(), spec_.key.end(),
                                      [&](const KeyPart& part) { return part.name == name; });
    if (!is_known) spec_.key.push_back(value_part(name, value));
  }

  /// Programs of the project and of the module that the script names.
  void add_programs() {
    if (spec_.script.empty()) return;
    for (const std::string& bin : context_.unit().bin_dirs) {
      for (const std::string& name : base::list_folder(bin)) {
        if (spec_.script.find(name) == std::string::npos) continue;
        spec_.key.push_back(value_part("program " + name, lang::make_path(bin + "/" + name)));
      }
    }
  }

  TaskContext& context_;
  TaskSpec& spec_;
  RunContext& run_;
  const lang::ProcessDecl& declaration_;
};

std::string untagged_name(const ProcessUnit& unit, const TaskRequest& request) {
  return request.singleton ? unit.qualified_name
                           : fmt::format("{} ({})", unit.qualified_name, request.index);
}

/// What no evaluation is needed for.
TaskSpec plain_task(const TaskContext& context, const TaskRequest& request) {
  const ProcessUnit& unit = context.unit();
  const dataflow::Place place = unit.run.place(unit.declaration.name_span);
  TaskSpec spec;
  spec.process = unit.id;
  spec.index = request.index;
  spec.attempt = context.attempt();
  spec.name = untagged_name(unit, request);
  spec.source_place = fmt::format("{}:{}", place.file, place.line);
  return spec;
}

std::string task_name(TaskContext& context, const TaskRequest& request, TaskSpec& spec) {
  const std::string& process = context.unit().qualified_name;
  if (const auto tag = context.text("tag"); tag && !tag->empty()) {
    spec.tag = *tag;
    return fmt::format("{} ({})", process, *tag);
  }
  return untagged_name(context.unit(), request);
}

std::int64_t whole_number(TaskContext& context, std::string_view name, std::int64_t otherwise) {
  const Value value = context.value(name);
  return lang::is_number(value) ? lang::to_int64(value) : otherwise;
}

}  // namespace

std::optional<TaskSpec> build_task(const std::shared_ptr<TaskContext>& kept,
                                   const TaskRequest& request, const PreviousAttempt* previous) {
  TaskContext& context = *kept;
  const ProcessUnit& unit = context.unit();
  if (previous != nullptr) context.set_previous(previous->failure, previous->context);
  TaskSpec spec = plain_task(context, request);
  if (unit.declaration.typed) {
    bind_typed_inputs(context, request.values, spec);
  } else {
    bind_inputs(context, request.values, spec);
  }
  if (unit.declaration.when != nullptr &&
      !lang::truth(context.settled(context.evaluate(*unit.declaration.when)))) {
    return std::nullopt;
  }
  BodyBuilder(kept, spec).build();
  declare_outputs(context, spec);
  apply_directives(kept, spec);
  spec.name = task_name(context, request, spec);
  context.set_name(spec.name);
  KeyBuilder(context, spec).build();
  return spec;
}

std::optional<BuiltTask> build_task(ProcessUnit& unit, const TaskRequest& request, int attempt,
                                    const PreviousAttempt* previous) {
  auto context = std::make_shared<TaskContext>(unit, request.index, attempt);
  auto spec = build_task(context, request, previous);
  if (!spec) return std::nullopt;
  return BuiltTask{std::move(context), std::move(*spec)};
}

TaskSpec broken_task(TaskContext& context, const TaskRequest& request) {
  TaskSpec spec = plain_task(context, request);
  spec.cache = CacheMode::off;
  try {
    spec.name = task_name(context, request, spec);
    context.set_name(spec.name);
  } catch (const lang::ScriptException&) {
    // The tag is what cannot be evaluated; the task has a name without it.
  } catch (const Error&) {
  }
  return spec;
}

FailureDecision decide_failure(TaskContext& context, const TaskFailure& failure) {
  context.set_result(failure.exit_status, failure.hash, failure.work_dir);
  FailureDecision decision;
  decision.max_retries = whole_number(context, "maxRetries", 1);
  decision.max_errors = whole_number(context, "maxErrors", -1);
  const std::string word = context.text("errorStrategy").value_or("terminate");
  if (word == "terminate") return decision;
  if (word == "finish") {
    decision.strategy = ErrorStrategy::finish;
  } else if (word == "ignore") {
    decision.strategy = ErrorStrategy::ignore;
  } else if (word == "retry") {
    decision.strategy = ErrorStrategy::retry;
  } else {
    throw Error(ErrorKind::input,
                fmt::format("directive 'errorStrategy' of process '{}' does not take '{}'",
                            context.unit().qualified_name, word))
        .with_hint("use one of terminate, finish, ignore, retry");
  }
  return decision;
}

void refuse_unsupported(const ProcessUnit& unit) {
  struct Refused {
    std::string_view directive;
    std::string_view hint;
  };
  static constexpr std::array k_refused{
      Refused{"spack", "use conda, a container, or modules"},
      Refused{"agent", "language models are not supported"},
  };
  const dataflow::Place place = unit.run.place(unit.declaration.name_span);
  const auto refuse = [&](const std::string& what, std::string_view hint) {
    Error error(ErrorKind::usage, fmt::format("process '{}': {}", unit.qualified_name, what));
    throw dataflow::place_error(error, place).with_hint(std::string(hint));
  };
  for (const Refused& row : k_refused) {
    // Many modules name a spack package beside others; it counts where spack is on.
    if (row.directive == "spack" && !unit.run.config.flag("spack.enabled")) continue;
    if (unit.settings.find(row.directive) != nullptr) {
      refuse(fmt::format("the directive '{}' is not supported", row.directive), row.hint);
    }
  }
  if (const auto* const sources = unit.settings.find("executor")) {
    const Value& value = sources->front().value;
    if (sources->front().directive == nullptr && value.is_string() && value.text() != "local") {
      refuse(fmt::format("the executor '{}' is not supported", value.text()),
             "use the executor 'local'");
    }
  }
  if (unit.declaration.script == nullptr) refuse("it has no script", "add a script: block");
}

}  // namespace weir::engine
