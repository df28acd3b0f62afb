// Ratios of the engine to the floor of starting the same programs; see README.md.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/task_key.hpp"
#include "engine/task_runner.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace weir;

constexpr int k_rounds = 5;
constexpr std::size_t k_jobs = 2;

double seconds() {
  return std::chrono::duration<double>(base::now_boot()).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Starts `argv` `count` times, `k_jobs` at once; seconds.
double floor_seconds(const std::vector<std::string>& argv, int count) {
  base::SpawnOptions options;
  options.argv = argv;
  const double begin = seconds();
  std::vector<base::Child> running;
  for (int started = 0, ended = 0; ended < count;) {
    while (running.size() < k_jobs && started < count) {
      running.push_back(base::spawn(options));
      ++started;
    }
    std::vector<pollfd> polls;
    for (const base::Child& child : running) polls.push_back({child.pidfd(), POLLIN, 0});
    ::poll(polls.data(), polls.size(), -1);
    for (std::size_t i = running.size(); i-- > 0;) {
      if (polls[i].revents == 0) continue;
      (void)running[i].wait();
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      ++ended;
    }
  }
  return seconds() - begin;
}

struct Measure {
  double wall = 0;
  double cpu = 0;
};

engine::TaskSpec trivial_task(engine::ProcessId process, int index) {
  engine::TaskSpec spec;
  spec.process = process;
  spec.index = index;
  spec.name = fmt::format("P ({})", index);
  spec.script = "\n    true\n    ";
  spec.key = {engine::text_part("process", "P"), engine::text_part("script", spec.script),
              engine::text_part("input x", std::to_string(index))};
  return spec;
}

std::vector<std::string> environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

Measure runner_seconds(const base::fs::path& work_dir, int count) {
  base::EventLoop loop;
  base::ProcessHost host(loop, {});
  base::ThreadPool pool(2);
  engine::RunnerOptions options;
  options.work_dir = work_dir.native();
  options.temp_dir = "/tmp";
  options.run_id = "bench";
  options.cpus = static_cast<double>(k_jobs);
  options.environment = environment();
  engine::TaskRunner runner(loop, host, pool, options);
  const engine::ProcessId process = runner.add_process({.name = "P"});
  int submitted = 0;
  int ended = 0;
  engine::TaskCallbacks callbacks;
  callbacks.completed = [&](const engine::TaskResult&) {
    if (++ended == count) loop.stop();
  };
  const auto feed = [&] {
    while (submitted < count && runner.has_room(process))
      runner.submit(trivial_task(process, ++submitted), callbacks);
  };
  runner.on_room([&](engine::ProcessId) { feed(); });
  const double begin = seconds();
  const double cpu = own_cpu_seconds();
  feed();
  loop.run();
  return {seconds() - begin, own_cpu_seconds() - cpu};
}

void print(const std::string& what, double ratio, double must, double wanted) {
  fmt::print("{:<46} {:6.2f}   must {:.2f}  wanted {:.2f}  {}\n", what, ratio, must, wanted,
             ratio <= wanted ? "wanted"
             : ratio <= must ? "met"
                             : "MISSED");
}

int bench_runner(const base::fs::path& folder, int count) {
  base::write_file(folder / "script.sh", "#!/bin/bash -ue\ntrue\n");
  const std::vector<std::string> floor{"/bin/bash", "-ue", (folder / "script.sh").native()};
  std::vector<double> walls;
  std::vector<double> floors;
  std::vector<double> cpus;
  for (int round = 0; round < k_rounds; ++round) {
    floors.push_back(floor_seconds(floor, count));
    const Measure one = runner_seconds(folder / std::to_string(round), count);
    walls.push_back(one.wall);
    cpus.push_back(one.cpu / count * 1e3);
  }
  fmt::print("floor {:.0f} us, runner {:.0f} us a task\n", median(floors) / count * 1e6,
             median(walls) / count * 1e6);
  print("runner over floor, wall", median(walls) / median(floors), 1.25, 1.10);
  print("own CPU, ms a task", median(cpus), 0.40, 0.40);
  return 0;
}

/// `weir run` in a folder of its own; output is dropped.
base::ProcessExit run_weir(const std::string& weir, const base::fs::path& folder,
                           const std::vector<std::string>& more = {}) {
  base::SpawnOptions options;
  options.argv = {weir, "run", "main.nf", "--state-dir", (folder / "state").native()};
  options.argv.insert(options.argv.end(), more.begin(), more.end());
  options.directory = folder.native();
  const base::CommandResult result = base::run_command(options);
  if (result.exit.status != 0) {
    throw Error(ErrorKind::failed,
                "weir run ended with " + std::to_string(result.exit.status) + ": " + result.errors);
  }
  return result.exit;
}

int bench_hello(const base::fs::path& folder, const std::string& weir) {
  base::write_file(folder / "main.nf",
                   "process HELLO {\n  output:\n  stdout\n\n  script:\n  \"\"\"\n  echo hello\n"
                   "  \"\"\"\n}\n\nworkflow {\n  HELLO() | view\n}\n");
  std::vector<double> walls;
  std::vector<double> floors;
  double rss_mb = 0;
  for (int round = 0; round < 21; ++round) {
    double begin = seconds();
    (void)base::run_command({.argv = {"/bin/bash", "-c", "true"}});
    floors.push_back(seconds() - begin);
    begin = seconds();
    const base::ProcessExit exit = run_weir(weir, folder);
    walls.push_back(seconds() - begin);
    rss_mb = std::max(rss_mb, static_cast<double>(exit.max_rss_bytes) / (1 << 20));
  }
  fmt::print("bash -c true {:.2f} ms, weir run hello {:.2f} ms\n", median(floors) * 1e3,
             median(walls) * 1e3);
  print("hello over bash -c true, wall", median(walls) / median(floors), 5, 3);
  print("hello, peak memory in MB", rss_mb, 20, 15);
  return 0;
}

void write_tasks_script(const base::fs::path& folder, int count) {
  base::write_file(folder / "main.nf",
                   "process P {\n  input:\n  val x\n\n  script:\n  \"\"\"\n  true\n  \"\"\"\n}\n\n"
                   "workflow {\n  P(channel.of(1.." +
                       std::to_string(count) + "))\n}\n");
  base::write_file(folder / "nextflow.config", "executor.cpus = " + std::to_string(k_jobs) + "\n");
}

int bench_weir(const base::fs::path& folder, const std::string& weir, int count) {
  write_tasks_script(folder, count);
  base::write_file(folder / "script.sh", "#!/bin/bash -ue\ntrue\n");
  const std::vector<std::string> floor{"/bin/bash", "-ue", (folder / "script.sh").native()};
  std::vector<double> walls;
  std::vector<double> floors;
  double rss_mb = 0;
  for (int round = 0; round < k_rounds; ++round) {
    floors.push_back(floor_seconds(floor, count));
    const double begin = seconds();
    const base::ProcessExit exit = run_weir(weir, folder, {"-q"});
    walls.push_back(seconds() - begin);
    rss_mb = std::max(rss_mb, static_cast<double>(exit.max_rss_bytes) / (1 << 20));
  }
  fmt::print("floor {:.0f} us, weir run {:.0f} us a task, {:.1f} MB\n",
             median(floors) / count * 1e6, median(walls) / count * 1e6, rss_mb);
  print(fmt::format("weir run of {} tasks over floor, wall", count), median(walls) / median(floors),
        1.25, 1.10);
  return 0;
}

int bench_resume(const base::fs::path& folder, const std::string& weir, int count) {
  write_tasks_script(folder, count);
  (void)run_weir(weir, folder, {"-q"});
  std::vector<double> walls;
  for (int round = 0; round < k_rounds; ++round) {
    const double begin = seconds();
    (void)run_weir(weir, folder, {"-q", "-resume"});
    walls.push_back((seconds() - begin) / count * 1e6);
  }
  print("resume, us a cached task", median(walls), 40, 20);
  return 0;
}

int usage() {
  fmt::print(stderr, "usage: bench_engine runner N | weir WEIR N | hello WEIR | resume WEIR N\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const char* parent = std::getenv("BENCH_DIR");
  try {
    const base::TempDir folder(parent != nullptr ? parent : "/dev/shm");
    const auto number = [&](std::size_t at) {
      return static_cast<int>(base::parse_int64(words.at(at)).value_or(1000));
    };
    if (words.size() == 2 && words[0] == "runner") return bench_runner(folder.path(), number(1));
    if (words.size() == 2 && words[0] == "hello") return bench_hello(folder.path(), words[1]);
    if (words.size() == 3 && words[0] == "weir")
      return bench_weir(folder.path(), words[1], number(2));
    if (words.size() == 3 && words[0] == "resume")
      return bench_resume(folder.path(), words[1], number(2));
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_engine: {}\n", error.what());
    return 1;
  }
  return usage();
}
