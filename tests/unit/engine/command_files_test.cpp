#include "engine/command_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace weir::engine;
using weir::base::TempDir;
using Words = std::vector<std::string>;

namespace {

TaskSpec spec_of(std::string script) {
  TaskSpec spec;
  spec.name = "P";
  spec.script = std::move(script);
  return spec;
}

/// Writes the files into a directory and runs the wrapper there, as a user would.
weir::base::CommandResult run_by_hand(const TaskSpec& spec, const TempDir& dir) {
  const CommandFiles files = make_command_files(spec, dir.path().native(), "/tmp");
  weir::base::write_file(dir.path() / ".command.sh", files.script);
  weir::base::write_file(dir.path() / ".command.run", files.wrapper);
  if (spec.stdin_text) weir::base::write_file(dir.path() / ".command.in", *spec.stdin_text);
  weir::base::SpawnOptions options;
  options.argv = {"bash", (dir.path() / ".command.run").native()};
  options.directory = "/";
  return weir::base::run_command(options);
}

}  // namespace

TEST_SUITE("command files") {
  TEST_CASE("a script without a shebang gets the shell's, and one bash runs it") {
    const CommandFiles files = make_command_files(spec_of("\n  echo hi\n  "), "/w/ab", "/tmp");
    CHECK(files.script == "#!/bin/bash -ue\necho hi\n");
    CHECK(files.argv == Words{"/bin/bash", "-ue", "/w/ab/.command.sh"});
    CHECK_FALSE(files.wrapper_stages);
  }

  TEST_CASE("a script's own interpreter runs it") {
    const CommandFiles files =
        make_command_files(spec_of("#!/usr/bin/env python3\nprint(1)"), "/w", "/tmp");
    CHECK(files.script == "#!/usr/bin/env python3\nprint(1)\n");
    CHECK(files.argv == Words{"/usr/bin/env", "python3", "/w/.command.sh"});
  }

  TEST_CASE("a shell without a path is found through env") {
    TaskSpec spec = spec_of("true");
    spec.shell = {"sh", "-e"};
    const CommandFiles files = make_command_files(spec, "/w", "/tmp");
    CHECK(files.script.starts_with("#!/usr/bin/env sh -e\n"));
    CHECK(files.argv == Words{"/usr/bin/env", "sh", "-e", "/w/.command.sh"});
  }

  TEST_CASE("beforeScript, afterScript and scratch need the wrapper") {
    for (std::string TaskSpec::*field :
         {&TaskSpec::before_script, &TaskSpec::after_script, &TaskSpec::scratch}) {
      TaskSpec spec = spec_of("true");
      spec.*field = "true";
      const CommandFiles files = make_command_files(spec, "/w", "/tmp");
      CHECK(files.argv == Words{"/bin/bash", "/w/.command.run"});
      CHECK(files.wrapper_stages);
    }
  }

  TEST_CASE("the wrapper repeats a task alone: inputs, environment, standard input, status") {
    const TempDir dir;
    const TempDir data;
    weir::base::write_file(data.path() / "it's data", "content");
    TaskSpec spec = spec_of("cat; cat 'sub/in put'; echo \" $GREETING\"; exit 3");
    spec.inputs = {{(data.path() / "it's data").native(), "sub/in put"}};
    spec.stdin_text = "from stdin ";
    spec.environment["GREETING"] = "hello 'you'";
    const auto result = run_by_hand(spec, dir);
    CHECK(result.output == "from stdin content hello 'you'\n");
    CHECK(result.exit.status == 3);
    CHECK(run_by_hand(spec, dir).output == result.output);  // and again
  }

  TEST_CASE("beforeScript's exports reach the script, afterScript runs at the end") {
    const TempDir dir;
    TaskSpec spec = spec_of("echo $FROM_BEFORE");
    spec.before_script = "echo before; export FROM_BEFORE=yes";
    spec.after_script = "echo after";
    const auto result = run_by_hand(spec, dir);
    CHECK(result.output == "yes\n");
    CHECK(result.errors == "before\nafter\n");
    spec.after_script = "false";
    CHECK(run_by_hand(spec, dir).exit.status == 1);
    spec.script = "exit 7";
    CHECK(run_by_hand(spec, dir).exit.status == 7);
  }

  TEST_CASE("with scratch the task runs elsewhere and only its outputs come back") {
    const TempDir dir;
    const TempDir scratch;
    TaskSpec spec = spec_of("pwd; mkdir -p d; echo 1 > 'd/a b.txt'; echo 2 > temporary");
    spec.scratch = scratch.path().native();
    spec.path_outputs.push_back({.patterns = {"d/*.txt"}, .type = {}, .arity = {}});
    const auto result = run_by_hand(spec, dir);
    CHECK(result.exit.status == 0);
    CHECK(result.output.starts_with(scratch.path().native()));
    CHECK(weir::base::read_file(dir.path() / "d" / "a b.txt") == "1\n");
    CHECK_FALSE(weir::base::file_info(dir.path() / "temporary").has_value());
    CHECK(weir::base::list_folder(scratch.path()).empty());
  }

  TEST_CASE("env and eval values are captured as they are") {
    const TempDir dir;
    TaskSpec spec = spec_of("A='two\nlines'; B=; C='B=x'");
    spec.env_outputs = {"A", "B", "C"};
    spec.eval_outputs = {{"weir_eval_1", "echo 'v 1.2'; echo \"more\""}, {"weir_eval_2", "true"}};
    spec.environment["NXF_TASK_WORKDIR"] = dir.path().native();
    REQUIRE(run_by_hand(spec, dir).exit.status == 0);
    const CapturedEnv captured =
        parse_captured_env(spec, weir::base::read_file(dir.path() / ".command.env"));
    CHECK(captured.failure.empty());
    REQUIRE(captured.env.size() == 3);
    CHECK(captured.env[0] == "two\nlines");
    CHECK(captured.env[1] == "");
    CHECK(captured.env[2] == "B=x");
    CHECK(captured.eval == Words{"v 1.2\nmore", ""});
  }

  TEST_CASE("an eval command that fails says why; missing values are missing") {
    const TempDir dir;
    TaskSpec spec = spec_of("true");
    spec.eval_outputs = {{"e", "echo wrong >&2; exit 4"}};
    REQUIRE(run_by_hand(spec, dir).exit.status == 0);
    const CapturedEnv captured =
        parse_captured_env(spec, weir::base::read_file(dir.path() / ".command.env"));
    CHECK(captured.failure.find("exit status 4") != std::string::npos);
    CHECK(captured.failure.find("wrong") != std::string::npos);
    spec.eval_outputs.clear();
    spec.env_outputs = {"X"};
    CHECK_FALSE(parse_captured_env(spec, "").env[0].has_value());
    CHECK_FALSE(parse_captured_env(spec, "X=cut short").env[0].has_value());
  }

  TEST_CASE("env outputs of a script for another interpreter are refused") {
    TaskSpec spec = spec_of("#!/usr/bin/python3\n1");
    spec.env_outputs = {"X"};
    CHECK_THROWS_AS((void)make_command_files(spec, "/w", "/tmp"), weir::Error);
  }

  TEST_CASE("the task's environment adds to weir's own, PATH at the end") {
    TaskSpec spec = spec_of("true");
    spec.environment = {{"PATH", "/project/bin"}, {"HOME", "/elsewhere"}, {"NEW", "1"}};
    const Words all = task_environment(spec, "/w", {"HOME=/home", "PATH=/usr/bin", "KEEP=2"});
    const auto has = [&](const char* entry) {
      return std::find(all.begin(), all.end(), entry) != all.end();
    };
    CHECK(has("PATH=/usr/bin:/project/bin"));
    CHECK(has("HOME=/elsewhere"));
    CHECK_FALSE(has("HOME=/home"));
    CHECK(has("KEEP=2"));
    CHECK(has("NEW=1"));
    CHECK(has("NXF_TASK_WORKDIR=/w"));
  }
}
