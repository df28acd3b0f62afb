#include "engine/readiness.hpp"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

constexpr std::chrono::milliseconds k_first_pause{10};

}  // namespace

Readiness::Readiness(base::EventLoop& loop, std::chrono::milliseconds pause_max, Handlers handlers)
    : loop_(loop), pause_max_(pause_max), handlers_(std::move(handlers)) {}

Readiness::~Readiness() {
  cancel();
}

void Readiness::add(std::unique_ptr<Probe> probe, std::string name) {
  Watched watched;
  watched.probe = std::move(probe);
  watched.name = std::move(name);
  watched.pause = std::min(k_first_pause, pause_max_);
  watched_.push_back(std::move(watched));
}

void Readiness::begin() {
  start_timer_ = loop_.after({}, [this] {
    start_timer_ = 0;
    if (watched_.empty()) {
      over_ = true;
      const auto ready = handlers_.ready;
      return ready();
    }
    for (std::size_t i = 0; i < watched_.size(); ++i) {
      watched_[i].probe->on_hint([this, i] { hasten(i); });
      watched_[i].timer = loop_.after({}, [this, i] {
        watched_[i].timer = 0;
        look(i);
      });
    }
  });
}

/// Only a pause is cut short: a look that is under way tells soon enough.
void Readiness::hasten(std::size_t index) {
  if (over_ || watched_[index].passed || watched_[index].timer == 0) return;
  loop_.cancel(std::exchange(watched_[index].timer, 0));
  look(index);
}

void Readiness::cancel() {
  over_ = true;
  if (start_timer_ != 0) loop_.cancel(std::exchange(start_timer_, 0));
  for (Watched& watched : watched_) {
    if (watched.timer != 0) loop_.cancel(std::exchange(watched.timer, 0));
    watched.probe->on_hint(nullptr);
    watched.probe->cancel();
  }
}

std::string Readiness::missing() const {
  std::string text;
  for (const Watched& watched : watched_) {
    if (watched.passed) continue;
    if (!text.empty()) text += "; ";
    text += watched.why.empty() ? "still waiting for " + watched.name : watched.why;
  }
  return text;
}

void Readiness::look(std::size_t index) {
  watched_[index].probe->look([this, index](const ProbeAnswer& answer) { take(index, answer); });
}

void Readiness::take(std::size_t index, const ProbeAnswer& answer) {
  Watched& watched = watched_[index];
  watched.why = answer.why;
  if (over_) return;
  if (answer.kind == ProbeAnswer::Kind::failed) {
    cancel();
    const auto failed = handlers_.failed;  // the handler may destroy this object
    return failed(answer.why);
  }
  if (answer.kind == ProbeAnswer::Kind::passed) {
    watched.passed = true;
    const bool all = std::all_of(watched_.begin(), watched_.end(),
                                 [](const Watched& one) { return one.passed; });
    if (!all) return;
    cancel();
    const auto ready = handlers_.ready;
    return ready();
  }
  const auto pause = watched.pause;
  watched.pause = std::min(watched.pause * 2, std::max(pause_max_, k_first_pause));
  watched.timer = loop_.after(pause, [this, index] {
    watched_[index].timer = 0;
    look(index);
  });
}

}  // namespace weir::engine
