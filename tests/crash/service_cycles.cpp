// service_cycles N: starts and stops N services, eight at a time, in one process, each with an
// output, a probe, a stop command now and then; a gate that is a program before each eight. Ends
// with 1 when descriptors, threads, processes, files or memory are more at the end than after the
// first cycles.
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/service_process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace weir;
using base::EventLoop;

constexpr int k_at_once = 8;
constexpr int k_first_cycles = 40;
constexpr int k_looks_max = 200;
/// Pages that the allocator keeps, for all cycles together; a leak of 100 bytes in each of ten
/// thousand cycles is more.
constexpr std::int64_t k_memory_slack = 900'000;

std::int64_t resident_bytes() {
  const std::string text = base::read_file("/proc/self/statm");
  return base::parse_int64(base::split(text, ' ').at(1)).value_or(0) * ::sysconf(_SC_PAGESIZE);
}

std::size_t entries_below(const base::fs::path& folder) {
  std::size_t count = 0;
  for (const auto& entry : base::fs::recursive_directory_iterator(folder))
    count += entry.path().filename() != "up";  // left by a server that was killed: its own
  return count;
}

struct Counts {
  explicit Counts(const base::fs::path& folder) : files(entries_below(folder)) {}
  std::size_t descriptors = base::list_folder("/proc/self/fd").size();
  std::size_t threads = base::list_folder("/proc/self/task").size();
  std::size_t processes = base::descendants_of(::getpid()).size();
  std::size_t files;
  std::int64_t memory = resident_bytes();

  [[nodiscard]] bool exceeds(const Counts& other) const {
    return descriptors > other.descriptors || threads > other.threads ||
           processes > other.processes || files > other.files;
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("{} descriptors, {} threads, {} processes, {} files", descriptors, threads,
                       processes, files);
  }
};

class Cycles {
 public:
  explicit Cycles(const base::fs::path& folder) : folder_(folder) {
    base::make_folders(folder_ / "registry");
    for (int lane = 0; lane < k_at_once; ++lane)
      base::make_folders(folder_ / "work" / std::to_string(lane));
  }

  /// `k_at_once` cycles, numbered from `first` on.
  void run(int first) {
    pass_gate();
    std::vector<std::unique_ptr<engine::ServiceProcess>> services(k_at_once);
    int alive = k_at_once;
    for (int lane = 0; lane < k_at_once; ++lane) {
      auto& service = services[static_cast<std::size_t>(lane)];
      engine::ServiceProcess::Handlers handlers;
      handlers.launch = [this, lane](int, const auto& proceed) { proceed(launch_in(lane)); };
      handlers.ready = [this, &service] {
        ++ready_;
        loop_.post([&service] { service->stop(); });
      };
      handlers.ended = [this, &alive] {
        if (--alive == 0) loop_.stop();
      };
      service = std::make_unique<engine::ServiceProcess>(loop_, options_of(first + lane),
                                                         std::move(handlers));
      service->inputs_complete();
    }
    loop_.run();
    loop_.poll();
  }

  /// The counts once they are no more than `before`, else after some time: folder watches are
  /// closed by threads of their own.
  [[nodiscard]] Counts settled(const Counts& before) {
    Counts now(folder_);
    for (int i = 0; i < k_looks_max && now.exceeds(before); ++i) {
      idle(std::chrono::milliseconds(50));
      now = Counts(folder_);
    }
    return now;
  }

  void idle(std::chrono::milliseconds time) {
    loop_.after(time, [this] { loop_.stop(); });
    loop_.run();
  }

  [[nodiscard]] int ready() const { return ready_; }

 private:
  [[nodiscard]] engine::ServiceProcess::Options options_of(int number) const {
    engine::ServiceProcess::Options options;
    options.policy.name = "cycle";
    options.policy.settings.eager = true;
    options.policy.settings.probes = {engine::parse_probe("log:listening")};
    options.policy.settings.ports = {"web"};
    options.policy.settings.poll = std::chrono::milliseconds(10);
    // The signal follows a stop command that stops nothing after half the grace.
    options.policy.settings.grace = std::chrono::milliseconds(500);
    if (number % 7 == 0) options.policy.settings.stop_command = "true";
    options.registry_dir = folder_ / "registry";
    return options;
  }

  [[nodiscard]] engine::ServiceLaunch launch_in(int lane) const {
    engine::ServiceLaunch launch;
    launch.argv = {"/bin/sh", "-c",
                   "echo x > up; echo listening; sleep 1000 & "
                   "trap 'kill $! 2>/dev/null; rm up; exit 0' TERM; wait"};
    launch.directory = folder_ / "work" / std::to_string(lane);
    launch.environment = {"PATH=/usr/bin:/bin"};
    launch.outputs = {engine::parse_probe("file:up")};
    return launch;
  }

  void pass_gate() {
    engine::GateKeeper::Options options;
    options.environment = {"PATH=/usr/bin:/bin"};
    options.state_dir = folder_ / "gates";
    engine::GateKeeper keeper(loop_, pool_, options);
    engine::GateRequest request;
    engine::GateSpec gate;
    gate.name = "open";
    engine::set_gate_option(gate, "exec", "/bin/true");
    request.add(gate);
    keeper.prepare(std::move(request),
                   [&](const engine::GateOutcome&) { keeper.when_idle([&] { loop_.stop(); }); });
    loop_.run();
  }

  base::fs::path folder_;
  EventLoop loop_;
  base::ThreadPool pool_{1};
  int ready_ = 0;
};

bool more(const char* what, std::size_t before, std::size_t after) {
  if (after <= before) return false;
  fmt::print(stderr, "{}: {} before, {} after\n", what, before, after);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc == 2 ? std::atoi(argv[1]) : 0;
  if (count < 1) {
    fmt::print(stderr, "service_cycles N\n");
    return 2;
  }
  const base::TempDir folder;
  // The runtime folders of the services are counted, too, and nobody else's.
  ::setenv("TMPDIR", folder.path().c_str(), 1);
  Cycles cycles(folder.path());
  for (int i = 0; i < k_first_cycles; i += k_at_once) cycles.run(i);
  cycles.idle(std::chrono::seconds(1));
  const Counts before(folder.path());
  const int rounds = (count + k_at_once - 1) / k_at_once;
  for (int i = 0; i < rounds; ++i) cycles.run(i * k_at_once);
  const Counts after = cycles.settled(before);
  const int begun = k_first_cycles + rounds * k_at_once;
  bool leaks = cycles.ready() != begun;
  if (leaks) fmt::print(stderr, "{} of {} became ready\n", cycles.ready(), begun);
  leaks = more("descriptors", before.descriptors, after.descriptors) || leaks;
  leaks = more("threads", before.threads, after.threads) || leaks;
  leaks = more("processes", before.processes, after.processes) || leaks;
  leaks = more("files", before.files, after.files) || leaks;
  const std::int64_t grown = after.memory - before.memory;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // those keep what is freed
  if (grown > k_memory_slack) {
    fmt::print(stderr, "memory: {} bytes more\n", grown);
    leaks = true;
  }
#endif
  fmt::print("{} cycles: before {}; after {}; {} bytes of memory more\n", count, before.text(),
             after.text(), grown);
  return leaks ? 1 : 0;
}
