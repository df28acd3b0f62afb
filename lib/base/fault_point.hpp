#pragma once

#include <functional>
#include <string_view>

namespace weir::base {

/// Every way of base to write (create, write, sync, rename, move, make a folder) is one by itself.
///
/// Marks a place between two steps of something that must survive a crash. Costs one comparison
/// unless a test has set a hook; the hook may end the process or throw, as a power cut or a failing
/// disk would.
void fault_point(std::string_view name);

/// For tests only, before any thread starts; an empty function removes it.
void set_fault_hook(std::function<void(std::string_view name)> hook);

}  // namespace weir::base
