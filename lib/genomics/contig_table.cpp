#include "genomics/contig_table.hpp"

#include "genomics/read_word.hpp"

#include <algorithm>
#include <numeric>

namespace weir::genomics {
namespace {

constexpr std::size_t k_entries_first = 256;

}  // namespace

std::uint32_t ContigTable::identify(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = identifiers_.find(name);
  if (found != identifiers_.end()) return found->second;
  const auto identifier = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(name);
  identifiers_.emplace(std::string(name), identifier);
  return identifier;
}

std::size_t ContigTable::size() const {
  const std::scoped_lock lock(mutex_);
  return names_.size();
}

std::string_view ContigTable::name(std::size_t identifier) const {
  const std::scoped_lock lock(mutex_);
  return names_[identifier];
}

std::vector<std::uint32_t> ContigTable::ranks() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::uint32_t> by_rank(names_.size());
  std::iota(by_rank.begin(), by_rank.end(), 0U);
  std::sort(by_rank.begin() + static_cast<std::ptrdiff_t>(declared_), by_rank.end(),
            [&](std::uint32_t a, std::uint32_t b) {
              return natural_ ? natural_less(names_[a], names_[b]) : names_[a] < names_[b];
            });
  std::vector<std::uint32_t> ranks(names_.size());
  for (std::uint32_t rank = 0; rank < by_rank.size(); ++rank) ranks[by_rank[rank]] = rank;
  return ranks;
}

bool natural_less(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    return text.substr(0, count);
  };
  const auto number = [](std::string_view text) {
    return text.substr(std::min(text.find_first_not_of('0'), text.size()));
  };
  std::string_view rest_a = a;
  std::string_view rest_b = b;
  while (!rest_a.empty() && !rest_b.empty()) {
    const std::string_view run_a = digits(rest_a);
    const std::string_view run_b = digits(rest_b);
    if (!run_a.empty() && !run_b.empty()) {
      const std::string_view number_a = number(run_a);
      const std::string_view number_b = number(run_b);
      if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
      if (number_a != number_b) return number_a < number_b;
      rest_a.remove_prefix(run_a.size());
      rest_b.remove_prefix(run_b.size());
      continue;
    }
    if (rest_a.front() != rest_b.front()) {
      return static_cast<unsigned char>(rest_a.front()) <
             static_cast<unsigned char>(rest_b.front());
    }
    rest_a.remove_prefix(1);
    rest_b.remove_prefix(1);
  }
  if (rest_a.empty() != rest_b.empty()) return rest_a.empty();
  return a < b;
}

ContigCache::ContigCache(ContigTable& table) : table_(table), entries_(k_entries_first) {}

// Loads of fixed sizes that overlap: of a size known only here they would be calls.
ContigCache::Key::Key(std::string_view text) : name(text) {
  const std::size_t size = text.size();
  const char* const bytes = text.data();
  if (size >= 8) {
    head = read_word<std::uint64_t>(bytes);
    tail = read_word<std::uint64_t>(bytes + size - 8);
  } else if (size >= 4) {
    head = read_word<std::uint32_t>(bytes);
    tail = read_word<std::uint32_t>(bytes + size - 4);
  } else {
    for (std::size_t i = 0; i < size; ++i)
      head |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << i * 8;
  }
}

bool ContigCache::Key::operator==(const Key& other) const {
  return head == other.head && tail == other.tail && name.size() == other.name.size() &&
         (name.size() <= 16 || name == other.name);
}

/// Names differ at their ends in practice, and a collision costs one comparison only.
std::size_t ContigCache::Key::hash() const {
  std::uint64_t mixed = (head ^ (tail << 7) ^ name.size()) * 0x9e3779b97f4a7c15ULL;
  mixed ^= mixed >> 29;
  return static_cast<std::size_t>(mixed * 0xbf58476d1ce4e5b9ULL >> 32);
}

std::size_t ContigCache::place(const Key& key) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = key.hash() & mask;
  while (entries_[at].key.name.data() != nullptr && !(entries_[at].key == key))
    at = (at + 1) & mask;
  return at;
}

void ContigCache::grow() {
  std::vector<Entry> old(entries_.size() * 2);
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.key.name.data() != nullptr) entries_[place(entry.key)] = entry;
  }
}

std::uint32_t ContigCache::identify(std::string_view name) {
  const Key key(name);
  std::size_t at = place(key);
  if (entries_[at].key.name.data() != nullptr) return entries_[at].identifier;
  if (++used_ * 2 > entries_.size()) {
    grow();
    at = place(key);
  }
  const std::uint32_t identifier = table_.identify(name);
  entries_[at] = {Key(table_.name(identifier)), identifier};
  return identifier;
}

}  // namespace weir::genomics
