#include "genomics/run.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <utility>
#include <vector>

namespace weir::genomics {
namespace {

constexpr unsigned k_digit_bits = 11;
constexpr std::size_t k_digits = std::size_t{1} << k_digit_bits;

/// Records from which it pays to share the work among threads.
constexpr std::size_t k_shared_min = std::size_t{1} << 16;

struct Maxima {
  std::uint64_t contig = 0;
  std::uint64_t position = 0;
};

/// A run in equal stretches, one for each thread, in order.
class Stretches {
 public:
  Stretches(std::size_t count, const Work& work)
      : work_(work), count_(count), number_(count < k_shared_min ? 1 : work.threads) {}

  [[nodiscard]] std::size_t number() const { return number_; }
  /// Runs `body(stretch, begin, end)` for all of them at the same time.
  template <typename Body>
  void for_each(const Body& body) const {
    run_workers(work_, number_, [&](std::size_t stretch) {
      body(stretch, count_ * stretch / number_, count_ * (stretch + 1) / number_);
    });
  }

 private:
  const Work& work_;
  std::size_t count_;
  std::size_t number_;
};

Maxima maxima_of(const Run& run, const Stretches& stretches) {
  std::vector<Maxima> found(stretches.number());
  stretches.for_each([&](std::size_t stretch, std::size_t begin, std::size_t end) {
    Maxima maxima;
    for (std::size_t i = begin; i < end; ++i) {
      maxima.contig = std::max(maxima.contig, RecordKey::contig(run.slots[i].key));
      maxima.position = std::max(maxima.position, RecordKey::position(run.slots[i].key));
    }
    found[stretch] = maxima;
  });
  Maxima all;
  for (const Maxima& maxima : found) {
    all.contig = std::max(all.contig, maxima.contig);
    all.position = std::max(all.position, maxima.position);
  }
  return all;
}

/// Sorts `count` items by bits [low, high) of `key_of(item)`; the result is in the returned array,
/// one of the two. Every thread counts the digits of its stretch, and so knows where in the other
/// array its items go: behind those of smaller digits, and those of its digit in earlier stretches.
template <typename Item, typename KeyOf>
Item* radix_sort(Item* from, Item* to, const Stretches& stretches, unsigned low, unsigned high,
                 const KeyOf& key_of) {
  std::vector<std::array<std::size_t, k_digits>> starts(stretches.number());
  for (unsigned shift = low; shift < high; shift += k_digit_bits) {
    const std::uint64_t mask = (std::uint64_t{1} << std::min(k_digit_bits, high - shift)) - 1;
    stretches.for_each([&](std::size_t stretch, std::size_t begin, std::size_t end) {
      std::array<std::size_t, k_digits>& counts = starts[stretch];
      counts.fill(0);
      for (std::size_t i = begin; i < end; ++i) ++counts[(key_of(from[i]) >> shift) & mask];
    });
    std::size_t sum = 0;
    for (std::size_t digit = 0; digit < k_digits; ++digit) {
      for (std::array<std::size_t, k_digits>& counts : starts)
        sum += std::exchange(counts[digit], sum);
    }
    stretches.for_each([&](std::size_t stretch, std::size_t begin, std::size_t end) {
      std::array<std::size_t, k_digits>& next = starts[stretch];
      for (std::size_t i = begin; i < end; ++i)
        to[next[(key_of(from[i]) >> shift) & mask]++] = from[i];
    });
    std::swap(from, to);
  }
  return from;
}

}  // namespace

RunOrder RunOrder::by_key(const Run& run, const Work& work, HugePages pages) {
  work.check();
  const Stretches stretches(run.count, work);
  const Maxima maxima = maxima_of(run, stretches);
  const unsigned position_bits = static_cast<unsigned>(std::bit_width(maxima.position));
  const unsigned contig_bits = static_cast<unsigned>(std::bit_width(maxima.contig));
  const unsigned ordinal_bits = static_cast<unsigned>(std::bit_width(run.count));
  const auto compact = [&](std::uint64_t key) {
    return RecordKey::contig(key) << position_bits | RecordKey::position(key);
  };
  RunOrder order;
  order.words_ = HugeArray<std::uint64_t>(run.count, pages);
  if (position_bits + contig_bits + ordinal_bits <= 64) {
    HugeArray<std::uint64_t> spare(run.count, pages);
    stretches.for_each([&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        order.words_[i] = compact(run.slots[i].key) << ordinal_bits | i;
    });
    const std::uint64_t* const sorted = radix_sort(
        order.words_.data(), spare.data(), stretches, ordinal_bits,
        ordinal_bits + position_bits + contig_bits, [](std::uint64_t word) { return word; });
    if (sorted == spare.data()) std::swap(order.words_, spare);
    order.mask_ = (std::uint64_t{1} << ordinal_bits) - 1;
    return order;
  }
  // Too many bits for one word (millions of records on gigabase genomes): sort ordinals by the keys
  // in the slots.
  HugeArray<std::uint64_t> spare(run.count, pages);
  for (std::size_t i = 0; i < run.count; ++i) order.words_[i] = i;
  const std::uint64_t* const sorted =
      radix_sort(order.words_.data(), spare.data(), stretches, 0, position_bits + contig_bits,
                 [&](std::uint64_t ordinal) { return compact(run.slots[ordinal].key); });
  if (sorted == spare.data()) std::swap(order.words_, spare);
  return order;
}

}  // namespace weir::genomics
