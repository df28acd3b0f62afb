#include "genomics/run.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace weir::genomics {
namespace {

// More than what one thread sorts alone.
constexpr std::size_t k_many = 150'000;

std::vector<RecordSlot> random_slots(std::size_t count, std::uint64_t contigs,
                                     std::uint64_t position_max) {
  std::mt19937_64 random(17);
  std::vector<RecordSlot> slots(count);
  for (RecordSlot& slot : slots)
    slot.key = RecordKey::make(random() % contigs, random() % (position_max + 1));
  return slots;
}

std::vector<std::size_t> ordinals(const RunOrder& order, std::size_t count) {
  std::vector<std::size_t> found(count);
  for (std::size_t i = 0; i < count; ++i) found[i] = order.ordinal(i);
  return found;
}

void check_order(const std::vector<RecordSlot>& slots) {
  std::vector<std::size_t> expected(slots.size());
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  std::stable_sort(expected.begin(), expected.end(),
                   [&](std::size_t a, std::size_t b) { return slots[a].key < slots[b].key; });
  const Run run{nullptr, slots.data(), slots.size()};
  for (const std::size_t threads : {1, 2, 3, 7}) {
    CAPTURE(threads);
    WorkerPool pool(threads);
    const Work work{.threads = threads, .pool = &pool};
    CHECK(ordinals(RunOrder::by_key(run, work), slots.size()) == expected);
  }
}

}  // namespace

TEST_SUITE_BEGIN("run order");

TEST_CASE("the order by key is stable and the same with any number of threads") {
  check_order(random_slots(k_many, 25, 250'000'000));
  check_order(random_slots(k_many, 3, 40));  // mostly ties
  check_order(random_slots(1000, 25, 250'000'000));
  check_order(random_slots(1, 1, 0));
}

TEST_CASE("keys too wide to stand in one word with the record's number sort likewise") {
  check_order(random_slots(k_many, RecordKey::k_contig_max, RecordKey::k_position_max));
  check_order(random_slots(500, RecordKey::k_contig_max, RecordKey::k_position_max));
}

TEST_SUITE_END();

}  // namespace weir::genomics
