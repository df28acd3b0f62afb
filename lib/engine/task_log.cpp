#include "engine/task_observer.hpp"

#include <fmt/format.h>

namespace weir::engine {

std::string short_hash(std::string_view hash) {
  if (hash.size() < 8) return std::string(hash);
  return fmt::format("{}/{}", hash.substr(0, 2), hash.substr(2, 6));
}

std::string log_line(const TaskEvent& event) {
  const std::string hash = short_hash(event.hash);
  switch (event.kind) {
    case TaskEvent::Kind::submitted:
      return fmt::format("[{}] {} process > {}", hash,
                         event.attempt > 1 ? "Re-submitted" : "Submitted", event.name);
    case TaskEvent::Kind::cached: return fmt::format("[{}] Cached process > {}", hash, event.name);
    case TaskEvent::Kind::stored: return fmt::format("[skipping] Stored process > {}", event.name);
    case TaskEvent::Kind::ignored:
      // What was never begun has a name only.
      return fmt::format("[{}] NOTE: {} -- Error is ignored", hash.empty() ? event.name : hash,
                         event.cause);
    case TaskEvent::Kind::retried:
      return fmt::format("[{}] NOTE: {} -- Execution is retried ({})", hash, event.cause,
                         event.attempt);
    default: return "";
  }
}

}  // namespace weir::engine
