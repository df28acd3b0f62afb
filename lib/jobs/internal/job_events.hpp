#pragma once

#include "jobs/internal/job_row.hpp"

#include <cstdint>
#include <string_view>

namespace weir::jobs {

/// Where an event stands in `job_events`: those of a job together, in order. A job's events have
/// the places after `event_place(number, 0)` and before `event_place(number + 1, 0)`.
[[nodiscard]] constexpr std::int64_t event_place(std::int64_t job_number, std::int64_t seq) {
  return (job_number << 32) + seq;
}
/// The `seq` of the event that stands there.
[[nodiscard]] constexpr std::int64_t seq_at(std::int64_t place) {
  return place & 0xffffffff;
}
/// The `seq` of a job's last event, 0 for none.
[[nodiscard]] std::int64_t last_event(db::Database& database, std::int64_t job_number);

/// Numbered by the caller, who knows the last one and writes several. Throws Error(bug) for data of
/// more than `k_event_bytes_max`.
void insert_event_at(db::Database& database, const JobRow& row, std::int64_t seq, base::WallTime at,
                     std::string_view type, std::string_view data);
/// The next event of the job.
void insert_event(db::Database& database, const JobRow& row, base::WallTime at,
                  std::string_view type, std::string_view data);

}  // namespace weir::jobs
