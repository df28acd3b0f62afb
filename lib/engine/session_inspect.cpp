// Instead of a run: which image each process would use.

#include "base/error.hpp"
#include "engine/internal/session_state.hpp"
#include "engine/software_settings.hpp"
#include "engine/task_directives.hpp"
#include "lang/callable.hpp"

namespace weir::engine {

using lang::Value;

namespace {

/// The image as the engine would be asked for it; those that run files get them by other names only
/// when they are pulled.
std::string asked_for(const ContainerSettings& engine, const std::string& image) {
  return has_named_containers(engine.engine) ? image_reference(engine, image) : image;
}

/// What an input variable holds where there is no task: whatever is asked of it is an error.
class NoInput final : public lang::NativeObject {
 public:
  explicit NoInput(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string_view type_name() const override { return "input"; }
  std::optional<Value> property(lang::Interpreter&, std::string_view) override { refuse(); }
  std::optional<Value> call_method(lang::Interpreter&, std::string_view,
                                   const lang::Arguments&) override {
    refuse();
  }
  std::optional<Value> call(lang::Interpreter&, const lang::Arguments&) override { refuse(); }
  std::optional<Value> index(lang::Interpreter&, const Value&) override { refuse(); }
  std::optional<Value> apply(lang::Interpreter&, lang::NativeOperator, const Value&,
                             bool) override {
    refuse();
  }
  [[nodiscard]] bool truth() const override { refuse(); }
  [[nodiscard]] std::string to_text() const override { refuse(); }
  [[nodiscard]] bool equals(const Value&) const override { refuse(); }

 private:
  [[noreturn]] void refuse() const {
    throw lang::script_error("IllegalStateException", "it depends on the input '" + name_ + "'");
  }

  std::string name_;
};

void bind_no_input(TaskContext& task, const lang::List<lang::ProcessInput>& inputs) {
  for (const lang::ProcessInput& input : inputs) {
    if (input.name != lang::Name::none) {
      const std::string name(task.unit().run.text(input.name));
      task.frame().set(input.slot, lang::make<NoInput>(name), input.cell);
    }
    bind_no_input(task, input.elements);
  }
}

/// The image, of which nothing is known when it depends on the task's inputs.
ProcessContainer container_of(ProcessUnit& unit, const ContainerSettings& engine) {
  try {
    TaskContext task(unit, 0, 1);
    bind_no_input(task, unit.declaration.inputs);
    const std::optional<std::string> image = container_image(task);
    return {unit.name, image ? asked_for(engine, *image) : "", ""};
  } catch (const lang::ScriptException& exception) {
    return {unit.name, "", exception.what()};
  } catch (const Error& error) {
    return {unit.name, "", error.what()};
  }
}

}  // namespace

std::vector<ProcessContainer> Session::State::containers() {
  load_configuration();
  load_program();
  evaluate_params();
  // Without an engine the image is named as Docker would be asked for it.
  const ContainerSettings engine = context->software.container.value_or(
      read_container_settings(config, settings, context->work_dir, ContainerEngine::docker));
  std::vector<ProcessContainer> found;
  for (const auto& module : program->modules) {
    for (const lang::Declaration* const declaration : module->declarations) {
      if (declaration->kind != lang::DeclKind::process) continue;
      const auto& process = declaration->as<lang::ProcessDecl>();
      const std::string name(ast.names.text(process.name));
      ProcessUnit unit{*context, process, name, name,
                       ProcessSettings(*context, process, name, name)};
      ProcessContainer container = container_of(unit, engine);
      if (!container.image.empty() || !container.unknown.empty())
        found.push_back(std::move(container));
    }
  }
  return found;
}

std::vector<ProcessContainer> Session::containers() {
  try {
    return state_->containers();
  } catch (const lang::ScriptException& exception) {
    state_->refuse(exception);
  }
}

}  // namespace weir::engine
