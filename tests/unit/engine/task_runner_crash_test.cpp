// A controller that is killed: what was finished stays finished, and nothing goes on.
#include "base/clock.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "engine/seal.hpp"
#include "runner_fixture.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace weir::engine;
using namespace weir::engine::testing;
using weir::base::TempDir;
using weir::base::fs::path;

namespace {

constexpr int k_tasks = 30;
constexpr const char* k_folder_variable = "WEIR_CRASH_TEST_FOLDER";

/// Each task leaves a line in `ran/INDEX` when it starts, so that runs can be counted.
void run_tasks(Run& run, const path& folder) {
  for (int i = 1; i <= k_tasks; ++i) {
    const std::string number = std::to_string(i);
    TaskSpec spec = run.spec("echo begun >> " + (folder / "ran" / number).native() +
                                 "; echo result " + number + " > out.txt",
                             i);
    spec.environment[k_folder_variable] = folder.native();
    spec.path_outputs = {output({"out.txt"})};
    run.submit(std::move(spec));
  }
  run.go();
}

std::map<std::string, std::size_t> begun_counts(const path& folder) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& name : weir::base::list_folder(folder / "ran")) {
    const std::string lines = weir::base::read_file(folder / "ran" / name);
    counts[name] = weir::base::split(lines, '\n').size() - 1;
  }
  return counts;
}

/// Task numbers whose directories have a seal.
std::vector<std::string> sealed_tasks(const path& folder) {
  std::vector<std::string> numbers;
  const path work = folder / "work";
  if (!weir::base::file_info(work)) return numbers;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(work)) {
    if (entry.path().filename() != k_seal_name) continue;
    const auto seal = decode_seal(weir::base::read_file(entry.path()));
    if (!seal.has_value()) continue;  // cut short by the kill: it counts as none
    const std::string& name = seal->task;
    numbers.push_back(name.substr(3, name.size() - 4));
  }
  return numbers;
}

/// Starts the helper case below as a process of its own and kills it when `begun` tasks have begun.
void run_and_kill(const path& folder, std::size_t begun) {
  weir::base::SpawnOptions options;
  options.argv = {weir::base::own_executable(), "--no-skip",
                  "--test-case=helper: a run that somebody kills"};
  options.environment = std::vector<std::string>{
      "PATH=/usr/bin:/bin", std::string(k_folder_variable) + "=" + folder.native()};
  const weir::base::Fd log = weir::base::open_write(folder / "helper.log");
  options.stdout_fd = log.get();
  options.stderr_fd = log.get();
  weir::base::Child child = weir::base::spawn(options);
  pollfd end{child.pidfd(), POLLIN, 0};
  while (begun_counts(folder).size() < begun && ::poll(&end, 1, 1) == 0) {
  }
  ::kill(child.pid(), SIGKILL);
  (void)child.wait();
}

bool all_gone(const path& folder) {
  const std::string entry = std::string(k_folder_variable) + "=" + folder.native();
  const auto deadline = weir::base::now_boot() + std::chrono::seconds(5);
  while (!weir::base::processes_with_environment(entry).empty()) {
    if (weir::base::now_boot() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

}  // namespace

TEST_SUITE("task runner crash") {
  TEST_CASE("helper: a run that somebody kills" * doctest::skip()) {
    const char* folder = std::getenv(k_folder_variable);
    REQUIRE(folder != nullptr);
    Run run(folder, true);
    run_tasks(run, folder);
  }

  TEST_CASE("killed again and again, the work is finished once, and nothing is left running") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 5; ++round) {
      const TempDir dir;
      weir::base::make_folders(dir.path() / "ran");
      for (int kill = 0; kill < 3; ++kill) {
        const auto before = begun_counts(dir.path());
        const auto sealed = sealed_tasks(dir.path());
        const std::size_t begun = std::min<std::size_t>(
            before.size() + std::uniform_int_distribution<std::size_t>(1, 8)(random), k_tasks);
        run_and_kill(dir.path(), begun);
        CHECK(begun_counts(dir.path()).size() >= begun);  // it was running, indeed
        CHECK(all_gone(dir.path()));
        const auto after = begun_counts(dir.path());
        for (const std::string& number : sealed) CHECK(after.at(number) == before.at(number));
      }
      const auto before = begun_counts(dir.path());
      const auto sealed = sealed_tasks(dir.path());
      Run last(dir.path(), true);
      run_tasks(last, dir.path());
      REQUIRE(last.results.size() == k_tasks);
      CHECK_FALSE(last.failure.has_value());
      for (const TaskResult& result : last.results) {
        const std::string text = weir::base::read_file(result.output_dir + "/out.txt");
        CHECK(text.starts_with("result "));
      }
      const auto after = begun_counts(dir.path());
      CHECK(after.size() == k_tasks);
      for (const std::string& number : sealed) CHECK(after.at(number) == before.at(number));
    }
  }
}
