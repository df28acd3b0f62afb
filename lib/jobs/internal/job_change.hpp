#pragma once

#include "jobs/internal/job_row.hpp"
#include "jobs/job_store.hpp"
#include "jobs/state_machine.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

// Every change of state goes through `change`, which asks the state machine, writes the row and its
// event. All of it happens inside an immediate transaction on a row read in that same transaction,
// so nothing can come between the decision and the write.
namespace weir::jobs {

/// Applies a trigger to a row read in the present transaction. False when the state machine has no
/// such move.
bool change(db::Database& database, const Surroundings& surroundings, JobRow& row, Trigger trigger,
            const Outcome& outcome = {});

/// The present process owns the job; `lease` 0: its life is the run folder's lock.
void take_ownership(Job& job, const Surroundings& surroundings, std::chrono::milliseconds lease);
/// Counts the attempt, owned by the present process; the row is yet to be written.
void begin_attempt(JobRow& row, const Surroundings& surroundings, std::chrono::milliseconds lease);

/// The job that occupies the key or the directory, if any.
[[nodiscard]] std::optional<JobRow> holder_of(db::Database& database, const std::string& key,
                                              const std::string& directory);

/// `yes`: the attempt owns its job only while its lease lasts.
enum class Leased { any, yes };
/// In one transaction: what `work` says of the row that `attempt` owns; false when it owns none.
/// Followers are told; `committed` comes before that.
bool if_owned(JobStore& store, const Attempt& attempt, Leased leased,
              const std::function<bool(JobRow&)>& work,
             const std::function<void()>& committed = nullptr);

}  // namespace weir::jobs
