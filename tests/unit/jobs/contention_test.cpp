// Several real processes on one store. The workers are this same test program, started with one of
// the skipped test cases below; what they shall do stands in their environment.
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "job_fixture.hpp"
#include "jobs/recovery.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace weir;
using namespace weir::jobs;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int k_processes = 16;
constexpr int k_keys = 200;

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

base::Child start_worker(const std::string& test_case, std::vector<std::string> environment,
                         int stdout_fd = -1) {
  base::SpawnOptions options;
  options.argv = {base::own_executable(), "--no-skip", "--minimal", "--test-case=" + test_case};
  options.environment = std::move(environment);
  options.stdout_fd = stdout_fd;
  return base::spawn(options);
}

}  // namespace

TEST_CASE("worker: claims all keys" * doctest::skip()) {
  JobStore store(setting("WEIR_TEST_DIR"));
  std::string fresh;
  for (int i = 0; i < k_keys; ++i) {
    const Claim claim = store.claim(a_file("key " + std::to_string(i), seconds(600)));
    if (claim.answer == Claim::Answer::fresh) fresh += std::to_string(i) + "\n";
    CHECK(claim.answer != Claim::Answer::full);
    CHECK(claim.answer != Claim::Answer::failed_before);
  }
  base::write_file(setting("WEIR_TEST_OUT"), fresh);
}

TEST_CASE("sixteen processes that claim two hundred keys make exactly two hundred jobs") {
  StoreFixture f;
  std::vector<base::Child> workers;
  for (int i = 0; i < k_processes; ++i) {
    const std::string out = (f.dir.path() / ("out" + std::to_string(i))).string();
    workers.push_back(start_worker(
        "worker: claims all keys",
        {"WEIR_TEST_DIR=" + (f.dir.path() / "state").string(), "WEIR_TEST_OUT=" + out}));
  }
  std::vector<int> claimed(k_keys, 0);
  for (int i = 0; i < k_processes; ++i) {
    CHECK(workers[static_cast<std::size_t>(i)].wait().status == 0);
    const std::string lines = base::read_file(f.dir.path() / ("out" + std::to_string(i)));
    for (const std::string_view line : base::split(base::trim(lines), '\n')) {
      if (!line.empty()) ++claimed[static_cast<std::size_t>(base::parse_int64(line).value())];
    }
  }
  for (const int count : claimed) CHECK(count == 1);
  JobStore store(f.dir.path() / "state");
  CHECK(store.active().size() == k_keys);
}

TEST_CASE("worker: sleeps past its lease" * doctest::skip()) {
  JobStore store(setting("WEIR_TEST_DIR"));
  const Claim claim = store.claim(a_file("file", milliseconds(1)));
  REQUIRE(claim.answer == Claim::Answer::fresh);
  ::raise(SIGSTOP);
  CHECK_FALSE(store.heartbeat(claim.attempt(), seconds(40)).owner);
  CHECK_FALSE(store.complete_stage(claim.attempt(), {"data", 1, "k", "from the woken", 1}));
  CHECK_FALSE(store.finish(claim.attempt(), success()).has_value());
}

TEST_CASE("a process stopped past its lease and woken writes nothing") {
  StoreFixture f;
  JobStore store(f.dir.path());
  base::Child worker =
      start_worker("worker: sleeps past its lease", {"WEIR_TEST_DIR=" + f.dir.path().string()});
  wait_for_stop(worker.pid());
  // It stands still, so its lease must end.
  std::vector<Recovered> taken;
  while (taken.empty()) taken = recover_all(store);
  CHECK(taken[0].to == JobState::queued);
  const std::optional<Job> second = store.start_next(JobKind::preprocess, seconds(600));
  REQUIRE(second.has_value());
  CHECK(second->attempt == 2);
  CHECK(store.complete_stage({second->id, 2}, {"data", 2, "k", "from the second", 1}));
  worker.signal_group(SIGCONT);
  CHECK(worker.wait().status == 0);
  REQUIRE(store.stages(second->id).size() == 1);
  CHECK(store.stages(second->id)[0].sha256 == "from the second");
  CHECK(store.find(second->id)->state == JobState::starting);
}

TEST_CASE("worker: claims and is killed" * doctest::skip()) {
  JobStore store(setting("WEIR_TEST_DIR"));
  REQUIRE(store.claim(a_file("file", seconds(600))).answer == Claim::Answer::fresh);
  ::raise(SIGKILL);
}

TEST_CASE("the job of a killed process is taken back at once, long before its lease ends") {
  StoreFixture f;
  base::Child worker =
      start_worker("worker: claims and is killed", {"WEIR_TEST_DIR=" + f.dir.path().string()});
  CHECK(worker.wait().signal == SIGKILL);
  JobStore store(f.dir.path());
  const std::vector<Recovered> taken = recover_all(store);
  REQUIRE(taken.size() == 1);
  CHECK(taken[0].to == JobState::queued);
}
