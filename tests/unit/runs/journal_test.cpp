#include "runs/journal.hpp"

#include "runs/follower_mark.hpp"
#include "runs_fixture.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

using namespace weir;
using namespace weir::runs;

TEST_CASE("changes of a task become one row, and its events have no gap") {
  RunFixture f;
  const jobs::Attempt attempt = f.start();
  {
    Journal journal(f.store, attempt, {});
    for (int i = 1; i <= 100; ++i) {
      journal.task(a_task(i, "submitted"));
      journal.task(a_task(i, "running"));
      jobs::TaskRow done = a_task(i, "completed");
      done.exit_status = 0;
      done.name.clear();
      journal.task(std::move(done));
    }
    journal.error("warning", "w", "odd \x1b[31mtext\xff");
    journal.close(Journal::End::yes);
  }
  f.finish(attempt);
  const std::vector<jobs::TaskRow> tasks = f.store.tasks(attempt.id);
  REQUIRE(tasks.size() == 100);
  CHECK(tasks[41].state == "completed");
  CHECK(tasks[41].name == "P (42)");
  const auto events = f.store.events(attempt.id, 0, 1000);
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(events[i].seq == static_cast<std::int64_t>(i) + 1);
  CHECK(events.back().type == "complete");
  const auto job = f.store.find(attempt.id);
  CHECK(job->counts_json.find(R"("completed":100,"total":100,"total_final":true)") !=
        std::string::npos);
}

TEST_CASE("somebody's wish to cancel is told with its grace, and told again when it shrinks") {
  RunFixture f;
  const jobs::Attempt attempt = f.start();
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<std::chrono::milliseconds>> graces;
  Journal journal(f.store, attempt, {.cancelled = [&](const jobs::Job& job) {
                    const std::scoped_lock lock(mutex);
                    graces.push_back(job.cancel_grace);
                    changed.notify_one();
                  }});
  jobs::JobStore other(f.dir.path());
  const auto wait_for = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), [&] { return graces.size() == count; });
  };
  static_cast<void>(other.cancel(attempt.id, "bob", "", std::chrono::seconds(9)));
  REQUIRE(wait_for(1));
  static_cast<void>(other.cancel(attempt.id, "bob", "", std::chrono::milliseconds(0)));
  REQUIRE(wait_for(2));
  static_cast<void>(other.cancel(attempt.id, "bob", "", std::chrono::seconds(5)));
  journal.close(Journal::End::yes);
  CHECK(graces[0] == std::chrono::seconds(9));
  CHECK(graces[1] == std::chrono::milliseconds(0));
}

TEST_CASE("a run's own wish to end is recorded before its end") {
  RunFixture f;
  const jobs::Attempt attempt = f.start();
  std::atomic<bool> told{false};
  Journal journal(f.store, attempt, {.cancelled = [&](const jobs::Job&) { told = true; }});
  journal.cancel(std::string(jobs::k_actor_time_limit), "time limit", std::nullopt);
  while (!told) std::this_thread::yield();
  journal.close(Journal::End::yes);
  f.finish(attempt, false);
  const auto job = f.store.find(attempt.id);
  CHECK(job->state == jobs::JobState::failed);
  CHECK(job->outcome.reason == "deadline");
}

TEST_CASE("after a hundred errors they are counted, not told") {
  RunFixture f;
  const jobs::Attempt attempt = f.start();
  {
    Journal journal(f.store, attempt, {});
    for (int i = 0; i < 250; ++i) journal.error("error", "e", "again");
    journal.close(Journal::End::yes);
  }
  std::int64_t errors = 0;
  std::string last;
  for (const jobs::JobEvent& event : f.store.events(attempt.id, 0, 1000)) {
    if (event.type != "error") continue;
    ++errors;
    last = event.data_json;
  }
  CHECK(errors == 101);
  CHECK(last.find("150 more errors") != std::string::npos);
}

TEST_CASE("a follower's mark is seen, shared by many, and gone with them") {
  RunFixture f;
  const jobs::Attempt attempt = f.start();
  const std::filesystem::path folder = f.folder->path();
  CHECK_FALSE(FollowerMark::is_on(folder));
  {
    FollowerMark one(folder);
    FollowerMark two(folder);
    CHECK(one.put());
    CHECK(two.put());
    CHECK(two.put());
    CHECK(FollowerMark::is_on(folder));
  }
  CHECK_FALSE(FollowerMark::is_on(folder));
  CHECK_FALSE(FollowerMark("/no/such/folder").put());
  CHECK_FALSE(FollowerMark::is_on("/no/such/folder"));
}
