#pragma once

#include <cstring>

namespace weir::genomics {

/// A number as it stands in memory, at any address.
template <typename Word>
[[nodiscard]] Word read_word(const void* at) {
  Word word{};
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace weir::genomics
