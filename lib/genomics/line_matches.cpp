#include "genomics/line_matches.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::genomics {
namespace {

static_assert(std::endian::native == std::endian::little, "words are compared from their low end");

constexpr std::uint32_t k_length_min = 4;
constexpr std::uint32_t k_length_max = 258;
constexpr std::uint32_t k_distance_max = 32768;
constexpr std::uint32_t k_hash_bytes = 5;
constexpr unsigned k_hash_bits = 14;
constexpr unsigned k_short_hash_bits = 13;
constexpr std::uint32_t k_short_distance_max = 4096;  ///< further, four bytes are not worth it
constexpr std::uint32_t k_tail_bytes = 16;  ///< at the end, not searched: words are read whole

std::uint32_t load_u32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t load_u64(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

/// Of the five low bytes.
std::uint32_t hash(std::uint64_t word) {
  constexpr std::uint64_t k_golden = 0x9e3779b97f4a7c15;
  return static_cast<std::uint32_t>(((word << (64 - 8 * k_hash_bytes)) * k_golden) >>
                                    (64 - k_hash_bits));
}

std::uint32_t short_hash(std::uint32_t word) {
  return (word * 0x9e3779b1U) >> (32 - k_short_hash_bits);
}

}  // namespace

LineMatches::LineMatches(const Effort& effort)
    : effort_(effort),
      newest_(std::size_t{1} << k_hash_bits),
      before_(k_content_bytes_max + 1),
      newest_short_(std::size_t{1} << k_short_hash_bits) {}

/// What a match saves, weighed as libdeflate 1.14's lazy parser does: four times its length less
/// the bits of its distance.
int LineMatches::worth(const Found& match) {
  return 4 * static_cast<int>(match.length) - static_cast<int>(std::bit_width(match.distance));
}

void LineMatches::begin(std::span<const std::uint8_t> content) {
  WEIR_ASSERT(content.size() <= k_content_bytes_max);
  text_ = content.data();
  size_ = static_cast<std::uint32_t>(content.size());
  std::fill(newest_.begin(), newest_.end(), std::uint16_t{0});
  std::fill(newest_short_.begin(), newest_short_.end(), std::uint16_t{0});
  matches_.clear();
}

void LineMatches::insert(std::uint32_t at) {
  std::uint16_t& newest = newest_[hash(load_u64(text_ + at))];
  before_[at] = newest;
  newest = static_cast<std::uint16_t>(at + 1);
}

/// Places [from, to). Four at a time share a load; this is a third of the work.
void LineMatches::insert(std::uint32_t from, std::uint32_t to) {
  std::uint16_t* const newest = newest_.data();
  std::uint16_t* const before = before_.data();
  const auto put = [&](std::uint64_t word, std::uint32_t at) {
    std::uint16_t& newest_there = newest[hash(word)];
    before[at] = newest_there;
    newest_there = static_cast<std::uint16_t>(at + 1);
  };
  for (; from + 4 <= to; from += 4) {
    const std::uint64_t word = load_u64(text_ + from);
    put(word, from);
    put(word >> 8, from + 1);
    put(word >> 16, from + 2);
    put(word >> 24, from + 3);
  }
  for (; from < to; ++from) insert(from);
}

std::uint32_t LineMatches::equal_bytes(std::uint32_t earlier, std::uint32_t at,
                                       std::uint32_t limit) const {
  std::uint32_t length = k_length_min;  // which the caller has compared
  for (; length + 8 <= limit; length += 8) {
    const std::uint64_t differing =
        load_u64(text_ + earlier + length) ^ load_u64(text_ + at + length);
    if (differing != 0) return length + static_cast<std::uint32_t>(std::countr_zero(differing)) / 8;
  }
  while (length < limit && text_[earlier + length] == text_[at + length]) ++length;
  return length;
}

/// What the distance of the match before gives: lines that are alike stay so.
LineMatches::Found LineMatches::repeated(std::uint32_t at, std::uint32_t distance) const {
  if (distance == 0 || load_u32(text_ + at - distance) != load_u32(text_ + at)) return {};
  return {equal_bytes(at - distance, at, std::min(k_length_max, size_ - at)), distance};
}

/// The last place where a search met the same four bytes.
LineMatches::Found LineMatches::nearby(std::uint32_t at, Found best) {
  const std::uint32_t word = load_u32(text_ + at);
  std::uint16_t& newest = newest_short_[short_hash(word)];
  const std::uint32_t place = newest;
  newest = static_cast<std::uint16_t>(at + 1);
  if (best.length >= 8 || place == 0 || at + 1 - place >= k_short_distance_max) return best;
  if (load_u32(text_ + place - 1) != word) return best;
  const std::uint32_t length = equal_bytes(place - 1, at, std::min(k_length_max, size_ - at));
  return length > best.length ? Found{length, at + 1 - place} : best;
}

/// The longest match found for the text at `at` if it is longer than `best`; inserts the place.
LineMatches::Found LineMatches::longer(std::uint32_t at, Found best) {
  const std::uint8_t* const text = text_;
  const std::uint32_t limit = std::min(k_length_max, size_ - at);
  const std::uint32_t word = load_u32(text + at);
  std::uint16_t& newest = newest_[hash(load_u64(text + at))];
  std::uint32_t place = newest;
  before_[at] = newest;
  newest = static_cast<std::uint16_t>(at + 1);
  best.length = std::max(best.length, k_length_min - 1);

  std::uint32_t ahead = 0;  // the chain is that of the bytes there
  const auto beyond_best = [&] {
    if (best.length < k_hash_bytes) return;
    ahead = best.length + 1 - k_hash_bytes;
    place = newest_[hash(load_u64(text + at + ahead))];
  };
  const std::uint32_t search_max =  // so that `beyond_best` reads whole words of the content
      std::min(limit, size_ - at - k_hash_bytes + 1);
  if (best.length >= search_max) return best;
  beyond_best();
  for (int left = effort_.candidates; left > 0 && place > ahead; --left) {
    const std::uint32_t earlier = place - 1 - ahead;
    if (at - earlier > k_distance_max) break;
    if (load_u32(text + earlier + best.length - 3) == load_u32(text + at + best.length - 3) &&
        load_u32(text + earlier) == word) {
      const Found found{equal_bytes(earlier, at, limit), at - earlier};
      if (found.length > best.length && (best.distance == 0 || worth(found) > worth(best))) {
        best = found;
        if (best.length >= effort_.enough || best.length >= search_max) return best;
        place = before_[place - 1];
        beyond_best();
        continue;
      }
    }
    place = before_[place - 1];
  }
  return best;
}

std::span<const Match> LineMatches::find(std::span<const std::uint8_t> content) {
  begin(content);
  const std::uint32_t end = size_ > k_tail_bytes ? size_ - k_tail_bytes : 0;
  const auto search = [&](std::uint32_t at, Found best) {
    const Found found = longer(at, best);
    return nearby(at, found);
  };
  std::uint32_t literals_from = 0;
  std::uint32_t last_distance = 0;
  for (std::uint32_t at = 0; at < end;) {
    Found best = repeated(at, last_distance);
    if (best.length < effort_.enough)
      best = search(at, best);
    else
      insert(at);
    if (best.distance == 0) {
      ++at;
      continue;
    }
    std::uint32_t inserted = at + 1;
    while (best.length < effort_.patience && at + 1 < end) {
      const Found next = search(at + 1, {best.length, 0});
      inserted = at + 2;
      if (next.distance == 0 || worth(next) <= worth(best)) break;
      ++at;
      best = next;
    }
    matches_.push_back({static_cast<std::uint16_t>(at - literals_from),
                        static_cast<std::uint16_t>(best.length),
                        static_cast<std::uint16_t>(best.distance)});
    at += best.length;
    insert(inserted, std::min(at, end));
    literals_from = at;
    last_distance = best.distance;
  }
  return matches_;
}

}  // namespace weir::genomics
