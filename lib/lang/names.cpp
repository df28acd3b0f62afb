#include "lang/names.hpp"

namespace weir::lang {

Names::Names() {
  texts_.emplace_back();
  numbers_.emplace(texts_.front(), Name::none);
}

Name Names::intern(std::string_view text) {
  if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
  const Name name{static_cast<std::uint32_t>(texts_.size())};
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), name);
  return name;
}

Name Names::find(std::string_view text) const {
  const auto found = numbers_.find(text);
  return found == numbers_.end() ? Name::none : found->second;
}

}  // namespace weir::lang
