#include "compose/run_signals.hpp"

#include <cstddef>
#include <utility>

namespace weir::app {

RunSignals::RunSignals(base::EventLoop& loop, bool hup_detaches, Actions actions)
    : loop_(loop), hup_detaches_(hup_detaches), actions_(std::move(actions)) {
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    ids_[i] = loop.on_signal(k_signals[i], [this](int signal) { on(signal); });
}

RunSignals::~RunSignals() {
  for (const base::EventLoop::Id id : ids_) loop_.cancel(id);
}

void RunSignals::on(int signal) {
  if (signal == SIGQUIT) return actions_.tell();
  if (signal == SIGHUP && hup_detaches_) return actions_.hang_up();
  const bool again = received_ != 0;
  if (!again) received_ = signal;
  actions_.end(received_, again);
}

}  // namespace weir::app
