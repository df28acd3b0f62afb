#include "lang/names.hpp"

#include "base/hash.hpp"

#include <utility>

namespace weir::lang {
namespace {

constexpr std::size_t k_first_slots = 4'096;

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(base::fast_hash(text).low);
}

}  // namespace

Names::Names() : slots_(k_first_slots) {
  texts_.emplace_back();
}

std::size_t Names::slot_of(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].name != 0 && (slots_[at].hash != hash || texts_[slots_[at].name] != text))
    at = (at + 1) & mask;
  return at;
}

void Names::grow() {
  const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : before) {
    if (slot.name == 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].name != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

Name Names::intern(std::string_view text) {
  if (text.empty()) return Name::none;
  const std::uint32_t hash = hash_of(text);
  const std::size_t at = slot_of(text, hash);
  if (slots_[at].name != 0) return Name{slots_[at].name};
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  slots_[at] = {hash, number};
  if (texts_.size() * 2 > slots_.size()) grow();
  return Name{number};
}

Name Names::find(std::string_view text) const {
  if (text.empty()) return Name::none;
  return Name{slots_[slot_of(text, hash_of(text))].name};
}

}  // namespace weir::lang
