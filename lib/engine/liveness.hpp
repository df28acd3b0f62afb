#pragma once

#include "base/event_loop.hpp"
#include "engine/probe.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace weir::engine {

/// Looks at conditions of a service that is in use, and tells once when one of them failed so many
/// times in a row. Hard failures of a probe count as one failure here: a server may come back.
class Liveness {
 public:
  /// Begins at once; the first look follows after one `period`.
  Liveness(base::EventLoop& loop, std::vector<std::unique_ptr<Probe>> probes,
           std::chrono::milliseconds period, int failures_max,
           std::function<void(const std::string& why)> failed);
  ~Liveness();
  Liveness(const Liveness&) = delete;
  Liveness& operator=(const Liveness&) = delete;

  /// Looks no more and tells nothing.
  void cancel();

 private:
  struct Watched {
    std::unique_ptr<Probe> probe;
    int failures = 0;
    base::EventLoop::Id timer = 0;
  };
  void wait(std::size_t index);
  void take(std::size_t index, const ProbeAnswer& answer);

  base::EventLoop& loop_;
  std::chrono::milliseconds period_;
  int failures_max_;
  std::function<void(const std::string&)> failed_;
  std::vector<Watched> watched_;
  bool over_ = false;
};

}  // namespace weir::engine
