#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// The parts would outlive a temporary text.
template <std::same_as<std::string> Text>
void split(Text&& text, char separator) = delete;
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool contains(std::string_view text, std::string_view part);

/// The whole text as a number, or nothing (sign allowed, no blanks, no overflow).
[[nodiscard]] std::optional<std::int64_t> parse_int64(std::string_view text);
[[nodiscard]] std::optional<double> parse_double(std::string_view text);

/// "90", "90s", "1.5h", "250ms", "2d", "1h 30m"; a bare number is seconds. Nothing when it is none
/// of these.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "64", "64K", "1.5 GB", "2GiB": powers of 1024, in bytes. Nothing when it is none of these.
[[nodiscard]] std::optional<std::int64_t> parse_bytes(std::string_view text);
/// "1.5 GB", powers of 1024, for people.
[[nodiscard]] std::string format_bytes(std::int64_t bytes);
/// "1h 2m 3s", "4.2s", "35ms", for people.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);

/// Quoted for a POSIX shell only when needed.
[[nodiscard]] std::string shell_quote(std::string_view text);
/// The text with invalid UTF-8 replaced, control characters and terminal escapes shown as \xNN, cut
/// to `bytes_max` (then ending in …): safe on a terminal and in messages.
[[nodiscard]] std::string printable(std::string_view text, std::size_t bytes_max = 256);
[[nodiscard]] bool is_utf8(std::string_view text);

/// Levenshtein distance with transpositions (Damerau, "A technique for computer detection and
/// correction of spelling errors", 1964; the restricted form).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate nearest to `name` if it is near enough to be meant, or nothing.
[[nodiscard]] std::optional<std::string> nearest(std::string_view name,
                                                 std::span<const std::string> candidates);
/// For an error's hint: "did you mean 'NEAREST'?", or `otherwise` when none is near enough.
[[nodiscard]] std::string nearest_hint(std::string_view name,
                                       std::span<const std::string> candidates,
                                       std::string otherwise);

}  // namespace weir::base
