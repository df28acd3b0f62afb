#include "genomics/huffman_code.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace weir::genomics {
namespace {

constexpr std::size_t k_symbols_max = 288;

/// How many words have each length, for `weights` in rising order: the two-queue method, leaves in
/// one, inner nodes in the order in which they are made in the other.
std::array<std::uint32_t, k_symbols_max> count_depths(std::span<const std::uint32_t> weights) {
  const std::size_t leaves = weights.size();
  std::array<std::uint32_t, k_symbols_max> inner;
  std::array<std::uint16_t, 2 * k_symbols_max> parent;
  std::size_t leaf = 0;
  std::size_t node = 0;
  for (std::size_t made = 0; made + 1 < leaves; ++made) {
    const auto take_lightest = [&] {
      const bool is_leaf = leaf < leaves && (node >= made || weights[leaf] <= inner[node]);
      const std::uint32_t weight = is_leaf ? weights[leaf] : inner[node];
      parent[is_leaf ? leaf++ : leaves + node++] = static_cast<std::uint16_t>(leaves + made);
      return weight;
    };
    const std::uint32_t first = take_lightest();
    inner[made] = first + take_lightest();
  }
  std::array<std::uint32_t, k_symbols_max> of_length{};
  std::array<std::uint16_t, 2 * k_symbols_max> depth;
  depth[2 * leaves - 2] = 0;
  for (std::size_t i = 2 * leaves - 2; i-- > 0;) {
    depth[i] = static_cast<std::uint16_t>(depth[parent[i]] + 1);
    if (i < leaves) ++of_length[depth[i]];
  }
  return of_length;
}

/// Shortens what is above the limit, and lengthens the longest other words until all have room.
void limit_lengths(std::span<std::uint32_t> of_length, unsigned limit) {
  for (std::size_t length = limit + 1; length < of_length.size(); ++length) {
    of_length[limit] += of_length[length];
    of_length[length] = 0;
  }
  std::uint32_t taken = 0;  // in words of `limit` bits
  for (unsigned length = 1; length <= limit; ++length)
    taken += of_length[length] << (limit - length);
  for (; taken > 1U << limit; --taken) {
    unsigned length = limit - 1;
    while (of_length[length] == 0) --length;
    // One of its words becomes two longer ones: room for one of the longest.
    --of_length[limit];
    --of_length[length];
    of_length[length + 1] += 2;
  }
}

std::uint16_t reversed(unsigned bits, unsigned length) {
  unsigned result = 0;
  for (unsigned i = 0; i < length; ++i) result |= (bits >> i & 1) << (length - 1 - i);
  return static_cast<std::uint16_t>(result);
}

}  // namespace

void huffman_lengths(std::span<const std::uint32_t> frequencies, unsigned limit,
                     std::span<std::uint8_t> lengths) {
  WEIR_ASSERT(frequencies.size() >= 2 && frequencies.size() <= k_symbols_max);
  std::fill(lengths.begin(), lengths.end(), std::uint8_t{0});
  std::array<std::uint64_t, k_symbols_max> keys;  // frequency, then symbol: one order everywhere
  std::size_t used = 0;
  for (std::size_t symbol = 0; symbol < frequencies.size(); ++symbol)
    if (frequencies[symbol] != 0) keys[used++] = std::uint64_t{frequencies[symbol]} << 16 | symbol;
  if (used < 2) {
    const std::size_t symbol = used == 0 ? 0 : keys[0] & 0xffff;
    lengths[symbol] = 1;
    lengths[symbol == 0 ? 1 : 0] = 1;
    return;
  }
  std::sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(used));
  std::array<std::uint32_t, k_symbols_max> weights;
  for (std::size_t i = 0; i < used; ++i) weights[i] = static_cast<std::uint32_t>(keys[i] >> 16);
  auto of_length = count_depths({weights.data(), used});
  limit_lengths(of_length, limit);
  std::size_t next = 0;  // the rarest symbols get the longest words
  for (unsigned length = limit; length > 0; --length)
    for (std::uint32_t i = 0; i < of_length[length]; ++i)
      lengths[keys[next++] & 0xffff] = static_cast<std::uint8_t>(length);
}

void huffman_words(std::span<const std::uint8_t> lengths, std::span<HuffmanWord> words) {
  std::array<unsigned, k_huffman_length_max + 1> of_length{};
  for (const std::uint8_t length : lengths) ++of_length[length];
  of_length[0] = 0;
  std::array<unsigned, k_huffman_length_max + 1> next{};
  for (std::size_t length = 1; length < next.size(); ++length)
    next[length] = (next[length - 1] + of_length[length - 1]) << 1;
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const std::uint8_t length = lengths[symbol];
    words[symbol] = {length == 0 ? std::uint16_t{0} : reversed(next[length]++, length), length};
  }
}

}  // namespace weir::genomics
