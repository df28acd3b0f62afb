#include "genomics/work.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>
#include <atomic>
#include <vector>

namespace weir::genomics {

TEST_SUITE_BEGIN("work");

TEST_CASE("a pool serves many jobs, each by as many workers as it wants") {
  WorkerPool pool(4);
  for (std::size_t round = 0; round < 200; ++round) {
    const std::size_t workers = 1 + round % 4;
    std::vector<std::atomic<int>> calls(4);
    pool.run(workers, [&](std::size_t worker) { ++calls.at(worker); });
    for (std::size_t worker = 0; worker < 4; ++worker)
      CHECK(calls[worker] == (worker < workers ? 1 : 0));
  }
}

TEST_CASE("an exception reaches the caller, and the pool works on") {
  WorkerPool pool(3);
  const Work work{.threads = 3, .pool = &pool};
  CHECK_THROWS_AS(parallel_for(work, 100,
                               [](std::size_t index, std::size_t) {
                                 if (index == 17) throw Error(ErrorKind::input, "seventeen");
                               }),
                  Error);
  std::atomic<int> items{0};
  parallel_for(work, 100, [&](std::size_t, std::size_t) { ++items; });
  CHECK(items == 100);
}

TEST_CASE("who cancelled gets no further items") {
  std::atomic<bool> cancelled{false};
  const Work work{.threads = 2, .cancelled = &cancelled};
  std::atomic<int> items{0};
  CHECK_THROWS_AS(parallel_for(work, 1000,
                               [&](std::size_t, std::size_t) {
                                 ++items;
                                 cancelled = true;
                               }),
                  Error);
  CHECK(items <= 2);
}

TEST_SUITE_END();

}  // namespace weir::genomics
