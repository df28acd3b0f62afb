#include "engine/task_directives.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/conda_command.hpp"
#include "engine/container_command.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

[[noreturn]] void refuse(TaskContext& context, std::string_view directive, const std::string& given,
                         const std::string& hint) {
  throw Error(ErrorKind::input, fmt::format("directive '{}' of process '{}' does not take '{}'",
                                            directive, context.unit().qualified_name, given))
      .with_hint(hint);
}

std::string absolute(const TaskContext& context, const std::string& path) {
  return (std::filesystem::path(context.unit().run.launch_dir) / path).lexically_normal().string();
}

template <typename T>
struct Word {
  std::string_view word;
  T meaning;
};

template <typename T, std::size_t N>
T meaning_of(TaskContext& context, std::string_view directive, const std::string& given,
             const std::array<Word<T>, N>& words) {
  std::vector<std::string> known;
  for (const Word<T>& row : words) {
    if (row.word == given) return row.meaning;
    known.emplace_back(row.word);
  }
  refuse(context, directive, given, "use one of " + base::join(known, ", "));
}

constexpr std::array k_publish_modes{Word<PublishMode>{"symlink", PublishMode::symlink},
                                     Word<PublishMode>{"rellink", PublishMode::rellink},
                                     Word<PublishMode>{"link", PublishMode::link},
                                     Word<PublishMode>{"copy", PublishMode::copy},
                                     Word<PublishMode>{"copyNoFollow", PublishMode::copy_no_follow},
                                     Word<PublishMode>{"move", PublishMode::move}};
constexpr std::array k_stage_modes{
    Word<StageMode>{"symlink", StageMode::symlink}, Word<StageMode>{"rellink", StageMode::rellink},
    Word<StageMode>{"link", StageMode::link}, Word<StageMode>{"copy", StageMode::copy}};
constexpr std::array k_stage_out_modes{Word<StageOutMode>{"copy", StageOutMode::copy},
                                       Word<StageOutMode>{"move", StageOutMode::move},
                                       Word<StageOutMode>{"rsync", StageOutMode::rsync},
                                       Word<StageOutMode>{"rclone", StageOutMode::rclone},
                                       Word<StageOutMode>{"fcp", StageOutMode::fcp}};
constexpr std::array k_cache_modes{Word<CacheMode>{"true", CacheMode::standard},
                                   Word<CacheMode>{"standard", CacheMode::standard},
                                   Word<CacheMode>{"false", CacheMode::off},
                                   Word<CacheMode>{"off", CacheMode::off},
                                   Word<CacheMode>{"lenient", CacheMode::lenient},
                                   Word<CacheMode>{"deep", CacheMode::deep}};

/// As upstream reads the switches of `publishDir`: by their text, so that 1 and 'yes' are false.
bool says_true(const Value& value) {
  return base::to_lower_ascii(lang::to_text(value)) == "true";
}

/// One `publishDir`; nothing when it is not enabled or has no folder.
std::optional<PublishRule> publish_rule(const std::shared_ptr<TaskContext>& context,
                                        const DirectiveValue& value) {
  PublishRule rule;
  Value path = value.first();
  if (value.named) {
    for (const auto& entry : value.named->items.entries()) {
      const std::string name = lang::to_text(entry.key);
      if (name == "saveAs") {
        auto* const closure = entry.value.as<lang::ClosureObject>();
        if (closure == nullptr)
          refuse(*context, "publishDir", lang::to_short_text(entry.value), "saveAs is a closure");
        const Value bound(closure->with_scope(context->scope()));
        rule.save_as = [context, bound](const std::string& file) -> std::optional<std::string> {
          const Value answer = context->unit().run.interpreter.call(bound, Value::string(file));
          if (answer.is_null()) return std::nullopt;
          return lang::to_text(answer);
        };
        continue;
      }
      const Value given = context->settled(entry.value);
      if (name == "path") path = given;
      if (given.is_null()) continue;
      if (name == "enabled" && !says_true(given)) return std::nullopt;
      if (name == "mode") {
        rule.mode = meaning_of(*context, "publishDir", lang::to_text(given), k_publish_modes);
      } else if (name == "pattern") {
        rule.pattern = lang::to_text(given);
      } else if (name == "overwrite") {
        rule.overwrite = lang::truth(given);
      } else if (name == "failOnError") {
        rule.fail_on_error = says_true(given) || context->unit().run.strict;
      }
    }
  }
  path = context->settled(path);
  if (path.is_null()) return std::nullopt;
  const std::string folder = lang::to_text(path);
  if (folder.find("://") != std::string::npos) {
    refuse(*context, "publishDir", folder, "only local folders are supported");
  }
  rule.folder = absolute(*context, folder);
  return rule;
}

void apply_resources(TaskContext& context, Resources& resources) {
  resources.cpus = context.cpus();
  if (const Value memory = context.memory_value("memory"); !memory.is_null())
    resources.memory_bytes = memory.as_int64();
  if (const Value disk = context.memory_value("disk"); !disk.is_null())
    resources.disk_bytes = disk.as_int64();
  if (const Value time = context.duration_value("time"); !time.is_null())
    resources.time = std::chrono::milliseconds(time.as_int64());
  const Value accelerator = context.value("accelerator");
  if (accelerator.is_integer()) resources.accelerators = accelerator.as_int64();
  if (const auto* const map = accelerator.as<MapObject>()) {
    const Value* const request = map->items.find("request");
    const Value* const limit = map->items.find("limit");
    const Value* const wanted = request != nullptr ? request : limit;
    if (wanted != nullptr && wanted->is_integer()) resources.accelerators = wanted->as_int64();
  }
  // `accelerator 1, type: 'x'`: the number stands before the options.
  const auto& given = context.directive("accelerator");
  if (!given.empty() && given.front().named) {
    const Value* const type = given.front().named->items.find("type");
    if (type != nullptr && !type->is_null()) resources.accelerator_type = lang::to_text(*type);
  }
}

void apply_environment(TaskContext& context, TaskSpec& spec) {
  const RunContext& run = context.unit().run;
  if (const Value* const env = run.config.find("env")) {
    if (const auto* const map = env->as<MapObject>()) {
      for (const auto& entry : map->items.entries()) {
        if (!entry.value.is_null())
          spec.environment.emplace(lang::to_text(entry.key), lang::to_text(entry.value));
      }
    }
  }
  for (const std::string& bin : context.unit().bin_dirs) {
    std::string& path = spec.environment["PATH"];
    path = path.empty() ? bin : path + ":" + bin;
  }
}

void apply_shell(TaskContext& context, TaskSpec& spec) {
  const auto& shell = context.directive("shell");
  if (shell.empty()) return;
  std::vector<std::string> words;
  for (const Value& value : shell.front().values) {
    if (lang::is_collection(value)) {
      for (const Value& item : lang::elements_of(value)) words.push_back(lang::to_text(item));
      continue;
    }
    // A setting may be one text with blanks: "/bin/bash -euo pipefail".
    const std::string text = lang::to_text(value);
    for (const std::string_view word : base::split(text, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
  }
  if (!words.empty()) spec.shell = std::move(words);
}

void apply_scratch(TaskContext& context, TaskSpec& spec) {
  const Value scratch = context.value("scratch");
  if (scratch.is_null() || (scratch.kind() == lang::Kind::boolean && !scratch.as_boolean())) return;
  spec.scratch = lang::to_text(scratch);
  if (spec.scratch == "false") spec.scratch.clear();
}

void apply_container(TaskContext& context, TaskSpec& spec) {
  const auto& settings = context.unit().run.software.container;
  if (!settings) return;
  const auto image = container_image(context);
  if (!image) return;
  // One object for all tasks of the run.
  spec.container_settings =
      std::shared_ptr<const ContainerSettings>(std::shared_ptr<const void>(), &*settings);
  spec.container = image_reference(*settings, *image);
  spec.image_pull = pull_snippet(*settings, *image);
  spec.container_options = context.text("containerOptions").value_or("");
  const Value arch = context.value("arch");
  if (const auto* const map = arch.as<MapObject>()) {
    if (const Value* const name = map->items.find("name"))
      spec.container_platform = lang::to_text(*name);
  } else if (!arch.is_null()) {
    spec.container_platform = lang::to_text(arch);
  }
}

void apply_conda(TaskContext& context, TaskSpec& spec) {
  const CondaSettings& settings = context.unit().run.software.conda;
  if (!settings.enabled) return;
  const auto given = context.text("conda");
  if (!given || base::trim(*given).empty()) return;
  std::string specification(base::trim(*given));
  // A relative name may be a file beside the launch, or a package.
  std::string content;
  bool is_folder = false;
  if (specification.find_first_of(" =") == std::string::npos) {
    const std::string path = absolute(context, specification);
    const auto info = base::file_info(path);
    if (info) specification = path;
    is_folder = info && info->type == base::FileInfo::Type::directory;
    if (info && !is_folder) content = base::read_file(path);
  }
  const CondaEnvironment environment =
      conda_environment(settings, specification, content, is_folder);
  spec.conda = environment.prefix;
  spec.conda_setup = conda_snippet(settings, environment);
}

void apply_software(TaskContext& context, TaskSpec& spec) {
  for (const DirectiveValue& directive : context.directive("module")) {
    for (const Value& value : directive.values) {
      const std::string names = lang::to_text(value);
      for (const std::string_view name : base::split(names, ':')) {
        if (!name.empty()) spec.modules.emplace_back(name);
      }
    }
  }
  apply_container(context, spec);
  if (spec.container.empty()) apply_conda(context, spec);
}

void apply_secrets(TaskContext& context, TaskSpec& spec) {
  for (const DirectiveValue& directive : context.directive("secret")) {
    for (const Value& value : directive.values) {
      for (const Value& item :
           lang::is_collection(value) ? lang::elements_of(value) : std::vector<Value>{value}) {
        const std::string name = item.is_null() ? std::string() : lang::to_text(item);
        if (name.empty()) continue;  // `secret secrets.KEY ? 'KEY' : ''`
        const auto secret = context.unit().run.secret(name);
        if (!secret) {
          throw Error(ErrorKind::input, fmt::format("there is no secret '{}', which process '{}' "
                                                    "asks for",
                                                    name, context.unit().qualified_name))
              .with_hint("set it: weir secrets set " + name);
        }
        spec.secrets[name] = *secret;
      }
    }
  }
}

}  // namespace

std::optional<std::string> container_image(TaskContext& context) {
  const Value given = context.value("container");
  return lang::truth(given) ? std::optional(lang::to_text(given)) : std::nullopt;
}

Resources resources_of(TaskContext& context) {
  Resources resources;
  apply_resources(context, resources);
  return resources;
}

void apply_directives(const std::shared_ptr<TaskContext>& shared, TaskSpec& spec) {
  TaskContext& context = *shared;
  apply_resources(context, spec.resources);
  apply_environment(context, spec);
  apply_shell(context, spec);
  apply_scratch(context, spec);
  apply_software(context, spec);
  apply_secrets(context, spec);
  spec.debug = context.flag("debug") || context.flag("echo");
  spec.before_script = context.text("beforeScript").value_or("");
  spec.after_script = context.text("afterScript").value_or("");
  spec.queue = context.text("queue").value_or("");
  if (const auto folder = context.text("storeDir")) spec.store_dir = absolute(context, *folder);
  if (const auto mode = context.text("stageInMode")) {
    spec.stage_in_mode = meaning_of(context, "stageInMode", *mode, k_stage_modes);
  }
  if (const auto mode = context.text("stageOutMode"))
    spec.stage_out_mode = meaning_of(context, "stageOutMode", *mode, k_stage_out_modes);
  spec.stage_bytes_max = context.unit().run.stage_bytes_max;
  if (const auto mode = context.text("cache"))
    spec.cache = meaning_of(context, "cache", *mode, k_cache_modes);
  for (const DirectiveValue& value : context.directive("publishDir")) {
    if (auto rule = publish_rule(shared, value)) spec.publish.push_back(std::move(*rule));
  }
  if (const auto& exits = context.directive("validExitStatus"); !exits.empty()) {
    spec.valid_exits.clear();
    for (const Value& value : exits.front().values) {
      for (const Value& item : lang::elements_of(value))
        spec.valid_exits.push_back(lang::to_int32(item));
    }
  }
}

}  // namespace weir::engine
