#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::jobs {

/// How far somebody has read what a job says: its events and its two logs.
///
/// Shown to clients as one opaque word that every face takes (`--after`), with a check value, so
/// that a cursor of another job or a mistyped one is refused instead of skipping something.
struct Cursor {
  std::int64_t seq = 0;  ///< number of the last event seen
  std::int64_t out = 0;  ///< bytes of stdout.log seen
  std::int64_t err = 0;  ///< bytes of stderr.log seen
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// The word for a cursor: letters, digits, dots and dashes.
[[nodiscard]] std::string to_word(const Cursor& cursor, std::string_view job_id);
/// Also takes a bare event number. Nothing when it is no cursor of that job.
[[nodiscard]] std::optional<Cursor> parse_cursor(std::string_view word, std::string_view job_id);

}  // namespace weir::jobs
