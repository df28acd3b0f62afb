#pragma once

#include <string>

namespace weir::jobs {
class JobStore;
}

namespace weir::runs {

// Data of the frames that are no durable events: made when they are sent, from what is so then
// (run-control 3.2).

/// Of a `process` frame: tasks of a run by process and state,
/// {"processes":[{"process":"ALIGN","running":2,"completed":7}]}, in order of their first tasks.
[[nodiscard]] std::string process_json(jobs::JobStore& store, const std::string& id);

/// Of a `metric` frame: how busy this machine is and what is free on it. Loads are those of 1, 5
/// and 15 minutes. What the kernel does not tell is null.
[[nodiscard]] std::string metric_json(const jobs::JobStore& store);

}  // namespace weir::runs
