#include "engine/liveness.hpp"

#include <utility>

namespace weir::engine {

Liveness::Liveness(base::EventLoop& loop, std::vector<std::unique_ptr<Probe>> probes,
                   std::chrono::milliseconds period, int failures_max,
                   std::function<void(const std::string&)> failed)
    : loop_(loop), period_(period), failures_max_(failures_max), failed_(std::move(failed)) {
  for (auto& probe : probes) watched_.push_back({std::move(probe), 0, 0});
  for (std::size_t i = 0; i < watched_.size(); ++i) wait(i);
}

Liveness::~Liveness() {
  cancel();
}

void Liveness::cancel() {
  over_ = true;
  for (Watched& watched : watched_) {
    if (watched.timer != 0) loop_.cancel(std::exchange(watched.timer, 0));
    watched.probe->cancel();
  }
}

void Liveness::wait(std::size_t index) {
  watched_[index].timer = loop_.after(period_, [this, index] {
    watched_[index].timer = 0;
    watched_[index].probe->look([this, index](const ProbeAnswer& answer) { take(index, answer); });
  });
}

void Liveness::take(std::size_t index, const ProbeAnswer& answer) {
  if (over_) return;
  Watched& watched = watched_[index];
  watched.failures = answer.kind == ProbeAnswer::Kind::passed ? 0 : watched.failures + 1;
  if (watched.failures < failures_max_) return wait(index);
  cancel();
  const auto failed = failed_;  // the handler may destroy this object
  failed(answer.why);
}

}  // namespace weir::engine
