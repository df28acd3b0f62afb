#include "engine/conda_command.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;
using Kind = CondaEnvironment::Kind;

namespace {

CondaSettings settings_of(const std::string& program) {
  CondaSettings settings;
  settings.enabled = true;
  settings.program = program;
  settings.cache_dir = "/cache";
  return settings;
}

}  // namespace

TEST_SUITE("conda command") {
  TEST_CASE("packages are created from the channels, once, and activated") {
    const CondaSettings settings = settings_of("conda");
    const CondaEnvironment environment =
        conda_environment(settings, " bioconda::samtools=1.17 bcftools ", "", false);
    CHECK(environment.kind == Kind::packages);
    CHECK(environment.prefix.starts_with("/cache/env-"));
    CHECK(
        conda_snippet(settings, environment) ==
        "# conda\nweir_env=" + environment.prefix +
            "\n"
            "if [ ! -e \"$weir_env/.weir-complete\" ]; then  # once for all tasks\n"
            "  mkdir -p \"${weir_env%/*}\" || exit 1\n"
            "  (\n"
            "    flock 9\n"
            "    [ ! -e \"$weir_env/.weir-complete\" ] || exit 0\n"
            "    rm -rf \"$weir_env\"\n"
            "    timeout 1200 conda create --yes --quiet --prefix \"$weir_env\" -c conda-forge -c "
            "bioconda bioconda::samtools=1.17 bcftools >&2 &&\n"
            "      touch \"$weir_env/.weir-complete\"\n"
            "  ) 9> \"$weir_env.lock\" || exit 1\n"
            "fi\n"
            "source \"$(conda info --base)/bin/activate\" \"$weir_env\" || exit 1\n");
  }

  TEST_CASE("a file's content names the environment, not its path") {
    const CondaSettings settings = settings_of("mamba");
    const auto one = conda_environment(settings, "/a/environment.yml", "x", false);
    const auto same = conda_environment(settings, "/b/environment.yml", "x", false);
    const auto other = conda_environment(settings, "/a/environment.yml", "y", false);
    CHECK(one.kind == Kind::yaml_file);
    CHECK(one.prefix == same.prefix);
    CHECK(one.prefix != other.prefix);
    const std::string text = conda_snippet(settings, one);
    CHECK(text.find("mamba env create --yes --quiet --prefix \"$weir_env\" --file "
                    "/a/environment.yml") != std::string::npos);
  }

  TEST_CASE("micromamba has one command for all and its own activation") {
    const CondaSettings settings = settings_of("micromamba");
    const std::string text =
        conda_snippet(settings, conda_environment(settings, "/a/e.yaml", "x", false));
    CHECK(text.find("micromamba create --yes --quiet --prefix") != std::string::npos);
    CHECK(text.find("micromamba activate \"$weir_env\"") != std::string::npos);
  }

  TEST_CASE("a folder is an environment that is there") {
    const CondaSettings settings = settings_of("conda");
    const auto environment = conda_environment(settings, "/opt/env", "", true);
    CHECK(environment.prefix == "/opt/env");
    CHECK(conda_snippet(settings, environment).find("create") == std::string::npos);
  }
}
