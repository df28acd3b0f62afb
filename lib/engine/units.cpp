#include "engine/units.hpp"

#include "base/text.hpp"

namespace weir::engine {
namespace {

/// Without a ".0" that ends the number.
std::string without_zero_decimal(std::string text) {
  for (std::size_t at = text.find(".0"); at != std::string::npos; at = text.find(".0", at + 1)) {
    const bool ends_number = at + 2 == text.size() || text[at + 2] < '0' || text[at + 2] > '9';
    if (ends_number) text.erase(at, 2);
  }
  return text;
}

}  // namespace

std::string size_text(std::int64_t bytes) {
  return without_zero_decimal(base::format_bytes(bytes));
}

std::string duration_text(std::chrono::milliseconds duration) {
  return without_zero_decimal(base::format_duration(duration));
}

}  // namespace weir::engine
