#include "floor.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>

namespace weir::bench {
namespace {

double now() {
  return std::chrono::duration<double>(base::now_boot()).count();
}

double seconds_of(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Children of vfork may only execute or exit; `prepare` runs in the child and makes system calls
/// alone.
template <typename Prepare>
pid_t start(const std::vector<char*>& argv, Prepare prepare) {
  const pid_t pid = ::vfork();
  if (pid == 0) {
    prepare();  // NOLINT(clang-analyzer-unix.Vfork): it makes system calls alone
    ::execve(argv[0], argv.data(), environ);
    ::_exit(127);
  }
  if (pid < 0) throw system_error("start", argv[0], errno);
  return pid;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  for (const std::string& word : words) list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

/// The next child to end; its cost is added.
void reap(Cost& cost, const std::string& name) {
  int status = 0;
  rusage usage{};
  while (::wait4(-1, &status, 0, &usage) < 0) {
    if (errno != EINTR) throw system_error("wait for", name, errno);
  }
  if (status != 0)
    throw Error(ErrorKind::failed, fmt::format("'{}' ended with wait status {}", name, status));
  cost.cpu += seconds_of(usage);
  cost.rss_mb = std::max(cost.rss_mb, static_cast<double>(usage.ru_maxrss) / 1024);
}

std::vector<double> ratios(const Pairs& pairs, double Cost::*member) {
  std::vector<double> values;
  for (std::size_t i = 0; i < pairs.floor.size(); ++i)
    values.push_back(pairs.measured[i].*member / (pairs.floor[i].*member));
  return values;
}

}  // namespace

Cost floor_of(const std::vector<std::string>& argv, int count, std::size_t jobs) {
  const std::vector<char*> words = pointers(argv);
  Cost cost;
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);
  const double begin = now();
  std::size_t running = 0;
  for (int started = 0, ended = 0; ended < count;) {
    if (running < jobs && started < count) {
      start(words, [] {});
      ++started;
      ++running;
      continue;
    }
    reap(cost, argv[0]);
    --running;
    ++ended;
  }
  cost.wall = now() - begin;
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  cost.cpu += seconds_of(after) - seconds_of(before);
  return cost;
}

Cost cost_of(const std::vector<std::string>& argv, const std::string& folder) {
  const std::vector<char*> words = pointers(argv);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const char* const where = folder.c_str();
  Cost cost;
  const double begin = now();
  start(words, [&] {
    ::dup2(null, 0);
    ::dup2(null, 1);
    if (::chdir(where) != 0) ::_exit(126);
  });
  reap(cost, argv[0]);
  cost.wall = now() - begin;
  ::close(null);
  return cost;
}

Pairs in_pairs(int rounds, const std::function<Cost()>& floor,
               const std::function<Cost()>& measured) {
  Pairs pairs;
  for (int round = 0; round < rounds; ++round) {
    pairs.floor.push_back(floor());
    pairs.measured.push_back(measured());
  }
  return pairs;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double median_of(const std::vector<Cost>& costs, double Cost::*member) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*member);
  return median(std::move(values));
}

double wall_ratio(const Pairs& pairs) {
  return median(ratios(pairs, &Cost::wall));
}

double cpu_ratio(const Pairs& pairs) {
  return median(ratios(pairs, &Cost::cpu));
}

void print_limit(const std::string& what, double value, double must, double wanted) {
  const char* const verdict = value <= wanted ? "wanted" : value <= must ? "met" : "MISSED";
  fmt::print("{:<52} {:7.2f}   must {:.2f}  wanted {:.2f}  {}\n", what, value, must, wanted,
             verdict);
  std::fflush(stdout);
}

}  // namespace weir::bench
