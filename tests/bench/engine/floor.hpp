#pragma once

#include <functional>
#include <string>
#include <vector>

namespace weir::bench {

/// What one measured piece of work cost.
struct Cost {
  double wall = 0;    ///< seconds
  double cpu = 0;     ///< seconds, user and system, of every process that was waited for
  double rss_mb = 0;  ///< the largest process
};

/// Starts `argv` `count` times, `jobs` at once, in the cheapest way there is (vfork, execve, wait):
/// what any engine must pay.
[[nodiscard]] Cost floor_of(const std::vector<std::string>& argv, int count, std::size_t jobs);

/// Runs a program to its end with its output dropped; cost of its whole tree. Throws Error when it
/// fails.
[[nodiscard]] Cost cost_of(const std::vector<std::string>& argv, const std::string& folder);

/// A floor and what is measured against it take turns, so that both see the same machine.
struct Pairs {
  std::vector<Cost> floor;
  std::vector<Cost> measured;
};
[[nodiscard]] Pairs in_pairs(int rounds, const std::function<Cost()>& floor,
                             const std::function<Cost()>& measured);

/// Medians of the pairs' ratios, measured over floor.
[[nodiscard]] double wall_ratio(const Pairs& pairs);
[[nodiscard]] double cpu_ratio(const Pairs& pairs);
[[nodiscard]] double median(std::vector<double> values);
[[nodiscard]] double median_of(const std::vector<Cost>& costs, double Cost::*member);

/// One line: what, the figure, and what it must and should be at most.
void print_limit(const std::string& what, double value, double must, double wanted);

}  // namespace weir::bench
