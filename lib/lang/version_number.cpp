#include "lang/version_number.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace weir::lang {
namespace {

bool satisfies(std::string_view version, std::string_view condition) {
  condition = base::trim(condition);
  if (condition.empty()) return true;
  if (condition.back() == '+') {
    // "23.10.1+" and "23.10.+": the same leading parts, the last one not lower.
    std::string_view wanted = condition.substr(0, condition.size() - 1);
    if (!wanted.empty() && wanted.back() == '.') wanted.remove_suffix(1);
    const std::vector<std::string_view> parts = base::split(wanted, '.');
    const bool open = condition.size() >= 2 && condition[condition.size() - 2] == '.';
    const std::size_t fixed = open ? parts.size() : parts.size() - 1;
    for (std::size_t i = 0; i < fixed; ++i) {
      if (compare_versions(version_part(version, static_cast<int>(i)), parts[i]) != 0) return false;
    }
    return compare_versions(version, wanted) >= 0;
  }
  const std::size_t end = condition.find_first_not_of("<>=!");
  if (end == std::string_view::npos) return false;
  const std::string_view op = condition.substr(0, end);
  const int order = compare_versions(version, base::trim(condition.substr(end)));
  if (op == ">=") return order >= 0;
  if (op == ">") return order > 0;
  if (op == "<=") return order <= 0;
  if (op == "<") return order < 0;
  if (op == "!=" || op == "<>") return order != 0;
  return order == 0;
}

std::vector<std::string_view> parts_of(std::string_view version) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = version.find_first_of(".-_");
    parts.push_back(version.substr(0, end));
    if (end == std::string_view::npos) return parts;
    version.remove_prefix(end + 1);
  }
}

}  // namespace

std::string_view version_part(std::string_view version, int index) {
  const std::vector<std::string_view> parts = parts_of(version);
  const auto at = static_cast<std::size_t>(index);
  return at < parts.size() ? parts[at] : std::string_view();
}

int compare_versions(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> x = parts_of(a);
  const std::vector<std::string_view> y = parts_of(b);
  for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    const std::string_view left = i < x.size() ? x[i] : "0";
    const std::string_view right = i < y.size() ? y[i] : "0";
    const std::optional<std::int64_t> left_number = base::parse_int64(left);
    const std::optional<std::int64_t> right_number = base::parse_int64(right);
    int order = left.compare(right);
    if (left_number && right_number)
      order = *left_number < *right_number ? -1 : (*left_number > *right_number ? 1 : 0);
    if (order != 0) return order < 0 ? -1 : 1;
  }
  return 0;
}

bool version_matches(std::string_view version, std::string_view condition) {
  for (const std::string_view part : base::split(condition, ',')) {
    if (!satisfies(version, part)) return false;
  }
  return true;
}

}  // namespace weir::lang
