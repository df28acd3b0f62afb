#include "jobs/recovery.hpp"

#include "job_fixture.hpp"
#include "jobs/run_folder.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace weir;
using namespace weir::jobs;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Opened : StoreFixture {
  JobStore store{dir.path(), surroundings()};

  Claim running(const Submission& submission) {
    Claim claim = store.claim(submission);
    store.confirm(claim.attempt());
    return claim;
  }
  JobState state_of(const Claim& claim) { return store.find(claim.job.id)->state; }
};

}  // namespace

TEST_CASE("a run whose folder is held is left alone") {
  Opened f;
  const Claim claim = f.running(a_run());
  const RunFolder folder = RunFolder::create(f.dir.path(), claim.job);
  f.owners_alive = false;
  CHECK(recover_all(f.store).empty());
  CHECK(f.state_of(claim) == JobState::running);
}

TEST_CASE("a run whose owner is gone without an exit record is lost, and stays lost") {
  Opened f;
  const Claim claim = f.running(a_run());
  { const RunFolder folder = RunFolder::create(f.dir.path(), claim.job); }
  f.owners_alive = false;
  const std::vector<Recovered> done = recover_all(f.store);
  REQUIRE(done.size() == 1);
  CHECK(done[0].to == JobState::lost);
  CHECK(done[0].why.find("100") != std::string::npos);
  CHECK(f.state_of(claim) == JobState::lost);
  CHECK(recover_all(f.store).empty());
  CHECK(f.store.claim(a_run()).answer == Claim::Answer::fresh);
}

TEST_CASE("who looks after preprocessing jobs leaves runs to others") {
  Opened f;
  const Claim run = f.running(a_run());
  { const RunFolder folder = RunFolder::create(f.dir.path(), run.job); }
  const Claim file = f.running(a_file());
  f.owners_alive = false;
  const std::vector<Recovered> done = recover_preprocessing(f.store);
  REQUIRE(done.size() == 1);
  CHECK(done[0].id == file.job.id);
  CHECK(f.state_of(run) == JobState::running);
}

TEST_CASE("a run that ended but was not recorded is finished from its exit record") {
  Opened f;
  const Claim good = f.running(a_run("good"));
  const Claim bad = f.running(a_run("bad"));
  const Claim early = f.store.claim(a_run("early"));
  RunFolder::create(f.dir.path(), good.job).write_exit({good.job.id, 1, success(), f.wall});
  RunFolder::create(f.dir.path(), bad.job)
      .write_exit({bad.job.id, 1, failure("task_error"), f.wall});
  RunFolder::create(f.dir.path(), early.job).write_exit({early.job.id, 1, success(), f.wall});
  CHECK(recover_all(f.store).size() == 3);
  CHECK(f.state_of(good) == JobState::succeeded);
  CHECK(f.state_of(bad) == JobState::failed);
  CHECK(f.store.find(bad.job.id)->outcome.reason == "task_error");
  CHECK(f.state_of(early) == JobState::succeeded);
}

TEST_CASE("a cancelled run stays cancelled even if it ended well before it noticed") {
  Opened f;
  const Claim claim = f.running(a_run());
  f.store.cancel(claim.job.id, "ann", "");
  RunFolder::create(f.dir.path(), claim.job).write_exit({claim.job.id, 1, success(), f.wall});
  recover_all(f.store);
  CHECK(f.state_of(claim) == JobState::cancelled);
}

TEST_CASE("a run that died before it ran has failed to start") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  CHECK(recover_all(f.store).empty());
  f.owners_alive = false;
  recover_all(f.store);
  CHECK(f.state_of(claim) == JobState::failed);
  CHECK(f.store.find(claim.job.id)->outcome.reason == "launch_error");
}

TEST_CASE("a run folder removed under a dead run makes it lost, not a crash") {
  Opened f;
  const Claim claim = f.running(a_run());
  { const RunFolder folder = RunFolder::create(f.dir.path(), claim.job); }
  base::remove_tree(f.dir.path() / "runs");
  f.owners_alive = false;
  recover_all(f.store);
  CHECK(f.state_of(claim) == JobState::lost);
  CHECK_FALSE(base::file_info(f.dir.path() / "runs").has_value());
}

TEST_CASE("after a restart of the machine every owner is gone, whatever its process id says") {
  Opened f;
  const Claim run = f.running(a_run());
  const Claim file = f.running(a_file());
  JobStore after(f.dir.path(), f.surroundings(100, "boot-b"));
  CHECK(recover_all(after).size() == 2);
  CHECK(f.state_of(run) == JobState::lost);
  CHECK(f.store.find(run.job.id)->outcome.reason == "host_reboot");
  CHECK(f.state_of(file) == JobState::queued);
}

TEST_CASE(
    "a preprocessing job is taken back from a dead owner at once, from a silent one after its "
    "lease") {
  Opened f;
  const Claim claim = f.running(a_file("file", seconds(40)));
  f.pass(seconds(39));
  CHECK(recover_all(f.store).empty());
  SUBCASE("dead") {
    f.owners_alive = false;
  }
  SUBCASE("silent") {
    f.pass(seconds(2));
  }
  CHECK(recover_all(f.store).size() == 1);
  CHECK(f.state_of(claim) == JobState::queued);
  CHECK_FALSE(f.store.heartbeat(claim.attempt(), seconds(40)).owner);
  CHECK(f.store.start(claim.job.id, seconds(40))->attempt == 2);
}

TEST_CASE("a job that loses every owner fails in the end and is not started again by itself") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  for (int i = 1; i < 3; ++i) {
    f.owners_alive = false;
    recover_all(f.store);
    REQUIRE(f.state_of(claim) == JobState::queued);
    f.owners_alive = true;
    REQUIRE(f.store.start(claim.job.id, seconds(40)).has_value());
  }
  f.owners_alive = false;
  recover_all(f.store);
  CHECK(f.state_of(claim) == JobState::failed);
  CHECK(f.store.find(claim.job.id)->outcome.reason == "lease");
}

TEST_CASE("a process id of another name space proves nothing: only the lease counts") {
  Opened f;
  const Claim claim = f.running(a_file("file", seconds(40)));
  Surroundings elsewhere = f.surroundings();
  elsewhere.pid_namespace = "pid:[2]";
  f.owners_alive = false;
  JobStore outside(f.dir.path(), elsewhere);
  CHECK(recover_all(outside).empty());
  f.pass(seconds(41));
  CHECK(recover_all(outside).size() == 1);
}

TEST_CASE("a queued job past its deadline is given up") {
  Opened f;
  Submission file = a_file();
  file.begin = Submission::Begin::queued;
  file.queue_limit = seconds(10);
  const Claim claim = f.store.claim(file);
  CHECK(recover_all(f.store).empty());
  f.pass(seconds(11));
  CHECK_FALSE(f.store.start(claim.job.id, seconds(40)).has_value());
  CHECK(recover_all(f.store).size() == 1);
  CHECK(f.state_of(claim) == JobState::failed);
  CHECK(f.store.find(claim.job.id)->outcome.reason == "capacity");
  CHECK(f.store.find(claim.job.id)->outcome.error_text.starts_with("capacity:"));
}

TEST_CASE("a dry run tells the same and changes nothing") {
  Opened f;
  const Claim claim = f.running(a_file());
  f.owners_alive = false;
  const std::vector<Recovered> told = recover(f.store, DryRun::yes, {});
  REQUIRE(told.size() == 1);
  CHECK(told[0].to == JobState::queued);
  CHECK(f.state_of(claim) == JobState::running);
}

TEST_CASE("a heartbeat that comes between the look and the verdict saves the job") {
  Opened f;
  const Claim claim = f.running(a_file("file", seconds(40)));
  const Job seen = *f.store.find(claim.job.id);
  REQUIRE(f.store.heartbeat(claim.attempt(), seconds(60)).owner);
  CHECK_FALSE(f.store.settle(seen, Trigger::owner_gone, {}));
  CHECK(f.state_of(claim) == JobState::running);
}

TEST_CASE("a lost run is corrected when its exit record turns up after all") {
  Opened f;
  const Claim found = f.running(a_run("found"));
  const Claim gone = f.running(a_run("gone"));
  { const RunFolder folder = RunFolder::create(f.dir.path(), found.job); }
  f.owners_alive = false;
  REQUIRE(recover_all(f.store).size() == 2);
  CHECK(correct_lost(f.store).empty());
  RunFolder::adopt(f.dir.path(), found.job.id)->write_exit({found.job.id, 1, success(), f.wall});
  CHECK(recover_all(f.store).empty());
  CHECK(correct_lost(f.store, DryRun::yes).size() == 1);
  CHECK(f.state_of(found) == JobState::lost);
  REQUIRE(correct_lost(f.store).size() == 1);
  CHECK(f.state_of(found) == JobState::succeeded);
  CHECK(f.state_of(gone) == JobState::lost);
  CHECK(correct_lost(f.store).empty());
}

TEST_CASE("a run that waited is given up when the process that waited is gone") {
  Opened f;
  const Claim holder = f.running(a_run());
  const RunFolder folder = RunFolder::create(f.dir.path(), holder.job);
  Submission second = a_run();
  second.when_busy = Submission::WhenBusy::queue;
  const Claim waiting = f.store.claim(second);
  CHECK(waiting.job.state == JobState::queued);
  CHECK(recover_all(f.store).empty());
  f.owners_alive = false;
  recover_all(f.store);
  CHECK(f.state_of(waiting) == JobState::cancelled);
  CHECK(f.store.find(waiting.job.id)->outcome.reason == "waiter_lost");
}

TEST_CASE("after a reboot a run is finished from what its engine wrote, else lost") {
  Opened f;
  const Claim told = f.running(a_run("told"));
  const Claim silent = f.running(a_run("silent"));
  JobStore after(f.dir.path(), f.surroundings(100, "boot-b"));
  recover(after, DryRun::no, [&](const Job& job, const std::filesystem::path&) {
    return job.id == told.job.id ? EngineTrace{success(), ""}
                                 : EngineTrace{std::nullopt, "2 jobs may still run"};
  });
  CHECK(f.state_of(told) == JobState::succeeded);
  CHECK(f.state_of(silent) == JobState::lost);
  CHECK(f.store.find(silent.job.id)->outcome.reason == "host_reboot");
  CHECK(f.store.find(silent.job.id)->outcome.error_text ==
        "the machine was restarted under it; 2 jobs may still run");
}

TEST_CASE("a pid that belongs to somebody else now is no owner") {
  Opened f;
  const Claim claim = f.running(a_run());
  { const RunFolder folder = RunFolder::create(f.dir.path(), claim.job); }
  // The process table knows the pid, but not with that start tick: `alive` says no.
  f.owners_alive = false;
  recover_all(f.store);
  CHECK(f.state_of(claim) == JobState::lost);
}
