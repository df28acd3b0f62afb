#pragma once

#include "engine/named_service.hpp"
#include "engine/service_machine.hpp"

#include <functional>
#include <memory>

namespace weir::base {
class EventLoop;
class ThreadPool;
}  // namespace weir::base

namespace weir::engine {

/// Runs one named service and answers at its control socket until the service has ended.
///
/// Clients send JSON lines, `{"op":"watch"|"lease"|"pin"|"stop"|"kill"}`, and are sent the status,
/// one line, now and at each change. A lease lasts as long as its connection, which a program may
/// inherit. Without a pin, the service stops when the last lease has ended and `linger` has passed.
class NamedSupervisor {
 public:
  struct Options {
    std::string registry_dir;
    bool pinned = true;
  };
  /// Throws Error (busy) when another supervisor has the service.
  NamedSupervisor(base::EventLoop& loop, base::ThreadPool& pool, const NamedService& service,
                  Options options);
  /// The lock of the service stays until the process ends: `stop` waits for it, and nothing of the
  /// service is left then.
  ~NamedSupervisor();
  NamedSupervisor(const NamedSupervisor&) = delete;
  NamedSupervisor& operator=(const NamedSupervisor&) = delete;

  void begin();
  void stop();
  void kill();
  void on_change(std::function<void(ServiceState)> handler);
  [[nodiscard]] const ServiceMachine& machine() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::engine
