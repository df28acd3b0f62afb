// The first half of a session: configuration, scripts, parameters.

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "dataflow/channel_object.hpp"
#include "dataflow/sources.hpp"
#include "engine/internal/session_state.hpp"
#include "engine/params.hpp"
#include "engine/path_lookup.hpp"
#include "engine/program_support.hpp"
#include "engine/remote_reader.hpp"
#include "engine/run_names.hpp"
#include "engine/shell_template.hpp"
#include "engine/validation_settings.hpp"
#include "lang/codes.hpp"
#include "lang/json.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"
#include "schema/parameter_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace weir::engine {

namespace fs = std::filesystem;
using lang::MapObject;
using lang::Value;

namespace {

/// Reads scripts from the disk for the front end.
class DiskLoader final : public lang::SourceLoader {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const auto info = base::file_info(path);
    if (!info || info->type != base::FileInfo::Type::regular) return std::nullopt;
    return base::read_file(path);
  }
};

/// A script is shown by the name it was given by where that is a relative one.
std::string absolute_in(const std::string& folder, const std::string& name) {
  std::string path = (fs::path(folder) / name).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

/// Removes all entries, those of inner maps first.
void empty_map(MapObject& map) {
  for (const auto& entry : map.items.entries()) {
    if (auto* const inner = entry.value.as<MapObject>()) empty_map(*inner);
  }
  map.items.clear();
}

/// One line for each, "file:line:column: text", as upstream's users and their checks know them.
std::string upstream_lines(const lang::Diagnostics& diagnostics, const lang::SourceMap& sources) {
  std::string text;
  for (const lang::Diagnostic& diagnostic : diagnostics.all()) {
    const bool unknown = diagnostic.code == lang::Code::undefined_variable ||
                         diagnostic.code == lang::Code::undefined_function;
    text += fmt::format("{}: {}\n", sources.place(diagnostic.span),
                        unknown ? fmt::format("`{}` is not defined", sources.text(diagnostic.span))
                                : diagnostic.message);
  }
  return text;
}

[[noreturn]] void refuse_diagnostics(const lang::Diagnostics& diagnostics,
                                     const lang::SourceMap& sources, bool upstream) {
  std::string text = upstream ? upstream_lines(diagnostics, sources)
                              : lang::render(diagnostics, sources, lang::Colour::no);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  throw Error(ErrorKind::input, "script compilation failed\n" + text).with_code("script_errors");
}

}  // namespace

Session::State::State(base::EventLoop& event_loop, RunSettings run_settings,
                      RunListener& run_listener, std::string id)
    : loop(event_loop),
      settings(std::move(run_settings)),
      listener(run_listener),
      run_id(std::move(id)),
      script_host(settings, listener),
      interpreter(ast, sources, script_host),
      flow(graph, interpreter, *this) {}

void Session::State::close() {
  // Values may hold objects of the graph and the other way round: the graph's users go first.
  wiring.reset();
  driver.reset();
  early_host.reset();
  trace.reset();
  journal.reset();
  cleaner.reset();
}

Session::State::~State() {
  close();
  // Closures of the configuration hold the maps that hold them; counts alone would keep them.
  if (config.root) empty_map(*config.root);
  for (const Config::Selector& selector : config.selectors) empty_map(*selector.settings);
}

void Session::State::find_project() {
  if (settings.script.empty()) {  // `weir config` in a folder
    project_dir = settings.launch_dir;
    return;
  }
  const std::string path = absolute_in(settings.launch_dir, settings.place());
  const auto info = base::file_info(path);
  if (info && info->type == base::FileInfo::Type::directory) {
    project_dir = path;
  } else {
    project_dir = fs::path(path).parent_path().string();
    read_script(path);
  }
}

void Session::State::find_main_script() {
  if (settings.script.empty() || !facts.script_file.empty()) return;
  const std::string name = !settings.main_script.empty()
                               ? settings.main_script
                               : config.text("manifest.mainScript", "main.nf");
  read_script(project_dir + "/" + name);
}

void Session::State::read_script(const std::string& path) {
  auto text = base::try_read_file(path);
  if (!text) {
    std::string hint = "give the path of a .nf file or of a folder with a main.nf";
    if (settings.script == "-") hint = "a script on standard input is called /dev/stdin";
    throw Error(ErrorKind::input, fmt::format("no such script: '{}'", settings.script))
        .with_hint(hint);
  }
  script_text = std::move(*text);
  facts.script_file = path;
  facts.script_name = fs::path(path).filename().string();
  // Any digest will do; libcrypto's take a millisecond to set up.
  facts.script_id = base::fast_hash(script_text).hex();
}

/// Before the work folder is known.
std::string Session::State::remote_text(const std::string& url) {
  const Value path = lang::parse_path(url);
  const auto& object = path.get<lang::PathObject>();
  if (!can_be_fetched(object.scheme))
    throw Error(ErrorKind::usage, fmt::format("scheme '{}' is not supported", object.scheme));
  const base::TempDir folder;
  RemoteReader reader(settings.environment, folder.path().string(),
                      [this] { script_host.check_cancelled(); });
  return base::read_file(reader.local_copy(object));
}

void Session::State::load_configuration() {
  find_project();
  facts.start_ms = base::to_millis(base::now_wall());
  facts.run_name = settings.run_name.empty() ? make_run_name() : settings.run_name;
  facts.session_id = run_id;
  facts.resume = settings.resume.has_value();
  facts.profile = settings.profiles.empty() ? "standard" : "";
  for (const std::string& profile : settings.profiles)
    facts.profile += (facts.profile.empty() ? "" : ",") + profile;
  fixed_params = engine::fixed_params(settings);

  std::vector<std::string> profiles = settings.profiles;
  if (profiles.empty()) profiles.emplace_back("standard");
  ConfigLoader loader(sources, ast, interpreter,
                      {.profiles = profiles,
                       .launch_dir = settings.launch_dir,
                       .show_profiles = settings.show_profiles,
                       .skip_includes = settings.skip_includes,
                       .fixed_params = fixed_params,
                       .read_remote = [this](const std::string& url) { return remote_text(url); }});
  params = loader.params();
  script_host.set_global("params", params);
  script_host.set_global("projectDir", lang::make_path(project_dir));
  script_host.set_global("baseDir", lang::make_path(project_dir));
  script_host.set_global("launchDir", lang::make_path(settings.launch_dir));
  secrets = lang::make<SecretsObject>(secret_file(settings.environment, settings.user_home));
  script_host.set_global("secrets", secrets);
  if (!settings.only_config.empty()) {
    for (const std::string& file : settings.only_config)
      loader.load(absolute_in(settings.launch_dir, file));
  } else {
    std::vector<std::string> files;
    if (!settings.user_config.empty()) files.push_back(settings.user_config);
    files.push_back(project_dir + "/nextflow.config");
    if (project_dir != settings.launch_dir)
      files.push_back(settings.launch_dir + "/nextflow.config");
    for (const std::string& file : files) {
      if (base::file_info(file)) loader.load(file);
    }
    for (const std::string& file : settings.config_files)
      loader.load(absolute_in(settings.launch_dir, file));
  }
  for (const auto& [name, value] : settings.settings) loader.set(name, value);
  config = loader.finish();
  // Upstream's users look for this line; here the files are read once.
  if (secrets->used())
    listener.on_log(lang::LogLevel::debug,
                    "Config file used secrets -- reloading config with secrets provider");
  set_places();
  set_globals();
}

void Session::State::check_params() const {
  if (!limits.check_params) return;
  limits.check_params(lang::to_json(Value(params), lang::JsonLayout::compact),
                      validation_settings(config));
}

void Session::State::set_places() {
  const std::string work =
      !settings.work_dir.empty() ? settings.work_dir : config.text("workDir", "work");
  const std::string output =
      !settings.output_dir.empty() ? settings.output_dir : config.text("outputDir", "results");
  context.reset(new RunContext{settings, sources, ast, interpreter, script_host, flow,
                               script_host.file_access(), config, settings.launch_dir, project_dir,
                               absolute_in(settings.launch_dir, work),
                               absolute_in(settings.launch_dir, output)});
  context->software = read_software_settings(config, settings, context->work_dir);
  if (context->software.container)
    facts.container_engine = name_of(context->software.container->engine);
  for (const char* const name : {"nextflow.enable.moduleBinaries", "nextflow.enable.strict"})
    set_feature(name, config.flag(name));
  script_host.file_access().set_remote(std::make_unique<RemoteReader>(
      settings.environment, context->work_dir, [this] { script_host.check_cancelled(); }));
  context->placeholders = std::make_unique<Placeholders>(interpreter, sources);
  context->secret = [this](const std::string& name) { return secrets->get(name); };
  const auto threshold =
      base::variable_in(settings.environment, "NXF_WRAPPER_STAGE_FILE_THRESHOLD");
  if (const auto bytes = threshold ? base::parse_bytes(*threshold) : std::nullopt)
    context->stage_bytes_max = static_cast<std::size_t>(*bytes);
}

void Session::State::set_globals() {
  workflow_object = lang::make<WorkflowObject>(*context, facts);
  script_host.set_global("workflow", workflow_object);
  nf_schema = std::make_unique<NfSchema>(*context, params, workflow_object);
  script_host.on_plugin([this](std::string_view name, const lang::Arguments& arguments) {
    std::optional<Value> result = nf_schema->call(name, arguments);
    if (!result || !NfSchema::is_factory(name)) return result;
    return std::optional<Value>(dataflow::channel_value(
        flow, dataflow::list_channel(flow, *result, "channel." + std::string(name))));
  });
  script_host.set_global("nextflow", make_nextflow_object());
  script_host.set_global("log", make_log_object(script_host));
  script_host.set_global("channel", dataflow::make_channel_namespace(flow));
  script_host.set_global("workDir", lang::make_path(context->work_dir));
  std::vector<Value> arguments;
  for (const std::string& argument : settings.arguments)
    arguments.push_back(Value::string(argument));
  script_host.set_global("args", lang::make_list(std::move(arguments)));
  script_host.on_new_folder([this](std::string_view purpose) { return new_folder(purpose); });
  script_host.on_module_dir([this] { return module_dir(); });
  script_host.on_template([this](const std::string& name) { return template_text(name); });
}

Value Session::State::module_dir() const {
  const lang::FileId file = interpreter.call_site().file;
  return lang::make_path(sources.name(file).empty() ? project_dir : context->folder_of(file));
}

std::string Session::State::template_text(const std::string& name) {
  if (context->current_task == nullptr) {
    throw Error(ErrorKind::input, "'template' can only be used in the script of a process");
  }
  TaskContext& task = *context->current_task;
  const std::string own = context->folder_of(task.unit().declaration.span.file);
  for (const std::string& folder :
       {own + "/templates", project_dir + "/templates", std::string()}) {
    const std::string path = absolute_in(folder.empty() ? settings.launch_dir : folder, name);
    const auto text = base::try_read_file(path);
    if (!text) continue;
    // In a `shell:` block placeholders are written `!{…}`, in templates too.
    const bool is_shell = task.unit().declaration.script_kind == lang::ScriptKind::shell;
    return is_shell ? render_shell_template(task, *text, path) : render_template(task, *text, path);
  }
  throw Error(ErrorKind::input, fmt::format("no such template: '{}'", name))
      .with_code(std::string(k_no_template))
      .with_hint(fmt::format("put it into '{}/templates'", project_dir));
}

void Session::State::load_program() {
  find_main_script();
  lang::Diagnostics diagnostics;
  DiskLoader loader;
  program =
      lang::load_program({sources, ast, diagnostics, loader}, {{facts.script_file, script_text}});
  if (!diagnostics.has_errors())
    lang::check_support(*program, ast.names, ProgramSupport(), diagnostics);
  if (diagnostics.has_errors())
    refuse_diagnostics(diagnostics, sources, settings.upstream_messages);
  for (const lang::Diagnostic& diagnostic : diagnostics.all()) {
    base::log(base::LogLevel::debug, "script warning",
              {{"text", lang::render(diagnostic, sources, lang::Colour::no)}});
  }
}

void Session::State::load_with_params() {
  load_configuration();
  load_program();
  evaluate_params();
  // Before what is missing is refused: a schema names every fault.
  check_params();
}

void Session::State::refuse_missing_params() const {
  if (missing_params.empty()) return;
  throw Error(ErrorKind::input,
              fmt::format("Parameter `{}` is required but was not given", missing_params.front()))
      .with_hint("give it with --" + base::join(missing_params, " and --"));
}

void Session::State::evaluate_params() {
  // Configuration files may ask for what none of them sets; scripts are told.
  script_host.on_undefined_param([this](std::string_view name) { tell_undefined_param(name); });
  run_declarations(program->main());
  params->keeps_first = true;
}

/// Features count whether the script or the configuration switches them; the others change nothing
/// here.
void Session::State::set_feature(std::string_view name, bool on) {
  if (name == "nextflow.enable.moduleBinaries") context->module_binaries = on;
  if (name == "nextflow.enable.strict") {
    context->strict = on;
    flow.set_strict(on);
  }
}

/// Each name once: a misspelt one is often read for every item.
void Session::State::tell_undefined_param(std::string_view name) {
  if (!undefined_params.emplace(name).second) return;
  std::vector<std::string> known;
  for (const auto& param : params->items.entries()) known.push_back(lang::to_text(param.key));
  const std::string text = fmt::format(
      "Access to undefined parameter `{0}` -- Initialise it to a default value eg. `params.{0} = "
      "some_value`{1}",
      name, did_you_mean(base::nearest(name, known)));
  if (context->strict) throw lang::script_error("AbortOperationException", text);
  listener.on_log(lang::LogLevel::warn, text);
}

void Session::State::run_declarations(const lang::Module& module) {
  if (std::find(evaluated_modules.begin(), evaluated_modules.end(), &module) !=
      evaluated_modules.end())
    return;
  evaluated_modules.push_back(&module);
  for (const lang::Declaration* declaration : module.declarations) {
    switch (declaration->kind) {
      case lang::DeclKind::params_block:
        set_declared_params(declaration->as<lang::ParamsDecl>());
        break;
      case lang::DeclKind::feature_flag: {
        const auto& flag = declaration->as<lang::FeatureFlagDecl>();
        lang::Frame none(0);
        set_feature(ast.names.text(flag.name),
                    lang::truth(interpreter.evaluate(*flag.value, none)));
        break;
      }
      case lang::DeclKind::legacy_param:
        set_legacy_param(declaration->as<lang::LegacyParamDecl>());
        break;
      case lang::DeclKind::include: {
        const auto& include = declaration->as<lang::IncludeDecl>();
        if (include.target != nullptr) run_declarations(*include.target);
        break;
      }
      default: break;
    }
  }
}

/// `params.x = value` gives way to what the configuration and the command line say.
void Session::State::set_legacy_param(const lang::LegacyParamDecl& declaration) {
  lang::Frame frame(declaration.frame_size);
  lang::Ref<MapObject> map = params;
  for (std::size_t i = 0; i + 1 < declaration.path.size(); ++i) {
    map = child_map(*map, ast.names.text(declaration.path[i]));
  }
  const std::string_view name = ast.names.text(declaration.path.back());
  const Value* const known = map->items.find(name);
  if (known != nullptr) return;
  map->items.put(name, interpreter.evaluate(*declaration.value, frame));
}

void Session::State::set_declared_params(const lang::ParamsDecl& declaration) {
  std::vector<std::string> known;
  for (const lang::FieldDecl& field : declaration.fields)
    known.emplace_back(ast.names.text(field.name));
  const auto is_known = [&](const std::string& name) {
    return std::find(known.begin(), known.end(), name) != known.end();
  };
  for (const auto& given : fixed_params->items.entries()) {
    const std::string top = lang::to_text(given.key);
    if (is_known(top) || is_known(schema::camel_case(top))) continue;
    throw Error(
        ErrorKind::input,
        fmt::format("Parameter `{}` was specified, but the script does not declare it", top));
  }
  lang::Frame frame(declaration.frame_size);
  const ParamTyping typing{interpreter, ast, settings};
  for (const lang::FieldDecl& field : declaration.fields) {
    const std::string name(ast.names.text(field.name));
    const std::string type(field.type == nullptr ? "" : ast.names.text(field.type->name));
    const Value* const given = params->items.find(name);
    if (given != nullptr) {
      params->items.put(name, typed_param(typing, name, field.type, *given));
    } else if (field.default_value != nullptr) {
      const Value value = interpreter.evaluate(*field.default_value, frame);
      params->items.put(name, typed_default(typing, name, field.type, value));
    } else if (type == "Boolean") {
      params->items.put(name, Value::boolean(false));
    } else if (field.type != nullptr && field.type->nullable) {
      params->items.put(name, Value());
    } else {
      missing_params.push_back(name);
    }
  }
}

}  // namespace weir::engine
