// Processes that work together, and processes that are killed. The workers are this same test
// program, started with one of the skipped test cases below.
#include "base/fault_point.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "cache/store.hpp"
#include "db/database.hpp"
#include "jobs/recovery.hpp"
#include "preprocess_fixture.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace weir;
using namespace weir::preprocess;

namespace {

constexpr int k_processes = 8;
constexpr int k_files = 25;

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Until the process stands still, as /proc tells: the third word of its line, after the name in
/// brackets.
void wait_for_stop(pid_t pid) {
  const std::string file = "/proc/" + std::to_string(pid) + "/stat";
  while (true) {
    const std::string line = base::try_read_file(file).value_or("");
    const std::size_t name_end = line.rfind(')');
    REQUIRE(name_end != std::string::npos);
    const char state = line.at(name_end + 2);
    REQUIRE(state != 'Z');
    if (state == 'T') return;
    std::this_thread::yield();
  }
}

base::Child start_worker(const std::string& test_case, std::vector<std::string> environment) {
  base::SpawnOptions options;
  options.argv = {base::own_executable(), "--no-skip", "--minimal", "--test-case=" + test_case};
  options.environment = std::move(environment);
  return base::spawn(options);
}

std::string file_name(int i) {
  return "f" + std::to_string(i) + ".vcf";
}

/// How many places of a whole run the hook is called at.
int count_fault_points() {
  int count = 0;
  const Scene scene;
  const auto source = scene.input("calls.vcf", vcf_text());
  base::set_fault_hook([&](std::string_view) { ++count; });
  static_cast<void>(run(scene, request_of(source)));
  base::set_fault_hook({});
  return count;
}

/// Both artifacts of a file or none: what a reader of the cache may see at any time.
void check_whole_or_nothing(const Scene& scene) {
  db::Database database(scene.dir.path() / "state" / "weir.db");
  cache::Store store(scene.dir.path() / "cache", database);
  const std::size_t rows = store.manifest().list({}).size();
  CHECK((rows == 0 || rows == 2));
  CHECK(store.verify(1).bad.empty());
}

}  // namespace

TEST_CASE("worker: processes all files" * doctest::skip()) {
  const std::filesystem::path root = setting("WEIR_TEST_DIR");
  Preprocessor preprocessor(Scene::settings_in(root));
  for (int i = 0; i < k_files; ++i) {
    const Result result = preprocessor.run(request_of(root / file_name(i)), nullptr, k_never);
    CHECK(result.index->kind == "index");
  }
}

TEST_CASE(
    "processes that ask for the same files at once do each file once and all get the result") {
  Scene scene;
  for (int i = 0; i < k_files; ++i) scene.input(file_name(i), vcf_text(20, i));
  std::vector<base::Child> workers;
  for (int i = 0; i < k_processes; ++i) {
    workers.push_back(start_worker("worker: processes all files",
                                   {"WEIR_TEST_DIR=" + scene.dir.path().string()}));
  }
  for (base::Child& worker : workers) CHECK(worker.wait().status == 0);
  const auto jobs = scene.jobs();
  CHECK(jobs.size() == k_files);
  for (const jobs::Job& job : jobs) {
    CHECK(job.state == jobs::JobState::succeeded);
    CHECK(job.attempt == 1);
  }
  CHECK(scene.cache_files("tmp").empty());
}

TEST_CASE("worker: is killed at a fault point" * doctest::skip()) {
  const std::filesystem::path root = setting("WEIR_TEST_DIR");
  int left = static_cast<int>(base::parse_int64(setting("WEIR_TEST_POINT")).value());
  base::set_fault_hook([&](std::string_view) {
    if (left-- == 0) ::raise(SIGKILL);
  });
  static_cast<void>(
      Preprocessor(Scene::settings_in(root)).run(request_of(root / "calls.vcf"), nullptr, k_never));
}

TEST_CASE(
    "a kill at any point of the commit leaves the whole pair or nothing, and the next run "
    "succeeds") {
  const int points = count_fault_points();
  REQUIRE(points >= 10);
  for (int point = 0; point < points; ++point) {
    CAPTURE(point);
    Scene scene;
    scene.input("calls.vcf", vcf_text());
    base::Child worker = start_worker(
        "worker: is killed at a fault point",
        {"WEIR_TEST_DIR=" + scene.dir.path().string(), "WEIR_TEST_POINT=" + std::to_string(point)});
    REQUIRE(worker.wait().signal == SIGKILL);
    check_whole_or_nothing(scene);
    const Result result = run(scene, request_of(scene.dir.path() / "calls.vcf"));
    CHECK((result.how == How::made || result.how == How::cached));
    check_whole_or_nothing(scene);
    // One job through it all: not begun, taken up again, or finished before the kill.
    const auto jobs = scene.jobs();
    REQUIRE(jobs.size() == 1);
    CHECK(jobs[0].state == jobs::JobState::succeeded);
    CHECK(jobs[0].attempt <= 2);
    db::Database database(scene.dir.path() / "state" / "weir.db");
    cache::Store store(scene.dir.path() / "cache", database);
    static_cast<void>(store.collect({}, base::now_wall()));
    CHECK(scene.cache_files("tmp").empty());
  }
}

TEST_CASE(
    "a full disk, a broken one or no more descriptors at any write fails the job for now, leaves "
    "the whole pair or nothing, and the next run succeeds") {
  int number = 0;
  SUBCASE("ENOSPC") {
    number = ENOSPC;
  }
  SUBCASE("EIO") {
    number = EIO;
  }
  SUBCASE("EMFILE") {
    number = EMFILE;
  }
  const int points = count_fault_points();
  for (int point = 0; point < points; ++point) {
    CAPTURE(point);
    const Scene scene;
    const auto source = scene.input("calls.vcf", vcf_text());
    int left = point;
    std::string where;
    base::set_fault_hook([&](std::string_view name) {
      if (left-- != 0) return;
      where = name;
      throw system_error("write to", name, number);
    });
    const Error error = error_of([&] { static_cast<void>(run(scene, request_of(source))); });
    base::set_fault_hook({});
    CAPTURE(where);
    REQUIRE_FALSE(where.empty());
    check_whole_or_nothing(scene);
    // Whatever went wrong behind the transaction did not harm, and before it all is undone.
    if (error.kind() != ErrorKind::bug) {
      CHECK(error.kind() == (number == EIO ? ErrorKind::failed : ErrorKind::temporary));
      for (const jobs::Job& job : scene.jobs()) {
        CHECK(job.state == (where == "after the transaction's end" ? jobs::JobState::succeeded
                                                                   : jobs::JobState::failed));
        CHECK_FALSE(job.outcome.permanent);
      }
    }
    CHECK(scene.cache_files("tmp").empty());
    const How how = run(scene, request_of(source)).how;
    CHECK((how == How::made || how == How::cached));
    check_whole_or_nothing(scene);
  }
}

TEST_CASE("worker: stops in the middle" * doctest::skip()) {
  const std::filesystem::path root = setting("WEIR_TEST_DIR");
  Settings settings = Scene::settings_in(root);
  settings.lease = std::chrono::milliseconds(20);
  base::set_fault_hook([&](std::string_view name) {
    if (name == "blobs stored") ::raise(SIGSTOP);
  });
  const Error error = error_of([&] {
    static_cast<void>(Preprocessor(settings).run(request_of(root / "calls.vcf"), nullptr, k_never));
  });
  CHECK(error.kind() == ErrorKind::temporary);
}

TEST_CASE("a process stopped past its lease and woken commits nothing") {
  Scene scene;
  scene.input("calls.vcf", vcf_text());
  base::Child worker =
      start_worker("worker: stops in the middle", {"WEIR_TEST_DIR=" + scene.dir.path().string()});
  // Its lease runs out while it stands still (or before); then the job is there to be taken.
  jobs::JobStore store(scene.dir.path() / "state");
  wait_for_stop(worker.pid());
  // A job that lost its lease already is in the queue, and not to be recovered.
  static_cast<void>(jobs::recover_preprocessing(store));
  const Result result = run(scene, request_of(scene.dir.path() / "calls.vcf"));
  CHECK(result.how == How::made);
  worker.signal_group(SIGCONT);
  CHECK(worker.wait().status == 0);
  const auto jobs = scene.jobs();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].state == jobs::JobState::succeeded);
  CHECK(jobs[0].attempt == 2);
  check_whole_or_nothing(scene);
  // It removed its scratch, and nothing of it is in the record.
  CHECK(scene.cache_files("tmp").empty());
  jobs::JobStore record(scene.dir.path() / "state");
  for (const jobs::Stage& stage : record.stages(jobs[0].id)) CHECK(stage.attempt == 2);
}
