#include "engine/trace_file.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/task_spec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir::engine;

namespace {

TaskEvent finished() {
  TaskEvent event;
  event.kind = TaskEvent::Kind::completed;
  event.id = 3;
  event.name = "P (a\tb)";
  event.process_name = "P";
  event.hash = "abcdef0123456789abcdef0123456789";
  event.exit_status = 0;
  event.native_id = 42;
  event.usage = {.submit_ms = 1'000,
                 .start_ms = 1'100,
                 .complete_ms = 3'100,
                 .realtime_ms = 2'000,
                 .user_us = 900'000,
                 .system_us = 100'000,
                 .peak_rss_bytes = 3 << 20};
  return event;
}

}  // namespace

TEST_SUITE("trace file") {
  TEST_CASE("the file has upstream's columns and one line per finished task") {
    const weir::base::TempDir dir;
    const std::string path = (dir.path() / "trace.txt").native();
    TraceFile trace(path);
    TaskEvent event = finished();
    trace.on_task(event);
    event.kind = TaskEvent::Kind::submitted;
    trace.on_task(event);
    const std::string text = weir::base::read_file(path);
    const auto lines = weir::base::split(text, '\n');
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] ==
          "task_id\thash\tnative_id\tname\tstatus\texit\tsubmit\tduration\trealtime\t%cpu\t"
          "peak_rss\tpeak_vmem\trchar\twchar");
    const auto fields = weir::base::split(lines[1], '\t');
    REQUIRE(fields.size() == 14);
    CHECK(fields[0] == "3");
    CHECK(fields[1] == "ab/cdef01");
    CHECK(fields[3] == "P (a b)");
    CHECK(fields[4] == "COMPLETED");
    CHECK(fields[7] == "2.1s");
    CHECK(fields[9] == "50.0%");
    CHECK(fields[10] == "3 MB");
  }

  TEST_CASE("every field that upstream's trace knows can be chosen") {
    const weir::base::TempDir dir;
    const std::string path = (dir.path() / "trace.txt").native();
    std::vector<std::string> fields;
    for (const std::string_view field : weir::base::split(
             "task_id hash native_id process module container tag name status exit submit start "
             "complete duration realtime %cpu %mem rss vmem peak_rss peak_vmem rchar wchar syscr "
             "syscw read_bytes write_bytes attempt workdir script scratch queue cpus memory disk "
             "time env error_action vol_ctxt inv_ctxt hostname cpu_model accelerator "
             "accelerator_type",
             ' '))
      fields.emplace_back(field);
    TaskEvent event = finished();
    event.resources.accelerators = 2;
    event.resources.accelerator_type = "nvidia-tesla-v100";
    TraceFile trace(path, fields);
    trace.on_task(event);
    CHECK(weir::base::read_file(path).ends_with("\t2\tnvidia-tesla-v100\n"));
  }

  TEST_CASE("chosen columns are written, unknown ones are refused with the nearest") {
    const weir::base::TempDir dir;
    const std::string path = (dir.path() / "trace.txt").native();
    TraceFile trace(path, {"name", "cpus", "tag"});
    trace.on_task(finished());
    CHECK(weir::base::read_file(path) == "name\tcpus\ttag\nP (a b)\t1\t-\n");
    CHECK_THROWS_WITH_AS(TraceFile(path, {"realtme"}), doctest::Contains("realtme"), weir::Error);
  }

  TEST_CASE("the queue that was asked for is told, though there are none here") {
    TaskSpec spec;
    spec.queue = "long";
    TaskEvent event = finished();
    event.spec = &spec;
    CHECK(trace_field("queue", event) == "long");
  }

  TEST_CASE("every known column writes something for an event without details") {
    for (const std::string& column : TraceFile::known_columns()) {
      if (column == "process" || column == "name" || column == "hash" || column == "workdir" ||
          column == "script")
        continue;
      CHECK_FALSE(trace_field(column, TaskEvent{}).empty());
    }
  }
}
