#pragma once

#include "command.hpp"
#include "jobs/job_store.hpp"

namespace weir::app {

/// Starts a supervisor for each run of an external engine that lives on without one (its supervisor
/// was killed): a process of its own that nobody waits for. Cheap when there is none.
void adopt_orphans(const Context& context, jobs::JobStore& store);

}  // namespace weir::app
