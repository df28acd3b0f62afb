#include "jobs/job_store.hpp"

#include "base/file_watch.hpp"
#include "db/database.hpp"
#include "job_fixture.hpp"
#include "jobs/run_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::jobs;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Opened : StoreFixture {
  JobStore store{dir.path(), surroundings()};
};

Stage a_stage(std::string digest = "d1") {
  return {.kind = "data",
          .attempt = 0,
          .cache_key = "k1",
          .sha256 = std::move(digest),
          .size_bytes = 10};
}

}  // namespace

TEST_CASE("checking a job's words makes no table in memory") {
  base::TempDir dir;
  JobStore store(dir.path());
  for (const std::string_view statement :
       {"EXPLAIN INSERT INTO jobs(id, kind, state, open, holds, key, attempt, attempts_max, "
        "submitted_at, request) VALUES ('a', 'run', 'queued', 1, 1, 'k', 1, 1, 0, '{}')",
        "EXPLAIN UPDATE jobs SET state = 'running' WHERE number = 1"}) {
    db::Statement program = store.database().prepare(statement);
    while (program.step()) CHECK(program.text(1) != "OpenEphemeral");
  }
}

TEST_CASE("a job's words are checked") {
  base::TempDir dir;
  JobStore store(dir.path());
  const std::string insert =
      "INSERT INTO jobs(id, kind, state, open, holds, key, attempt, attempts_max, submitted_at, "
      "request) VALUES ('a', '{}', '{}', 1, 1, 'k', 1, 1, 0, '{{}}')";
  CHECK_THROWS_AS(store.database().execute(fmt::format(fmt::runtime(insert), "walk", "queued")),
                  Error);
  CHECK_THROWS_AS(store.database().execute(fmt::format(fmt::runtime(insert), "run", "asleep")),
                  Error);
  store.database().execute(fmt::format(fmt::runtime(insert), "run", "queued"));
}

TEST_CASE("a run is claimed, confirmed and finished, and its record tells all of it") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  REQUIRE(claim.answer == Claim::Answer::fresh);
  CHECK(claim.job.id.size() == 12);
  CHECK(claim.job.id.front() == 'r');
  CHECK(claim.job.state == JobState::starting);
  CHECK(claim.attempt().number == 1);
  CHECK(f.store.confirm(claim.attempt()));
  f.pass(seconds(3));
  Outcome outcome = success();
  outcome.exit_status = 0;
  outcome.result_json = R"({"tasks":3})";
  CHECK(f.store.finish(claim.attempt(), outcome) == JobState::succeeded);
  const std::optional<Job> job = f.store.find(claim.job.id);
  REQUIRE(job.has_value());
  CHECK(job->state == JobState::succeeded);
  CHECK(job->duration_ms == 3000);
  CHECK_FALSE(job->duration_estimated);
  CHECK(job->outcome.ok);
  CHECK(job->outcome.exit_status == 0);
  CHECK(job->outcome.result_json == R"({"tasks":3})");
  CHECK(job->owner.pid == 0);
}

TEST_CASE("events are numbered without gaps and end with one `complete`") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  f.store.confirm(claim.attempt());
  const std::array more{NewEvent{"task", R"({"task_id":1})"}, NewEvent{"task", R"({"task_id":2})"}};
  CHECK(f.store.append_events(claim.attempt(), more));
  f.store.finish(claim.attempt(), failure());
  const std::vector<JobEvent> events = f.store.events(claim.job.id, 0, 100);
  REQUIRE(events.size() == 5);
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(events[i].seq == static_cast<std::int64_t>(i) + 1);
  CHECK(events[0].type == "status");
  CHECK(events[3].data_json == R"({"task_id":2})");
  CHECK(events[4].type == "complete");
  CHECK(to_ndjson(claim.job.id, events[2], "c3") ==
        R"({"v":1,"type":"task","run_id":")" + claim.job.id +
            R"(","seq":3,"cursor":"c3","attempt":1,)"
            R"("timestamp":"2023-11-14T22:13:20.000Z","data":{"task_id":1}})");
  CHECK(f.store.events(claim.job.id, 3, 100).front().seq == 4);
  CHECK(f.store.events(claim.job.id, 5, 100).empty());
}

TEST_CASE("followers are told of events once they are committed, and of nothing else") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  const auto folder = RunFolder::path_of(f.dir.path(), claim.job.id);
  base::make_folders(folder);
  base::FileWatch watch;
  REQUIRE(watch.add_touches(folder));
  const auto told = [&] { return watch.wait(std::chrono::milliseconds(0)); };
  f.store.confirm(claim.attempt());
  CHECK(told());
  CHECK_FALSE(told());
  const std::array one{NewEvent{"task", "{}"}};
  f.store.atomically([&] {
    CHECK(f.store.append_events(claim.attempt(), one));
    CHECK_FALSE(told());
  });
  CHECK(told());
  CHECK_FALSE(f.store.append_events({claim.job.id, 7}, one));
  base::write_file(folder / "stdout.log", "a line");
  CHECK_FALSE(told());
  f.store.cancel(claim.job.id, "ann", "enough");
  CHECK(told());
  f.store.finish(claim.attempt(), failure());
  CHECK(told());
}

TEST_CASE("a lane holds one active run; the next claim learns who holds it") {
  Opened f;
  const Claim first = f.store.claim(a_run());
  const Claim second = f.store.claim(a_run());
  CHECK(second.answer == Claim::Answer::held);
  CHECK(second.job.id == first.job.id);
  CHECK(f.store.claim(a_run("other lane")).answer == Claim::Answer::fresh);
  f.store.finish(first.attempt(), success());
  CHECK(f.store.claim(a_run()).answer == Claim::Answer::fresh);
}

TEST_CASE("a launch directory holds one active run whatever the lane") {
  Opened f;
  Submission run = a_run("one");
  run.directory = "8:12";
  const Claim first = f.store.claim(run);
  run.key = "two";
  const Claim second = f.store.claim(run);
  CHECK(second.answer == Claim::Answer::held);
  CHECK(second.job.id == first.job.id);
}

TEST_CASE("queued runs start in their order when the lane is free, and nobody overtakes them") {
  Opened f;
  const Claim holder = f.store.claim(a_run());
  Submission waiting = a_run();
  waiting.when_busy = Submission::WhenBusy::queue;
  const Claim second = f.store.claim(waiting);
  const Claim third = f.store.claim(waiting);
  REQUIRE(second.job.state == JobState::queued);
  CHECK_FALSE(f.store.start(second.job.id, milliseconds(0)).has_value());
  f.store.finish(holder.attempt(), success());
  CHECK(f.store.claim(a_run()).answer == Claim::Answer::held);
  CHECK_FALSE(f.store.start(third.job.id, milliseconds(0)).has_value());
  const std::optional<Job> started = f.store.start(second.job.id, milliseconds(0));
  REQUIRE(started.has_value());
  CHECK(started->state == JobState::starting);
  CHECK(started->attempt == 1);
  CHECK_FALSE(f.store.start(third.job.id, milliseconds(0)).has_value());
}

TEST_CASE("requests for the same file attach to the one job, waiting or running") {
  Opened f;
  Submission file = a_file();
  file.begin = Submission::Begin::queued;
  const Claim first = f.store.claim(file);
  CHECK(first.job.state == JobState::queued);
  CHECK(f.store.claim(file).job.id == first.job.id);
  const std::optional<Job> job = f.store.start_next(JobKind::preprocess, seconds(40));
  REQUIRE(job.has_value());
  CHECK(job->id == first.job.id);
  CHECK(f.store.claim(file).answer == Claim::Answer::held);
  CHECK_FALSE(f.store.start_next(JobKind::preprocess, seconds(40)).has_value());
}

TEST_CASE("what succeeded is done, whatever was seen of it last") {
  Opened f;
  const Claim seen = f.store.claim(a_file());
  f.store.confirm(seen.attempt());
  CHECK(f.store.set_progress(seen.attempt(), 0.9, "nearly"));
  f.store.finish(seen.attempt(), success());
  CHECK(f.store.find(seen.job.id)->progress == 1);
}

TEST_CASE("an owner that lost its job writes nothing any more") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  f.store.confirm(claim.attempt());
  CHECK(f.store.requeue(claim.attempt(), milliseconds(0), "no_worker"));
  const std::optional<Job> again = f.store.start(claim.job.id, seconds(40));
  REQUIRE(again.has_value());
  CHECK(again->attempt == 2);
  const std::array events{NewEvent{"task", "{}"}};
  CHECK_FALSE(f.store.heartbeat(claim.attempt(), seconds(40)).owner);
  CHECK_FALSE(f.store.set_progress(claim.attempt(), 0.5, "half"));
  CHECK_FALSE(f.store.append_events(claim.attempt(), events));
  CHECK_FALSE(f.store.complete_stage(claim.attempt(), a_stage()));
  CHECK_FALSE(f.store.confirm(claim.attempt()));
  CHECK_FALSE(f.store.requeue(claim.attempt(), milliseconds(0), ""));
  CHECK_FALSE(f.store.finish(claim.attempt(), failure()).has_value());
  const std::optional<Job> job = f.store.find(claim.job.id);
  CHECK(job->state == JobState::starting);
  CHECK(job->progress < 0);
  CHECK(f.store.stages(claim.job.id).empty());
  CHECK(f.store.finish({claim.job.id, 2}, success()) == JobState::succeeded);
}

TEST_CASE("stages and the end are refused after the lease, until a heartbeat renews it") {
  Opened f;
  const Claim claim = f.store.claim(a_file("file", seconds(40)));
  f.store.confirm(claim.attempt());
  f.pass(seconds(41));
  CHECK_FALSE(f.store.complete_stage(claim.attempt(), a_stage()));
  CHECK_FALSE(f.store.finish(claim.attempt(), success()).has_value());
  CHECK(f.store.heartbeat(claim.attempt(), seconds(40)).owner);
  CHECK(f.store.complete_stage(claim.attempt(), a_stage()));
  CHECK(f.store.finish(claim.attempt(), success()) == JobState::succeeded);
}

TEST_CASE("a jump of the wall clock costs nobody a lease") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  f.wall += hours(2);
  CHECK(f.store.complete_stage(claim.attempt(), a_stage()));
  f.wall -= hours(4);
  CHECK(f.store.finish(claim.attempt(), success()) == JobState::succeeded);
  const std::optional<Job> job = f.store.find(claim.job.id);
  CHECK(job->duration_ms == 0);
  CHECK(*job->finished_at >= *job->started_at);
}

TEST_CASE("a stage may be told twice, but not with other bytes") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  CHECK(f.store.complete_stage(claim.attempt(), a_stage()));
  CHECK(f.store.complete_stage(claim.attempt(), a_stage()));
  CHECK(error_of([&] { f.store.complete_stage(claim.attempt(), a_stage("d2")); }).code() ==
        "divergent");
  REQUIRE(f.store.stages(claim.job.id).size() == 1);
  CHECK(f.store.stages(claim.job.id).front().sha256 == "d1");
}

TEST_CASE("a waiting job is cancelled at once, a running one is asked to end") {
  Opened f;
  Submission file = a_file();
  file.begin = Submission::Begin::queued;
  const Claim waiting = f.store.claim(file);
  CHECK(f.store.cancel(waiting.job.id, "ann", "not needed")->state == JobState::cancelled);
  const Claim running = f.store.claim(a_file("second"));
  f.store.confirm(running.attempt());
  CHECK_FALSE(f.store.cancel_requested(running.attempt()));
  CHECK(f.store.cancel(running.job.id, "ann", "not needed")->state == JobState::cancelling);
  CHECK(f.store.cancel(running.job.id, "bob", "me too")->cancel_actor == "ann");
  CHECK(f.store.cancel_requested(running.attempt()));
  const Beat beat = f.store.heartbeat(running.attempt(), seconds(40));
  CHECK(beat.owner);
  CHECK(beat.cancel_requested);
  CHECK_FALSE(f.store.complete_stage(running.attempt(), a_stage()));
  CHECK(f.store.finish(running.attempt(), success()) == JobState::cancelled);
  const std::optional<Job> job = f.store.find(running.job.id);
  CHECK(job->outcome.reason == "user_cancel");
  CHECK(job->cancel_reason == "not needed");
}

TEST_CASE("a terminal job stays as it is, whoever cancels it") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  f.store.finish(claim.attempt(), success());
  const std::optional<Job> job = f.store.cancel(claim.job.id, "ann", "late");
  REQUIRE(job.has_value());
  CHECK(job->state == JobState::succeeded);
  CHECK(f.store.find(claim.job.id)->cancel_actor.empty());
  CHECK_FALSE(f.store.cancel("r00000000000", "ann", "").has_value());
}

TEST_CASE("a job that its own time limit ended has failed, not been cancelled") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  f.store.confirm(claim.attempt());
  f.store.cancel(claim.job.id, k_actor_time_limit, "2h");
  CHECK(f.store.finish(claim.attempt(), failure()) == JobState::failed);
  CHECK(f.store.find(claim.job.id)->outcome.reason == "deadline");
}

TEST_CASE("a permanent failure is remembered for a while, and can be tried again by will") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  Outcome refused = failure("input");
  refused.permanent = true;
  refused.error_code = "bgzf_truncated";
  f.store.finish(claim.attempt(), refused);
  Submission again = a_file();
  again.failure_memory = hours(24);
  const Claim second = f.store.claim(again);
  CHECK(second.answer == Claim::Answer::failed_before);
  CHECK(second.job.id == claim.job.id);
  CHECK(second.job.outcome.error_code == "bgzf_truncated");
  again.failure_memory = milliseconds(0);
  CHECK(f.store.claim(again).answer == Claim::Answer::fresh);
}

TEST_CASE("a passing failure is not remembered") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  f.store.finish(claim.attempt(), failure("scratch_full"));
  Submission again = a_file();
  again.failure_memory = hours(24);
  CHECK(f.store.claim(again).answer == Claim::Answer::fresh);
}

TEST_CASE("what somebody finished between the look and the claim is answered, not done again") {
  Opened f;
  const Claim first = f.store.claim(a_file());
  Submission late = a_file();
  late.last_end = f.store.last_end(late.key);
  // The clock says nothing of what others could see: the end may be older than the look.
  f.wall -= seconds(1);
  f.store.finish(first.attempt(), success());
  const Claim second = f.store.claim(late);
  CHECK(second.answer == Claim::Answer::done_meanwhile);
  CHECK(second.job.id == first.job.id);
  late.last_end = f.store.last_end(late.key);
  CHECK(f.store.claim(late).answer == Claim::Answer::fresh);
}

TEST_CASE("each end of a job is another one") {
  Opened f;
  const Submission file = a_file();
  CHECK(f.store.last_end(file.key).empty());
  const Claim first = f.store.claim(file);
  CHECK(f.store.last_end(file.key).empty());
  f.store.finish(first.attempt(), success());
  const std::string first_end = f.store.last_end(file.key);
  CHECK_FALSE(first_end.empty());
  const Claim second = f.store.claim(file);
  CHECK(f.store.last_end(file.key) == first_end);
  f.store.finish(second.attempt(), failure("scratch_full"));
  CHECK(f.store.last_end(file.key) != first_end);
}

TEST_CASE("the admission limit refuses new jobs but lets everybody attach") {
  Opened f;
  Submission file = a_file("one");
  file.active_max = 1;
  CHECK(f.store.claim(file).answer == Claim::Answer::fresh);
  CHECK(f.store.claim(file).answer == Claim::Answer::held);
  file.key = "two";
  CHECK(f.store.claim(file).answer == Claim::Answer::full);
}

TEST_CASE("a requeued job is not started before its time") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  f.store.requeue(claim.attempt(), minutes(2), "no_worker");
  CHECK_FALSE(f.store.start_next(JobKind::preprocess, seconds(40)).has_value());
  f.pass(minutes(2));
  CHECK(f.store.start_next(JobKind::preprocess, seconds(40)).has_value());
}

TEST_CASE("jobs are listed newest first, page by page, and filtered") {
  Opened f;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i)
    ids.push_back(f.store.claim(a_run("lane " + std::to_string(i))).job.id);
  REQUIRE(f.store.claim(a_file()).answer == Claim::Answer::fresh);
  JobFilter runs;
  runs.kinds = {JobKind::run};
  runs.limit = 2;
  const std::vector<Job> first = f.store.list(runs);
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == ids[4]);
  runs.before_id = first[1].id;
  CHECK(f.store.list(runs)[0].id == ids[2]);
  JobFilter done;
  done.states = {JobState::succeeded, JobState::failed};
  CHECK(f.store.list(done).empty());
  f.store.finish({ids[0], 1}, success());
  CHECK(f.store.list(done).size() == 1);
  JobFilter recent;
  recent.since = f.wall + milliseconds(1);
  CHECK(f.store.list(recent).empty());
  JobFilter one_lane;
  one_lane.key = "lane 3";
  CHECK(f.store.list(one_lane).front().id == ids[3]);
}

TEST_CASE("an id may be shortened while it stays unique") {
  Opened f;
  const std::string id = f.store.claim(a_run("lane:night")).job.id;
  CHECK(f.store.resolve(id).id == id);
  CHECK(f.store.resolve(id.substr(0, 11)).id == id);
  CHECK(f.store.resolve("@last").id == id);
  CHECK(f.store.resolve("@active").id == id);
  CHECK(f.store.resolve("@lane:night").id == id);
  CHECK(error_of([&] { static_cast<void>(f.store.resolve("zzz")); }).kind() ==
        ErrorKind::not_found);
  CHECK(error_of([&] { static_cast<void>(f.store.resolve("")); }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { static_cast<void>(f.store.resolve("@lane:")); }).kind() ==
        ErrorKind::not_found);
  REQUIRE(f.store.claim(a_run("second")).answer == Claim::Answer::fresh);
  CHECK(error_of([&] { static_cast<void>(f.store.resolve("r")); }).kind() == ErrorKind::usage);
}

TEST_CASE("who means a run gets the newest run, whatever other jobs came after it") {
  Opened f;
  CHECK(error_of([&] { static_cast<void>(f.store.resolve_run("@last")); }).kind() ==
        ErrorKind::not_found);
  const std::string run = f.store.claim(a_run("lane:night")).job.id;
  const std::string file = f.store.claim(a_file()).job.id;
  CHECK(f.store.resolve("@last").id == file);
  CHECK(f.store.resolve_run("@last").id == run);
  CHECK(f.store.resolve_run("@active").id == run);
  CHECK(f.store.resolve_run("@lane:night").id == run);
  CHECK(f.store.resolve_run(file).id == file);
  f.store.finish({run, 1}, success());
  CHECK(f.store.resolve_run("@last").id == run);
  CHECK(error_of([&] { static_cast<void>(f.store.resolve_run("@active")); }).kind() ==
        ErrorKind::not_found);
}

TEST_CASE(
    "prune removes old ended jobs with their folders and spares the newest, the active and the "
    "lost") {
  Opened f;
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    const Claim claim = f.store.claim(a_run());
    base::make_folders(f.dir.path() / "runs" / claim.job.id);
    f.store.finish(claim.attempt(), success());
    ids.push_back(claim.job.id);
    f.pass(minutes(1));
  }
  const Claim vanished = f.store.claim(a_run());
  f.store.confirm(vanished.attempt());
  REQUIRE(f.store.settle(*f.store.find(vanished.job.id), Trigger::owner_gone, {}));
  f.pass(minutes(1));
  REQUIRE(f.store.claim(a_run()).answer == Claim::Answer::fresh);
  PruneOptions options;
  options.before = f.wall;
  options.keep = 2;
  options.dry_run = true;
  CHECK(f.store.prune(options) == std::vector<std::string>{ids[0], ids[1]});
  options.dry_run = false;
  CHECK(f.store.prune(options).size() == 2);
  CHECK_FALSE(f.store.find(ids[0]).has_value());
  CHECK(f.store.events(ids[0], 0, 10).empty());
  CHECK_FALSE(base::file_info(f.dir.path() / "runs" / ids[0]).has_value());
  CHECK(f.store.find(ids[2]).has_value());
  CHECK(f.store.find(vanished.job.id)->state == JobState::lost);
}

TEST_CASE("a hostile error text is cut and made printable") {
  Opened f;
  const Claim claim = f.store.claim(a_run());
  Outcome outcome = failure();
  outcome.error_text = "\x1b[2J" + std::string(5000, 'x');
  f.store.finish(claim.attempt(), outcome);
  const std::string text = f.store.find(claim.job.id)->outcome.error_text;
  CHECK(text.size() <= k_error_text_bytes_max + 3);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("work done together is kept or dropped together") {
  Opened f;
  const Claim claim = f.store.claim(a_file());
  CHECK_THROWS_AS(f.store.atomically([&] {
    f.store.complete_stage(claim.attempt(), a_stage());
    throw Error(ErrorKind::failed, "something else went wrong");
  }),
                  Error);
  CHECK(f.store.stages(claim.job.id).empty());
}
