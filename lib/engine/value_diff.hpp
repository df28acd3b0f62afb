#pragma once

#include <string>
#include <string_view>

namespace weir::engine {

/// What differs between two values of one component of a task's key, for people: lines that end
/// with "\n", each safe on a terminal.
///
/// Short values are shown whole ("before:", "now:"). Of long ones the part that differs is shown
/// with what stands around it, cut between items and never inside of one. Texts of several lines
/// are compared line by line ("-", "+", two lines of context); at most `k_diff_lines_max` lines are
/// shown. An empty value means that the component was not part of the key.
[[nodiscard]] std::string value_diff_text(std::string_view before, std::string_view now);

inline constexpr std::size_t k_diff_lines_max = 200;

}  // namespace weir::engine
