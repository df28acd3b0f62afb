#include "jobs/run_folder.hpp"

#include "job_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::jobs;

namespace {

struct Opened : StoreFixture {
  JobStore store{dir.path(), surroundings()};
  Job job = store.claim(a_run()).job;
};

}  // namespace

TEST_CASE("a run folder is held while its owner lives, and asking does not take it") {
  Opened f;
  CHECK_FALSE(RunFolder::is_held(f.dir.path(), f.job.id));
  {
    const RunFolder folder = RunFolder::create(f.dir.path(), f.job);
    CHECK(RunFolder::is_held(f.dir.path(), f.job.id));
    CHECK_FALSE(RunFolder::adopt(f.dir.path(), f.job.id).has_value());
    CHECK(base::read_file(folder.path() / "request.json") == "{}");
    CHECK(base::file_info(folder.path())->mode == 0700);
  }
  CHECK_FALSE(RunFolder::is_held(f.dir.path(), f.job.id));
  CHECK(RunFolder::adopt(f.dir.path(), f.job.id).has_value());
}

TEST_CASE("an exit record comes back as it was written") {
  Opened f;
  const RunFolder folder = RunFolder::create(f.dir.path(), f.job);
  CHECK_FALSE(RunFolder::read_exit(f.dir.path(), f.job.id).has_value());
  Outcome outcome = failure("task_error");
  outcome.error_code = "task_failed";
  outcome.exit_status = 137;
  outcome.exit_signal = 9;
  outcome.permanent = true;
  outcome.result_json = R"({"failed":1})";
  folder.write_exit({f.job.id, 1, outcome, f.wall});
  const std::optional<ExitRecord> record = RunFolder::read_exit(f.dir.path(), f.job.id);
  REQUIRE(record.has_value());
  CHECK(record->attempt == 1);
  CHECK(record->finished_at == f.wall);
  CHECK(record->outcome.reason == "task_error");
  CHECK(record->outcome.error_code == "task_failed");
  CHECK(record->outcome.error_text == "it broke");
  CHECK(record->outcome.exit_status == 137);
  CHECK(record->outcome.exit_signal == 9);
  CHECK(record->outcome.permanent);
  CHECK(record->outcome.result_json == R"({"failed":1})");
}

TEST_CASE("an exit record that makes no sense is an error and not a guess") {
  Opened f;
  const RunFolder folder = RunFolder::create(f.dir.path(), f.job);
  for (const char* text : {"", "{", "[]", R"({"id":"r1"})", R"({"id":7})", "\xff"}) {
    base::write_file(folder.path() / "exit.json", text);
    CHECK(error_of([&] {
            static_cast<void>(RunFolder::read_exit(f.dir.path(), f.job.id));
          }).code() == "exit_record_corrupt");
  }
}

TEST_CASE("another job's exit record is not taken for this one's") {
  Opened f;
  const RunFolder folder = RunFolder::create(f.dir.path(), f.job);
  folder.write_exit({"rffffffffff0", 1, success(), f.wall});
  CHECK(error_of([&] { static_cast<void>(RunFolder::read_exit(f.dir.path(), f.job.id)); }).code() ==
        "exit_record_corrupt");
}
