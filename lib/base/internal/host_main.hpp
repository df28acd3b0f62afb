#pragma once

#include "base/fd.hpp"

#include <chrono>
#include <string>

namespace weir::base::internal {

struct HostSettings {
  std::chrono::milliseconds grace{2000};  ///< between TERM and KILL once the controller is gone
  std::string token;                      ///< NAME=value for every program; may be empty
  std::string name;  ///< distinguishes this host; part of k_tree_variable's value
  int controller_pid = 0;
};

/// In the environment of every program: "<host name>.<tree id>".
inline const char* const k_tree_variable = "WEIR_TREE";

/// The host's ends of the two sockets from the controller. Requests of `control` wake the host;
/// starts that wait for the end of another program come by `standby`, which it looks at only when a
/// program has ended or before it handles a request of `control`: nothing has to be done earlier.
struct HostSockets {
  Fd control;
  Fd standby;
};

/// The part of the settings that differs between hosts of one controller.
[[nodiscard]] std::string encode_names(const HostSettings& settings);

/// The life of the host process, entered right after fork. Never returns; never runs destructors of
/// the controller.
[[noreturn]] void host_main(HostSockets sockets, HostSettings settings);

}  // namespace weir::base::internal
