#include "base/internal/named_number.hpp"

#include "base/text.hpp"

namespace weir::base::internal {

std::optional<std::int64_t> named_number(std::string_view text, std::string_view name) {
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.starts_with(":")) line.remove_prefix(1);
    line = trim(line);
    return parse_int64(line.substr(0, line.find(' ')));
  }
  return std::nullopt;
}

}  // namespace weir::base::internal
