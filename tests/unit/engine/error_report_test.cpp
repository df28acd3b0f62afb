#include "engine/error_report.hpp"

#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir::engine;

namespace {

TaskFailure sample() {
  TaskFailure failure;
  failure.name = "ALIGN (s1)";
  failure.exit_status = 127;
  failure.cause = "Process `ALIGN (s1)` terminated with an error exit status (127)";
  failure.script = "bwa mem ref.fa\necho done\n";
  failure.work_dir = "/w/ab/cdef";
  return failure;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("error report") {
  TEST_CASE("the report has upstream's parts in their order, and a tip for the exit status") {
    CHECK(format_report(sample(), {"line 1\n", "/w/ab/cdef/.command.sh: bwa: not found\n"}) ==
          "Error executing process > 'ALIGN (s1)'\n"
          "\n"
          "Caused by:\n"
          "  Process `ALIGN (s1)` terminated with an error exit status (127)\n"
          "\n"
          "\n"
          "Command executed:\n"
          "\n"
          "  bwa mem ref.fa\n"
          "  echo done\n"
          "\n"
          "Command exit status:\n"
          "  127\n"
          "\n"
          "Command output:\n"
          "  line 1\n"
          "\n"
          "Command error:\n"
          "  .command.sh: bwa: not found\n"
          "\n"
          "Work dir:\n"
          "  /w/ab/cdef\n"
          "\n"
          "Tip: exit status 127 usually means: a command was not found (is it installed and on "
          "the PATH?). repeat the task alone with `bash .command.run` in its work dir");
  }

  TEST_CASE("a task that never ran has no status, and empty output says so") {
    TaskFailure failure = sample();
    failure.exit_status = -1;
    const std::string report = format_report(failure, {});
    CHECK(has(report, "Command exit status:\n  -\n"));
    CHECK(has(report, "Command output:\n  (empty)\n"));
    CHECK_FALSE(has(report, "Command error:"));
  }

  TEST_CASE("only the last lines are shown, and nothing that could drive a terminal") {
    std::string long_output;
    for (int i = 1; i <= 200; ++i) long_output += "line " + std::to_string(i) + "\n";
    const std::string report = format_report(sample(), {long_output, "\x1b[2Jboom\n"});
    CHECK_FALSE(has(report, "line 150\n"));
    CHECK(has(report, "line 151\n"));
    CHECK(has(report, "line 200\n"));
    CHECK_FALSE(has(report, "\x1b"));
    CHECK(has(report, "boom"));
  }

  TEST_CASE("the tail of a large file is read, a missing one is empty") {
    const weir::base::TempDir dir;
    weir::base::write_file(dir.path() / ".command.out", std::string(1 << 20, 'x') + "\nthe end\n");
    const TaskOutputTail tail = read_output_tail(dir.path().native());
    CHECK(tail.output.size() <= 64 * 1024);
    CHECK(tail.output.ends_with("\nthe end\n"));
    CHECK(tail.errors.empty());
  }

  TEST_CASE("well-known exit statuses are explained") {
    for (const int status : {126, 127, 137, 139, 143}) CHECK_FALSE(meaning_of_exit(status).empty());
    CHECK(meaning_of_exit(1).empty());
    CHECK(meaning_of_exit(0).empty());
  }
}
