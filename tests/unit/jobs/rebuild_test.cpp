#include "jobs/rebuild.hpp"

#include "job_fixture.hpp"
#include "jobs/retention.hpp"
#include "jobs/run_folder.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace weir;
using namespace weir::jobs;

TEST_CASE("rows are made anew from folders: ended, alive, lost") {
  StoreFixture f;
  std::string ended_id;
  std::string alive_id;
  std::string lost_id;
  std::optional<RunFolder> alive;
  {
    JobStore store(f.dir.path(), f.surroundings());
    const Claim ended = store.claim(a_run("ended"));
    ended_id = ended.job.id;
    RunFolder::create(f.dir.path(), ended.job).write_exit({ended_id, 1, success(), f.wall});
    const Claim lives = store.claim(a_run("alive"));
    alive_id = lives.job.id;
    alive.emplace(RunFolder::create(f.dir.path(), lives.job));
    const Claim lost = store.claim(a_run("lost"));
    lost_id = lost.job.id;
    { const RunFolder folder = RunFolder::create(f.dir.path(), lost.job); }
  }
  for (const char* name : {"weir.db", "weir.db-wal", "weir.db-shm"})
    base::remove_file(f.dir.path() / name);
  JobStore store(f.dir.path(), f.surroundings());
  CHECK(store.find(ended_id)->state == JobState::succeeded);
  CHECK(store.find(alive_id)->state == JobState::running);
  CHECK(store.find(lost_id)->state == JobState::lost);
  CHECK(store.find(lost_id)->rebuilt);
  CHECK(store.claim(a_run("alive")).answer == Claim::Answer::held);
  CHECK(store.claim(a_run("lost")).answer == Claim::Answer::fresh);
}

TEST_CASE("a damaged database is found, and moved aside whole") {
  StoreFixture f;
  { JobStore store(f.dir.path(), f.surroundings()); }
  CHECK(is_intact(f.dir.path()));
  CHECK(move_damaged_aside(f.dir.path()).empty());
  // Its log would mend it.
  for (const char* name : {"weir.db-wal", "weir.db-shm"}) base::remove_file(f.dir.path() / name);
  base::write_file(f.dir.path() / "weir.db", std::string(8192, 'x'));
  CHECK_FALSE(is_intact(f.dir.path()));
  const auto moved = move_damaged_aside(f.dir.path());
  REQUIRE_FALSE(moved.empty());
  CHECK(base::read_file(moved.front()) == std::string(8192, 'x'));
  CHECK(is_intact(f.dir.path()));
}

TEST_CASE("an emptied database with runs beside it is no new one") {
  StoreFixture f;
  {
    JobStore store(f.dir.path(), f.surroundings());
    const Claim claim = store.claim(a_run());
    { const RunFolder folder = RunFolder::create(f.dir.path(), claim.job); }
  }
  for (const char* name : {"weir.db", "weir.db-wal", "weir.db-shm"})
    base::remove_file(f.dir.path() / name);
  base::write_file(f.dir.path() / "weir.db", "");
  const Error error = error_of([&] { const JobStore store(f.dir.path(), f.surroundings()); });
  CHECK(error.code() == "store_corrupt");
}

TEST_CASE("history keeps the newest and the young, and waits when the clock has jumped") {
  StoreFixture f;
  JobStore store(f.dir.path(), f.surroundings());
  const auto end_one = [&] {
    const Claim claim = store.claim(a_run());
    store.confirm(claim.attempt());
    store.finish(claim.attempt(), success());
  };
  for (int i = 0; i < 5; ++i) end_one();
  const Retention rule{.keep = 2, .age = std::chrono::hours(24)};
  CHECK(retain(store, rule).empty());
  f.pass(std::chrono::hours(48));
  CHECK(retain(store, rule).size() == 3);
  for (int i = 0; i < 5; ++i) end_one();
  f.wall += std::chrono::hours(24 * 30);
  f.boot += std::chrono::minutes(20);
  CHECK(retain(store, rule).empty());
  f.pass(std::chrono::hours(1));
  CHECK(retain(store, rule).size() == 5);
}
