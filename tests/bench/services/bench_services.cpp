// What services and gates cost; see README.md.
//
//   bench_services cycles N     start and stop N trivial services; also checks that nothing leaks
//   bench_services gates N      N requests at one gate for each of two kinds: memory, and time to
//   open
#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/service_process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace weir;
using base::EventLoop;
using std::chrono::duration;

double millis(std::chrono::nanoseconds time) {
  return duration<double, std::milli>(time).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

std::int64_t resident_bytes() {
  const std::string text = base::read_file("/proc/self/statm");
  const auto fields = base::split(text, ' ');
  return base::parse_int64(fields.at(1)).value_or(0) * ::sysconf(_SC_PAGESIZE);
}

struct Counts {
  std::size_t descriptors = base::list_folder("/proc/self/fd").size();
  std::size_t processes = base::descendants_of(::getpid()).size();
  std::size_t folders = 0;
  Counts() {
    for (const std::string& name : base::list_folder("/tmp"))
      folders += name.starts_with("weir-s-");
  }
};

/// The program's own time: the same program by the same host, started and ended by a signal.
double bare_cycle(EventLoop& loop, base::ProcessHost& host) {
  const auto begin = base::now_boot();
  base::SpawnOptions program;
  program.argv = {"/bin/sleep", "1000"};
  base::ProcessHost::Id id = 0;
  id = host.start(program, {[&](pid_t, const std::string&) {
                              host.stop_tree(id, SIGTERM, std::chrono::seconds(10));
                            },
                            [](const base::ProcessExit&) {}, [&] { loop.stop(); }});
  loop.run();
  return millis(base::now_boot() - begin);
}

double service_cycle(EventLoop& loop, const std::string& registry) {
  const auto begin = base::now_boot();
  engine::ServiceProcess::Options options;
  options.policy.name = "trivial";
  options.policy.settings.eager = true;
  options.registry_dir = registry;
  engine::ServiceProcess* started = nullptr;
  engine::ServiceProcess::Handlers handlers;
  handlers.launch = [](int, const auto& proceed) {
    engine::ServiceLaunch launch;
    launch.argv = {"/bin/sleep", "1000"};
    launch.directory = "/";
    proceed(launch);
  };
  handlers.ready = [&] { loop.post([&] { started->stop(); }); };
  handlers.ended = [&] { loop.stop(); };
  engine::ServiceProcess service(loop, std::move(options), std::move(handlers));
  started = &service;
  service.inputs_complete();
  loop.run();
  loop.poll();
  return millis(base::now_boot() - begin);
}

int run_cycles(int count) {
  const base::TempDir folder;
  EventLoop loop;
  std::vector<double> bare;
  {
    base::ProcessHost host(loop, {});
    for (int i = 0; i < 50; ++i) bare.push_back(bare_cycle(loop, host));
  }
  for (int i = 0; i < 10; ++i) static_cast<void>(service_cycle(loop, folder.path()));
  const Counts before;
  std::vector<double> services;
  for (int i = 0; i < count; ++i) services.push_back(service_cycle(loop, folder.path()));
  const Counts after;
  const std::size_t files = base::list_folder(folder.path()).size();
  fmt::print(
      "cycles {}: program alone {:.2f} ms, as a service {:.2f} ms, above it {:.2f} ms (medians)\n",
      count, median(bare), median(services), median(services) - median(bare));
  const bool leaks = after.descriptors > before.descriptors || after.processes > before.processes ||
                     after.folders > before.folders || files > 0;
  if (leaks)
    fmt::print("leaked: {} descriptors, {} processes, {} folders, {} entries\n",
               after.descriptors - before.descriptors, after.processes - before.processes,
               after.folders - before.folders, files);
  return leaks ? 1 : 0;
}

int run_gates(std::size_t count, bool own_inputs) {
  const base::TempDir folder;
  EventLoop loop;
  base::ThreadPool pool(2);
  engine::GateKeeper::Options options;
  options.state_dir = folder.path();
  engine::GateKeeper keeper(loop, pool, options);
  engine::GateSpec spec;
  spec.name = "open";
  engine::set_gate_option(spec, "type", "file");
  const std::string path = (folder.path() / "open").string();
  if (!own_inputs) spec.target = path;
  const auto gate = std::make_shared<const engine::GateSpec>(spec);
  std::size_t answered = 0;
  std::chrono::nanoseconds first{0};
  std::chrono::nanoseconds last{0};
  const std::int64_t memory = resident_bytes();
  for (std::size_t i = 0; i < count; ++i) {
    auto request = std::make_shared<engine::GateRequest>();
    request->task = i + 1;
    request->process = "ALIGN";
    request->name = "ALIGN (" + std::to_string(i) + ")";
    if (own_inputs) request->inputs = {path};
    request->gates = {gate};
    keeper.prepare(request, [&](const engine::GateOutcome&) {
      if (answered++ == 0) first = base::now_boot();
      if (answered < count) return;
      last = base::now_boot();
      loop.stop();
    });
  }
  loop.poll();
  loop.after(std::chrono::seconds(3), [&] { loop.stop(); });
  loop.run();  // the pauses between two looks have grown
  const std::int64_t grown = resident_bytes() - memory;
  const auto opened = base::now_boot();
  base::write_file(path, "x");
  loop.run();
  const std::size_t threads = base::list_folder("/proc/self/task").size();
  fmt::print(
      "gates {}{}: {} bytes each, {} threads, first answer after {:.2f} ms, last {:.2f} ms\n",
      count, own_inputs ? " by inputs" : "", grown / static_cast<std::int64_t>(count), threads,
      millis(first - opened), millis(last - opened));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const int count = argc > 2 ? std::atoi(argv[2]) : 0;
  if (what == "cycles" && count > 0) return run_cycles(count);
  if (what == "gates" && count > 0) {
    run_gates(static_cast<std::size_t>(count), false);
    return run_gates(static_cast<std::size_t>(count), true);
  }
  fmt::print(stderr, "bench_services cycles N | gates N\n");
  return 2;
}
