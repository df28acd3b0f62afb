#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::lang {

/// A double as Java prints it, with the fewest digits that read back: 1.0, 1.0E10, 1.0E-5, NaN,
/// Infinity.
[[nodiscard]] std::string double_text(double value);
/// A float as Java prints it; `value` holds a number that a float can hold exactly or nearly.
[[nodiscard]] std::string float_text(float value);
/// What Double.parseDouble accepts: blanks around, sign, exponent, suffix d or f, NaN, Infinity.
[[nodiscard]] std::optional<double> parse_java_double(std::string_view text);
/// What Integer.parseInt and Long.parseLong accept within [min, max] of `bits` (32 or 64).
[[nodiscard]] std::optional<std::int64_t> parse_java_integer(std::string_view text, int bits,
                                                             int radix = 10);

/// "1d 2h 3m 4s", "4.5s", "30ms".
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);
/// "1d 4h 30m", "10 ms", "01:30:00"; milliseconds. Nothing when it is no duration.
[[nodiscard]] std::optional<std::int64_t> parse_duration_text(std::string_view text);
/// "1.5 GB"; "0" for nothing and less.
[[nodiscard]] std::string memory_text(std::int64_t bytes);
/// "8 GB", "8.GB" without its point, "8G", "1024"; bytes. Nothing when it is no size.
[[nodiscard]] std::optional<std::int64_t> parse_memory_text(std::string_view text);
/// Position of "B", "KB", ... "ZB"; -1 when unknown.
[[nodiscard]] int memory_unit_power(std::string_view unit);
/// Milliseconds of "ms", "s", "min", "hours", "d" ...; 0 when unknown.
[[nodiscard]] std::int64_t duration_unit_millis(std::string_view unit);

}  // namespace weir::lang
