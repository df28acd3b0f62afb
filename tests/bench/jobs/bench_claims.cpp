// Claims a second of the job table, against bare SQLite beside it:
//
//   bench_claims FOLDER SECONDS [PROCESSES...]
//
// For each number of processes (1, 8, 64) both programs run in turn, three times; a pair is one
// claim and one end of a job. Prints the medians and their ratio, "MISSED" when it is below a half.
#include "bare_claims.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace weir;

constexpr int k_rounds = 3;
constexpr double k_target = 0.5;

std::int64_t run_jobs(const std::string& folder, double seconds, int seed) {
  jobs::JobStore store(folder);
  std::int64_t pairs = 0;
  jobs::Submission submission;
  submission.kind = jobs::JobKind::preprocess;
  submission.lease = std::chrono::seconds(60);
  submission.name = "calls.vcf";
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    submission.key = fmt::format("file/{}-{}", seed, pairs);
    const jobs::Claim claim = store.claim(submission);
    jobs::Outcome outcome;
    outcome.ok = true;
    if (claim.answer != jobs::Claim::Answer::fresh ||
        !store.finish(claim.attempt(), outcome).has_value())
      std::abort();
    ++pairs;
  }
  return pairs;
}

/// The worker's side: waits for the starting signal, prints how many pairs it did.
int work(const std::vector<std::string>& arguments) {
  const std::string& what = arguments.at(1);
  const std::string& folder = arguments.at(2);
  const double seconds = base::parse_double(arguments.at(3)).value_or(1);
  const int seed = static_cast<int>(base::parse_int64(arguments.at(4)).value_or(0));
  char nothing = 0;
  static_cast<void>(base::read_some(0, &nothing, 1, "the starting signal"));
  const std::int64_t pairs =
      what == "bare" ? bench::run_bare_claims(folder + "/bare.db", seconds,
                                              12345U + static_cast<unsigned>(seed) * 7919U)
                     : run_jobs(folder, seconds, seed);
  std::printf("%lld\n", static_cast<long long>(pairs));
  return 0;
}

/// Pairs a second over all processes.
double measure(const std::string& what, const std::string& parent, int processes, double seconds) {
  const base::TempDir folder(parent, "claims");
  bench::make_bare_database((folder.path() / "bare.db").string());
  { const jobs::JobStore made(folder.path()); }
  base::Pipe signal = base::make_pipe();
  base::Pipe counts = base::make_pipe();
  std::vector<base::Child> children;
  for (int i = 0; i < processes; ++i) {
    base::SpawnOptions options;
    options.argv = {base::own_executable(),     "--work",         what, folder.path().string(),
                    fmt::format("{}", seconds), std::to_string(i)};
    options.stdin_fd = signal.read.get();
    options.stdout_fd = counts.write.get();
    children.push_back(base::spawn(options));
  }
  signal.write.reset();
  counts.write.reset();
  std::string text;
  std::vector<char> buffer(4096);
  while (const std::size_t got =
             base::read_some(counts.read.get(), buffer.data(), buffer.size(), "the counts"))
    text.append(buffer.data(), got);
  for (base::Child& child : children) {
    if (child.wait().status != 0) throw Error(ErrorKind::failed, what + ": a process failed");
  }
  double pairs = 0;
  for (const std::string_view line : base::split(text, '\n'))
    pairs += static_cast<double>(base::parse_int64(line).value_or(0));
  return pairs / seconds;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int compare(const std::vector<std::string>& arguments) {
  const std::string& parent = arguments.at(0);
  const double seconds = base::parse_double(arguments.at(1)).value_or(1);
  std::vector<int> numbers;
  for (std::size_t i = 2; i < arguments.size(); ++i)
    numbers.push_back(static_cast<int>(base::parse_int64(arguments[i]).value_or(1)));
  if (numbers.empty()) numbers = {1, 8, 64};
  std::printf("%9s  %12s  %12s  %s\n", "processes", "bare SQLite", "weir jobs",
              "ratio (target 0.50)");
  for (const int processes : numbers) {
    std::vector<double> bare;
    std::vector<double> ours;
    for (int round = 0; round < k_rounds; ++round) {
      bare.push_back(measure("bare", parent, processes, seconds));
      ours.push_back(measure("jobs", parent, processes, seconds));
    }
    const double ratio = median(ours) / median(bare);
    std::printf("%9d  %10.0f/s  %10.0f/s  %.2f%s\n", processes, median(bare), median(ours), ratio,
                ratio < k_target ? "  MISSED" : "");
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  try {
    if (arguments.size() >= 5 && arguments[0] == "--work") return work(arguments);
    if (arguments.size() >= 2) return compare(arguments);
    std::fprintf(stderr, "bench_claims FOLDER SECONDS [PROCESSES...]\n");
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_claims: %s\n", error.what());
    return 1;
  }
}
