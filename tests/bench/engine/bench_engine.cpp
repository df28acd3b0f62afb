// Ratios of the engine to the floor of starting the same programs; see README.md.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/folder.hpp"
#include "base/text.hpp"
#include "floor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using namespace weir;
using bench::Cost;
using bench::Pairs;
using bench::print_limit;

constexpr int k_rounds = 5;
constexpr int k_hello_rounds = 41;
constexpr int k_publish_rounds = 15;
constexpr std::size_t k_jobs = 2;

Cost run_weir(const std::string& weir, const base::fs::path& folder,
              const std::vector<std::string>& more = {}) {
  std::vector<std::string> argv{weir, "run", "main.nf", "--state-dir", (folder / "state").native()};
  argv.insert(argv.end(), more.begin(), more.end());
  return bench::cost_of(argv, folder.native());
}

void bench_hello(const base::fs::path& folder, const std::string& weir) {
  base::write_file(folder / "main.nf",
                   "process HELLO {\n  output:\n  stdout\n\n  script:\n  \"\"\"\n  echo hello\n"
                   "  \"\"\"\n}\n\nworkflow {\n  HELLO() | view\n}\n");
  const Pairs pairs = bench::in_pairs(
      k_hello_rounds,
      [&] {
        return bench::cost_of({"/bin/bash", "-c", "true"}, folder.native());
      },
      [&] { return run_weir(weir, folder, {"-q"}); });
  fmt::print("bash -c true {:.2f} ms, weir run hello {:.2f} ms\n",
             bench::median_of(pairs.floor, &Cost::wall) * 1e3,
             bench::median_of(pairs.measured, &Cost::wall) * 1e3);
  print_limit("hello over bash -c true, wall", bench::wall_ratio(pairs), 3, 2);
  print_limit("hello, peak memory in MB", bench::median_of(pairs.measured, &Cost::rss_mb), 15, 12);
}

/// One process with `count` tasks whose script is `line`; directives and outputs as they stand in
/// its body, whole lines.
void write_pipeline(const base::fs::path& folder, int count, const std::string& line,
                    const std::string& directives = "", const std::string& outputs = "") {
  base::write_file(
      folder / "main.nf",
      fmt::format(
          "process P {{\n{}  input:\n  val x\n\n{}  script:\n  \"\"\"\n  {}\n  \"\"\"\n}}\n\n"
          "workflow {{\n  P(channel.of(1..{}))\n}}\n",
          directives, outputs, line, count));
  base::write_file(folder / "nextflow.config", fmt::format("executor.cpus = {}\n", k_jobs));
}

std::vector<std::string> floor_program(const base::fs::path& folder) {
  base::write_file(folder / "script.sh", "#!/bin/bash -ue\ntrue\n");
  return {"/bin/bash", "-ue", (folder / "script.sh").native()};
}

/// CPU of the engine itself (its own processes and the kernel's work for it), in ms a task.
double own_cpu_ms(const Pairs& pairs, int count) {
  std::vector<double> values;
  for (std::size_t i = 0; i < pairs.floor.size(); ++i)
    values.push_back((pairs.measured[i].cpu - pairs.floor[i].cpu) / count * 1e3);
  return bench::median(values);
}

Pairs measure_tasks(const base::fs::path& folder, const std::string& weir, int count, int rounds) {
  write_pipeline(folder, count, "true");
  const std::vector<std::string> floor = floor_program(folder);
  int round = 0;
  return bench::in_pairs(
      rounds, [&] { return bench::floor_of(floor, count, k_jobs); },
      [&] {
        const std::string work = fmt::format("work-{}-{}", count, round++);
        const Cost cost = run_weir(weir, folder, {"-q", "-w", work});
        // Not within what is timed; a folder with a million files slows the next round down.
        base::remove_tree(folder / work);
        return cost;
      });
}

void print_tasks(const Pairs& pairs, int count) {
  fmt::print("{} tasks: floor {:.0f} us, weir run {:.0f} us a task; CPU {:.0f} and {:.0f} us\n",
             count, bench::median_of(pairs.floor, &Cost::wall) / count * 1e6,
             bench::median_of(pairs.measured, &Cost::wall) / count * 1e6,
             bench::median_of(pairs.floor, &Cost::cpu) / count * 1e6,
             bench::median_of(pairs.measured, &Cost::cpu) / count * 1e6);
  print_limit(fmt::format("{} tasks over their floor, wall", count), bench::wall_ratio(pairs), 1.10,
              1.05);
  print_limit(fmt::format("{} tasks over their floor, CPU", count), bench::cpu_ratio(pairs), 1.10,
              1.05);
  print_limit("own CPU beside the tasks', ms a task", own_cpu_ms(pairs, count), 0.4, 0.2);
}

void bench_tasks(const base::fs::path& folder, const std::string& weir, int count) {
  print_tasks(measure_tasks(folder, weir, count, k_rounds), count);
}

/// Cost and memory a task as the number of tasks grows.
void bench_growth(const base::fs::path& folder, const std::string& weir, int count) {
  constexpr int k_small = 1000;
  const Pairs small = measure_tasks(folder, weir, k_small, k_rounds);
  const Pairs large = measure_tasks(folder, weir, count, count > 20'000 ? 1 : 2);
  print_tasks(large, count);
  print_limit(fmt::format("cost a task over that of {} tasks, both by floor", k_small),
              bench::cpu_ratio(large) / bench::cpu_ratio(small), 1.10, 1.05);
  const double grown = bench::median_of(large.measured, &Cost::rss_mb) -
                       bench::median_of(small.measured, &Cost::rss_mb);
  print_limit("memory kept, KB a finished task", grown * 1024 / (count - k_small), 1, 0.5);
  print_limit(fmt::format("peak memory with {} tasks, MB", count),
              bench::median_of(large.measured, &Cost::rss_mb), count > 20'000 ? 120 : 20,
              count > 20'000 ? 60 : 15);
}

/// The calls on the file system that looking at a finished task needs: its directory, and its seal
/// opened, read and closed.
double seconds_of_looking(const base::fs::path& work) {
  std::vector<base::fs::path> folders;
  for (const auto& outer : base::fs::directory_iterator(work)) {
    for (const auto& inner : base::fs::directory_iterator(outer.path()))
      folders.push_back(inner.path());
  }
  const auto begin = base::now_boot();
  std::size_t bytes = 0;
  for (const base::fs::path& path : folders) {
    if (!base::file_info(path)) continue;
    bytes += base::Folder(path).try_read(".weir.seal", std::size_t{1} << 20).value_or("").size();
  }
  if (bytes == 0) throw Error(ErrorKind::failed, "no task has a seal");
  return std::chrono::duration<double>(base::now_boot() - begin).count();
}

void bench_resume(const base::fs::path& folder, const std::string& weir, int count) {
  write_pipeline(folder, count, "true");
  (void)run_weir(weir, folder, {"-q"});
  std::vector<double> beyond;
  for (int round = 0; round < k_rounds; ++round) {
    const double floor = seconds_of_looking(folder / "work");
    const Cost cost = run_weir(weir, folder, {"-q", "-resume"});
    beyond.push_back((cost.wall - floor) / count * 1e6);
  }
  print_limit(fmt::format("resume of {}, us a task beyond the files' calls", count),
              bench::median(beyond), 20, 10);
}

/// Tasks whose shell is a plain `sh` and that write a file.
void write_sh_pipeline(const base::fs::path& folder, int count) {
  write_pipeline(folder, count, "echo done > out", "  shell '/bin/sh'\n",
                 "  output:\n  path 'out'\n\n");
}

/// Another program that runs the same commands.
struct Peer {
  std::string name;
  std::string program;            ///< absolute path; a peer that is not there is skipped
  std::vector<std::string> argv;  ///< its arguments
  std::string description;        ///< the file that says what is to be made, written below `folder`
  std::string content;
  double must;  ///< weir's wall time over its, at most
  double wanted;
};

std::string numbered(const char* pattern, int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += fmt::format(fmt::runtime(pattern), i);
  return text;
}

Peer make_peer(int count) {
  return {"make",
          "/usr/bin/make",
          {"-s", fmt::format("-j{}", k_jobs)},
          "Makefile",
          "all:" + numbered(" made/{}", count) + "\nmade/%:\n\t@echo done > $@; true\n",
          1.0,
          0.95};
}

Peer ninja_peer(int count) {
  return {"ninja",
          "/usr/bin/ninja",
          {"--quiet", fmt::format("-j{}", k_jobs)},
          "build.ninja",
          "rule w\n command = echo done > $out\n" + numbered("build made/{}: w\n", count),
          1 / 1.05,
          1 / 1.2};
}

Peer xargs_peer(int count) {
  return {
      "xargs",
      "/usr/bin/xargs",
      {"-a", "list", "-I{}", fmt::format("-P{}", k_jobs), "/bin/sh", "-c", "echo done > made/{}"},
      "list",
      numbered("{}\n", count),
      1 / 1.9,
      1 / 2.0};
}

Peer snakemake_peer(int count) {
  return {"snakemake",
          "/usr/bin/snakemake",
          {"--quiet", "all", "--cores", std::to_string(k_jobs)},
          "Snakefile",
          fmt::format("rule all:\n    input: expand('made/{{i}}', i=range({}))\n\nrule w:\n"
                      "    output: 'made/{{i}}'\n    shell: 'echo done > {{output}}'\n",
                      count),
          1 / 13.0,
          1 / 17.0};
}

void bench_peer(const base::fs::path& folder, const std::string& weir, int count,
                const Peer& peer) {
  if (!base::file_info(peer.program)) {
    fmt::print("{}: skipped, {} is not installed\n", peer.name, peer.program);
    return;
  }
  write_sh_pipeline(folder, count);
  base::write_file(folder / peer.description, peer.content);
  std::vector<std::string> argv{peer.program};
  argv.insert(argv.end(), peer.argv.begin(), peer.argv.end());
  int round = 0;
  const Pairs pairs = bench::in_pairs(
      k_rounds,
      [&] {
        base::remove_tree(folder / "made");
        base::make_folders(folder / "made");
        const Cost cost = bench::cost_of(argv, folder.native());
        if (base::list_folder(folder / "made").size() != static_cast<std::size_t>(count))
          throw Error(ErrorKind::failed, fmt::format("{} did not make all files", peer.name));
        return cost;
      },
      [&] {
        return run_weir(weir, folder, {"-q", "-w", fmt::format("work-{}-{}", peer.name, round++)});
      });
  fmt::print("{} {:.0f} us, weir run {:.0f} us a task\n", peer.name,
             bench::median_of(pairs.floor, &Cost::wall) / count * 1e6,
             bench::median_of(pairs.measured, &Cost::wall) / count * 1e6);
  print_limit(fmt::format("{} sh tasks over {}, wall", count, peer.name), bench::wall_ratio(pairs),
              peer.must, peer.wanted);
}

void bench_peers(const base::fs::path& folder, const std::string& weir, int count) {
  bench_peer(folder, weir, count, make_peer(count));
  bench_peer(folder, weir, count, ninja_peer(count));
  bench_peer(folder, weir, count, xargs_peer(count));
  // It takes a hundred times as long as the others.
  const int few = std::min(count, 200);
  bench_peer(folder, weir, few, snakemake_peer(few));
}

/// What publishing the files of one task adds to its run, over `cp` of as many files.
void bench_publish(const base::fs::path& folder, const std::string& weir, int count,
                   const std::string& mode, const std::string& cp_option) {
  base::write_file(folder / "main.nf",
                   fmt::format("process P {{\n  publishDir 'results', mode: '{}', enabled: "
                               "params.publish\n\n  output:\n  path 'f*'\n\n  script:\n  "
                               "\"\"\"\n  for i in \\$(seq {}); do echo \\$i > f\\$i; done\n  "
                               "\"\"\"\n}}\n\nworkflow {{\n  P()\n}}\n",
                               mode, count));
  // A word of the command line is a text, unless the configuration has a default of another kind.
  base::write_file(folder / "nextflow.config", "params.publish = false\n");
  const base::fs::path source = folder / "source";
  base::make_folders(source);
  for (int i = 1; i <= count; ++i)
    base::write_file(source / fmt::format("f{}", i), fmt::format("{}\n", i));
  const auto run = [&](const char* publish) {
    base::remove_tree(folder / "work");
    base::remove_tree(folder / "results");
    return run_weir(weir, folder, {"-q", "--publish", publish}).wall;
  };
  std::vector<double> floors;
  std::vector<double> added;
  for (int round = 0; round < k_publish_rounds; ++round) {
    base::remove_tree(folder / "copied");
    floors.push_back(
        bench::cost_of({"/bin/cp", "-r", cp_option, source.native(), (folder / "copied").native()},
                       folder.native())
            .wall);
    const double without = run("false");
    if (base::file_info(folder / "results"))
      throw Error(ErrorKind::failed, "files were published that should not be");
    added.push_back(run("true") - without);
    if (base::list_folder(folder / "results").size() != static_cast<std::size_t>(count))
      throw Error(ErrorKind::failed, "not all files were published");
  }
  // Two runs differ by chance as much as publishing takes: only medians are compared.
  fmt::print("cp {:.0f} ms, publishing adds {:.0f} ms\n", bench::median(floors) * 1e3,
             bench::median(added) * 1e3);
  print_limit(fmt::format("publishing {} files, mode {}, over cp -r {}", count, mode, cp_option),
              bench::median(added) / bench::median(floors), 1.1, 1.0);
}

int usage() {
  fmt::print(stderr,
             "usage: bench_engine hello WEIR | tasks WEIR N | growth WEIR N | resume WEIR N | "
             "peers WEIR N | publish WEIR N\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const char* parent = std::getenv("BENCH_DIR");
  if (words.size() < 2) return usage();
  try {
    const base::TempDir folder(parent != nullptr ? parent : "/dev/shm");
    const std::string weir = base::fs::absolute(words[1]).native();
    const int count =
        words.size() > 2 ? static_cast<int>(base::parse_int64(words[2]).value_or(1000)) : 1000;
    if (words[0] == "hello") {
      bench_hello(folder.path(), weir);
    } else if (words[0] == "tasks") {
      bench_tasks(folder.path(), weir, count);
    } else if (words[0] == "growth") {
      bench_growth(folder.path(), weir, count);
    } else if (words[0] == "resume") {
      bench_resume(folder.path(), weir, count);
    } else if (words[0] == "peers") {
      bench_peers(folder.path(), weir, count);
    } else if (words[0] == "publish") {
      bench_publish(folder.path(), weir, count, "link", "-l");
      bench_publish(folder.path(), weir, count, "copy", "--reflink=auto");
    } else {
      return usage();
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_engine: {}\n", error.what());
    return 1;
  }
  return 0;
}
