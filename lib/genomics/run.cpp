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

struct Maxima {
  std::uint64_t contig = 0;
  std::uint64_t position = 0;
};

Maxima maxima_of(const Run& run) {
  Maxima maxima;
  for (std::size_t i = 0; i < run.count; ++i) {
    maxima.contig = std::max(maxima.contig, RecordKey::contig(run.slots[i].key));
    maxima.position = std::max(maxima.position, RecordKey::position(run.slots[i].key));
  }
  return maxima;
}

/// Sorts `count` items by bits [low, high) of `key_of(item)`; the result is in the returned array,
/// one of the two.
template <typename Item, typename KeyOf>
Item* radix_sort(Item* from, Item* to, std::size_t count, unsigned low, unsigned high,
                 const KeyOf& key_of) {
  for (unsigned shift = low; shift < high; shift += k_digit_bits) {
    const std::uint64_t mask = (std::uint64_t{1} << std::min(k_digit_bits, high - shift)) - 1;
    std::array<std::size_t, k_digits> starts{};
    for (std::size_t i = 0; i < count; ++i) ++starts[(key_of(from[i]) >> shift) & mask];
    std::size_t sum = 0;
    for (std::size_t& start : starts) sum += std::exchange(start, sum);
    for (std::size_t i = 0; i < count; ++i)
      to[starts[(key_of(from[i]) >> shift) & mask]++] = from[i];
    std::swap(from, to);
  }
  return from;
}

}  // namespace

RunOrder RunOrder::by_key(const Run& run, const Work& work, HugePages pages) {
  work.check();
  const Maxima maxima = maxima_of(run);
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
    for (std::size_t i = 0; i < run.count; ++i)
      order.words_[i] = compact(run.slots[i].key) << ordinal_bits | i;
    const std::uint64_t* const sorted = radix_sort(
        order.words_.data(), spare.data(), run.count, ordinal_bits,
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
      radix_sort(order.words_.data(), spare.data(), run.count, 0, position_bits + contig_bits,
                 [&](std::uint64_t ordinal) { return compact(run.slots[ordinal].key); });
  if (sorted == spare.data()) std::swap(order.words_, spare);
  return order;
}

}  // namespace weir::genomics
