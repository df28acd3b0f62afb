#pragma once

#include "base/event_loop.hpp"
#include "engine/probe.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::engine {

/// Looks at several conditions, each again and again until it has passed, and tells when all have.
///
/// The first pauses are short, so that a quick server is noticed within milliseconds; they grow to
/// `pause_max`.
class Readiness {
 public:
  struct Handlers {
    std::function<void()> ready;
    std::function<void(const std::string& why)> failed;  ///< a condition can never pass
  };

  Readiness(base::EventLoop& loop, std::chrono::milliseconds pause_max, Handlers handlers);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  void add(std::unique_ptr<Probe> probe, std::string name);
  /// Begins to look. With nothing to look at, `ready` follows at once (from the loop).
  void begin();
  /// Neither handler is called any more.
  void cancel();
  /// What is still missing: the last answer of each condition that has not passed.
  [[nodiscard]] std::string missing() const;

 private:
  struct Watched {
    std::unique_ptr<Probe> probe;
    std::string name;
    std::string why;
    bool passed = false;
    std::chrono::milliseconds pause{0};
    base::EventLoop::Id timer = 0;
  };
  void look(std::size_t index);
  void hasten(std::size_t index);
  void take(std::size_t index, const ProbeAnswer& answer);

  base::EventLoop& loop_;
  std::chrono::milliseconds pause_max_;
  Handlers handlers_;
  std::vector<Watched> watched_;
  base::EventLoop::Id start_timer_ = 0;
  bool over_ = false;
};

}  // namespace weir::engine
