#pragma once

#include "base/internal/host_main.hpp"

namespace weir::base::internal {

/// What a host has open besides the null device as its standard streams.
struct HostDescriptors {
  int control = -1;
  int standby = -1;
  int signals = -1;  ///< a signalfd for CHLD and TERM
};

/// Makes a host of a copy of another process: a session of its own, orphans below it are its own,
/// TERM when the controller dies, all signals blocked, nothing of that process left open.
[[nodiscard]] HostDescriptors become_host(HostSockets sockets);

}  // namespace weir::base::internal
