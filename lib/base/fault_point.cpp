#include "base/fault_point.hpp"

#include <utility>

namespace weir::base {
namespace {

/// Null until a test sets one. Set before threads start, so reading it needs no lock.
std::function<void(std::string_view)>* g_hook = nullptr;

}  // namespace

void fault_point(std::string_view name) {
  if (g_hook != nullptr) (*g_hook)(name);
}

void set_fault_hook(std::function<void(std::string_view)> hook) {
  static std::function<void(std::string_view)> storage;
  storage = std::move(hook);
  g_hook = storage ? &storage : nullptr;
}

}  // namespace weir::base
