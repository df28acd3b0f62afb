#include "engine/task_journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/task_filter.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;
using weir::base::TempDir;

namespace {

TaskEvent event_of(TaskEvent::Kind kind, TaskId id, const char* name, const char* hash) {
  TaskEvent event;
  event.kind = kind;
  event.id = id;
  event.process_name = "ALIGN";
  event.name = name;
  event.hash = hash;
  event.work_dir = "/w/ab/cdef";
  event.usage.submit_ms = 1000;
  event.usage.complete_ms = kind == TaskEvent::Kind::submitted ? 0 : 3500;
  event.usage.realtime_ms = 2000;
  event.exit_status = kind == TaskEvent::Kind::failed ? 1 : 0;
  return event;
}

constexpr const char* k_hash_a = "ab12340000000000000000000000000a";
constexpr const char* k_hash_b = "ab12999900000000000000000000000b";

/// Two tasks: one completed, one that failed.
std::vector<JournalEntry> sample(const TempDir& dir) {
  const std::string path = (dir.path() / "tasks.tsv").native();
  {
    TaskJournal journal(path);
    journal.on_task(event_of(TaskEvent::Kind::submitted, 1, "ALIGN (a\tb)", k_hash_a));
    journal.on_task(event_of(TaskEvent::Kind::submitted, 2, "ALIGN (2)", k_hash_b));
    journal.on_task(event_of(TaskEvent::Kind::completed, 1, "ALIGN (a\tb)", k_hash_a));
    journal.on_task(event_of(TaskEvent::Kind::failed, 2, "ALIGN (2)", k_hash_b));
  }
  return read_journal(path);
}

}  // namespace

TEST_SUITE("task journal") {
  TEST_CASE("each attempt is told by its last line, in the order of starting") {
    const TempDir dir;
    const auto journal = sample(dir);
    REQUIRE(journal.size() == 2);
    CHECK(journal[0].name == "ALIGN (a\tb)");
    CHECK(journal[0].status == "COMPLETED");
    CHECK(journal[1].status == "FAILED");
    CHECK(journal_field(journal[0], "duration") == "2.5s");
    CHECK(journal_field(journal[0], "hash") == "ab/123400");
    CHECK(journal_field(journal[1], "exit") == "1");
    CHECK(journal_field(journal[1], "container") == "-");
  }

  TEST_CASE("a line cut short by a crash is passed over, and so is a file of another version") {
    const TempDir dir;
    static_cast<void>(sample(dir));
    const auto path = dir.path() / "tasks.tsv";
    std::string text = weir::base::read_file(path);
    weir::base::write_file(path, text.substr(0, text.size() - 20));
    CHECK(read_journal(path.native()).size() == 2);
    CHECK(read_journal(path.native())[1].status == "RUNNING");
    weir::base::write_file(path, "weir-tasks 9\n" + text);
    CHECK(read_journal(path.native()).empty());
    CHECK(read_journal((dir.path() / "none").native()).empty());
  }

  TEST_CASE("a task is found by number, name or the beginning of its hash") {
    const TempDir dir;
    const auto journal = sample(dir);
    CHECK(find_entry(journal, "2").name == "ALIGN (2)");
    CHECK(find_entry(journal, "ALIGN (2)").id == 2);
    CHECK(find_entry(journal, "ab/1234").id == 1);
    CHECK_THROWS_WITH_AS(static_cast<void>(find_entry(journal, "ab12")),
                         doctest::Contains("2 tasks' hashes"), weir::Error);
    try {
      static_cast<void>(find_entry(journal, "ALIGN (3)"));
      FAIL("a task that is not there was found");
    } catch (const weir::Error& error) {
      CHECK(error.kind() == weir::ErrorKind::not_found);
      CHECK(!error.hint().empty());
    }
  }

  TEST_CASE("filters are expressions over the fields") {
    const TempDir dir;
    const auto journal = sample(dir);
    TaskFilter failed("status == 'FAILED' && exit > 0");
    CHECK_FALSE(failed.matches(journal[0]));
    CHECK(failed.matches(journal[1]));
    TaskFilter pattern("process =~ /AL.*/ && duration > 2000");
    CHECK(pattern.matches(journal[0]));
    CHECK_THROWS_AS(TaskFilter("status =="), weir::Error);
    TaskFilter unknown("statsu == 'x'");
    CHECK_THROWS_WITH_AS(static_cast<void>(unknown.matches(journal[0])),
                         doctest::Contains("statsu"), weir::Error);
  }
}
