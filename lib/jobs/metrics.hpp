#pragma once

#include <string>

namespace weir::jobs {

class JobStore;

/// The table's counters in Prometheus' text format (run-control 2.5): for a node exporter's text
/// file, and for the server. Names and labels only grow; no job's id is in them.
[[nodiscard]] std::string metrics_text(JobStore& store);

}  // namespace weir::jobs
