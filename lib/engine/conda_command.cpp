#include "engine/conda_command.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace weir::engine {
namespace {

using base::shell_quote;
using Kind = CondaEnvironment::Kind;

Kind kind_of(std::string_view specification, bool is_folder) {
  if (is_folder) return Kind::folder;
  if (specification.ends_with(".yml") || specification.ends_with(".yaml")) return Kind::yaml_file;
  return specification.ends_with(".txt") ? Kind::text_file : Kind::packages;
}

/// `conda env create` reads YAML; `micromamba` knows one command for all.
std::string create_command(const CondaSettings& settings, const CondaEnvironment& environment) {
  const bool micro = settings.program == "micromamba";
  const bool from_yaml = environment.kind == Kind::yaml_file;
  std::string text = settings.program + (from_yaml && !micro ? " env create" : " create");
  if (!settings.create_options.empty()) text += " " + settings.create_options;
  // `conda env create` never asks, and old ones do not know the option.
  if (settings.program != "conda" || !from_yaml) text += " --yes";
  text += " --quiet --prefix \"$weir_env\"";
  if (environment.kind != Kind::packages)
    return text + " --file " + shell_quote(environment.specification);
  for (const std::string& channel : settings.channels) text += " -c " + shell_quote(channel);
  for (const std::string_view package : base::split(environment.specification, ' ')) {
    if (!package.empty()) text += " " + shell_quote(package);
  }
  return text;
}

std::string activation(const CondaSettings& settings) {
  if (settings.program == "micromamba")
    return "eval \"$(micromamba shell hook --shell bash)\" && micromamba activate \"$weir_env\" || "
           "exit 1\n";
  return "source \"$(conda info --base)/bin/activate\" \"$weir_env\" || exit 1\n";
}

}  // namespace

CondaEnvironment conda_environment(const CondaSettings& settings, std::string_view specification,
                                   std::string_view content, bool is_folder) {
  CondaEnvironment environment;
  environment.specification = std::string(base::trim(specification));
  environment.kind = kind_of(environment.specification, is_folder);
  if (environment.kind == Kind::folder) {
    environment.prefix = environment.specification;
    return environment;
  }
  base::FastHasher hasher;
  hasher.update(environment.kind == Kind::packages ? environment.specification : content);
  hasher.update("\n" + base::join(settings.channels, " ") + "\n" + settings.create_options);
  environment.prefix = settings.cache_dir + "/env-" + hasher.finish().hex();
  return environment;
}

std::string conda_snippet(const CondaSettings& settings, const CondaEnvironment& environment) {
  std::string text = "# conda\nweir_env=" + shell_quote(environment.prefix) + "\n";
  if (environment.kind != Kind::folder) {
    text += fmt::format(
        "if [ ! -e \"$weir_env/.weir-complete\" ]; then  # once for all tasks\n"
        "  mkdir -p \"${{weir_env%/*}}\" || exit 1\n"
        "  (\n"
        "    flock 9\n"
        "    [ ! -e \"$weir_env/.weir-complete\" ] || exit 0\n"
        "    rm -rf \"$weir_env\"\n"
        "    timeout {} {} >&2 &&\n"
        "      touch \"$weir_env/.weir-complete\"\n"
        "  ) 9> \"$weir_env.lock\" || exit 1\n"
        "fi\n",
        settings.create_seconds_max, create_command(settings, environment));
  }
  return text + activation(settings);
}

}  // namespace weir::engine
