#include "engine/scheduler.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

using namespace weir::engine;

namespace {

Resources cpus(double count, std::int64_t memory_bytes = 0) {
  Resources resources;
  resources.cpus = count;
  resources.memory_bytes = memory_bytes;
  return resources;
}

std::vector<TaskId> take_all(Scheduler& scheduler) {
  std::vector<TaskId> taken;
  while (const auto task = scheduler.take_next()) taken.push_back(*task);
  return taken;
}

std::vector<TaskId> promise_all(Scheduler& scheduler) {
  std::vector<TaskId> promised;
  while (const auto task = scheduler.promise_next()) promised.push_back(*task);
  return promised;
}

using Ids = std::vector<TaskId>;

Ids from_to(TaskId first, TaskId last) {
  Ids ids(last - first + 1);
  std::iota(ids.begin(), ids.end(), first);
  return ids;
}

/// What `running` tasks of one line may have promised.
std::size_t promises_of(std::size_t running) {
  return running * Scheduler::k_promises_per_place + Scheduler::k_promises_more;
}

}  // namespace

TEST_SUITE("scheduler") {
  TEST_CASE("tasks start in order as cpus become free") {
    Scheduler scheduler({.cpus = 2});
    scheduler.add_process(0);
    for (TaskId id = 1; id <= 4; ++id) scheduler.ready(id, 0, cpus(1));
    CHECK(take_all(scheduler) == Ids{1, 2});
    scheduler.ended(2);
    CHECK(take_all(scheduler) == Ids{3});
    CHECK(scheduler.waiting() == 1);
    CHECK(scheduler.running() == 2);
  }

  TEST_CASE("memory, accelerators and the number of tasks are accounted") {
    Scheduler memory({.cpus = 8, .memory_bytes = 100});
    memory.add_process(0);
    memory.ready(1, 0, cpus(1, 60));
    memory.ready(2, 0, cpus(1, 60));
    memory.ready(3, 0, cpus(1, 40));
    CHECK(take_all(memory) == Ids{1, 3});

    Scheduler number({.cpus = 8, .tasks = 1});
    number.add_process(0);
    number.ready(1, 0, cpus(1));
    number.ready(2, 0, cpus(1));
    CHECK(take_all(number) == Ids{1});

    Scheduler cards({.cpus = 8, .accelerators = 1});
    cards.add_process(0);
    Resources card = cpus(1);
    card.accelerators = 1;
    cards.ready(1, 0, card);
    cards.ready(2, 0, card);
    CHECK(take_all(cards) == Ids{1});
  }

  TEST_CASE("fractions of a cpu add up to whole ones") {
    Scheduler scheduler({.cpus = 1});
    scheduler.add_process(0);
    for (TaskId id = 1; id <= 10; ++id) scheduler.ready(id, 0, cpus(0.1));
    scheduler.ready(11, 0, cpus(0.1));
    CHECK(take_all(scheduler).size() == 10);
  }

  TEST_CASE("maxForks holds one process back and lets the others pass") {
    Scheduler scheduler({.cpus = 8});
    scheduler.add_process(1);
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1));
    scheduler.ready(2, 0, cpus(1));
    scheduler.ready(3, 1, cpus(1));
    CHECK(take_all(scheduler) == Ids{1, 3});
    scheduler.ended(1);
    CHECK(take_all(scheduler) == Ids{2});
  }

  TEST_CASE("a large task is passed by small ones, but not for ever") {
    Scheduler scheduler({.cpus = 2});
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1));
    CHECK(take_all(scheduler) == Ids{1});
    scheduler.ready(1000, 0, cpus(2));
    TaskId small = 2;
    std::size_t passed = 0;
    for (; passed < 10 * Scheduler::k_passes_max; ++passed) {
      scheduler.ready(small, 0, cpus(1));
      const auto next = scheduler.take_next();
      if (!next) break;
      REQUIRE(*next == small);
      scheduler.ended(small++);
    }
    CHECK(passed == Scheduler::k_passes_max);
    scheduler.ended(1);
    CHECK(scheduler.take_next() == TaskId{1000});
  }

  TEST_CASE("a withdrawn task does not start and frees nothing") {
    Scheduler scheduler({.cpus = 1});
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1));
    scheduler.ready(2, 0, cpus(1));
    scheduler.ended(1);
    CHECK(take_all(scheduler) == Ids{2});
    scheduler.ended(7);
    CHECK(scheduler.running() == 1);
  }

  TEST_CASE("running tasks have a stock of promises, one of them kept at each end") {
    Scheduler scheduler({.cpus = 2});
    scheduler.add_process(0);
    const TaskId last_promised = 2 + promises_of(2);
    for (TaskId id = 1; id <= last_promised + 5; ++id) scheduler.ready(id, 0, cpus(1));
    CHECK(take_all(scheduler) == Ids{1, 2});
    CHECK(promise_all(scheduler) == from_to(3, last_promised));
    CHECK(scheduler.line_of(1) == scheduler.line_of(4));
    CHECK(take_all(scheduler).empty());
    scheduler.promise_kept(3);
    scheduler.ended(2);
    CHECK(scheduler.running() == 2);
    CHECK(take_all(scheduler).empty());
    CHECK(promise_all(scheduler) == Ids{last_promised + 1});
  }

  TEST_CASE("a promise goes only to a task that needs no more than the place") {
    Scheduler scheduler({.cpus = 4, .memory_bytes = 100});
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(2, 60));
    scheduler.ready(2, 0, cpus(2, 40));
    CHECK(take_all(scheduler) == Ids{1, 2});
    scheduler.ready(3, 0, cpus(2, 50));
    scheduler.ready(4, 0, cpus(2, 40));
    // It is task 3's turn, and task 4 does not overtake it by a promise.
    CHECK(promise_all(scheduler).empty());
    scheduler.ended(1);
    CHECK(take_all(scheduler) == Ids{3});
    CHECK(promise_all(scheduler) == Ids{4});
    CHECK(scheduler.line_of(4) == scheduler.line_of(2));
    CHECK(scheduler.line_of(4) != scheduler.line_of(3));
  }

  TEST_CASE("a promised task starts at once where resources become free otherwise") {
    Scheduler scheduler({.cpus = 3});
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1));
    scheduler.ready(2, 0, cpus(2));
    CHECK(take_all(scheduler) == Ids{1, 2});
    scheduler.ready(3, 0, cpus(1));
    scheduler.ready(4, 0, cpus(1));
    CHECK(promise_all(scheduler) == Ids{3, 4});
    scheduler.ended(2);
    CHECK(take_all(scheduler) == Ids{3, 4});
    scheduler.promise_kept(3);  // told late: it was started by both
    CHECK(scheduler.running() == 3);
    scheduler.ended(1);
    scheduler.ready(5, 0, cpus(2));
    CHECK(take_all(scheduler).empty());
    scheduler.ended(3);
    CHECK(take_all(scheduler) == Ids{5});
  }

  TEST_CASE("maxForks holds for promises: only its own process makes room") {
    Scheduler scheduler({.cpus = 8});
    scheduler.add_process(1);
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1));
    scheduler.ready(2, 1, cpus(1));
    CHECK(take_all(scheduler) == Ids{1, 2});
    scheduler.ready(3, 0, cpus(1));
    scheduler.ready(4, 1, cpus(1));
    CHECK(take_all(scheduler) == Ids{4});
    CHECK(promise_all(scheduler) == Ids{3});
    CHECK(scheduler.line_of(3) == scheduler.line_of(1));
    CHECK(scheduler.line_of(3) != scheduler.line_of(2));
  }

  TEST_CASE("a promised task can be withdrawn, and another one gets the promise") {
    Scheduler scheduler({.cpus = 1});
    scheduler.add_process(0);
    const TaskId last_promised = 1 + promises_of(1);
    for (TaskId id = 1; id <= last_promised + 1; ++id) scheduler.ready(id, 0, cpus(1));
    CHECK(take_all(scheduler) == Ids{1});
    CHECK(promise_all(scheduler) == from_to(2, last_promised));
    scheduler.ended(2);
    CHECK(promise_all(scheduler) == Ids{last_promised + 1});
    scheduler.promise_kept(3);
    for (TaskId id = 1; id <= last_promised + 1; ++id) scheduler.ended(id);
    CHECK(scheduler.running() == 0);
    CHECK(scheduler.waiting() == 0);
  }

  TEST_CASE("where the end is not seen by the starter nothing is promised") {
    Scheduler scheduler({.cpus = 1});
    scheduler.add_process(0);
    scheduler.ready(1, 0, cpus(1), Scheduler::Promises::no);
    scheduler.ready(2, 0, cpus(1));
    CHECK(take_all(scheduler) == Ids{1});
    CHECK(promise_all(scheduler).empty());
    scheduler.ready(3, 0, cpus(1), Scheduler::Promises::no);
    scheduler.ended(1);
    CHECK(take_all(scheduler) == Ids{2});
    CHECK(promise_all(scheduler).empty());
  }

  TEST_CASE("what can never run is said, with what there is") {
    const Scheduler scheduler({.cpus = 2, .memory_bytes = std::int64_t{1} << 30});
    CHECK_FALSE(scheduler.objection(cpus(2)).has_value());
    CHECK(scheduler.objection(cpus(3))->find("req: 3; avail: 2") != std::string::npos);
    CHECK(scheduler.objection(cpus(1, std::int64_t{4} << 30))->find("4 GB") != std::string::npos);
    Resources card;
    card.accelerators = 1;
    // A machine that names no devices does not account for them.
    CHECK_FALSE(scheduler.objection(card).has_value());
    const Scheduler one_card({.cpus = 2, .memory_bytes = 0, .accelerators = 1});
    CHECK_FALSE(one_card.objection(card).has_value());
    card.accelerators = 2;
    CHECK(one_card.objection(card)->find("req: 2; avail: 1") != std::string::npos);
  }
}
