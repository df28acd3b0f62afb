#include "engine/internal/gate_slots.hpp"

namespace weir::engine::internal {

void GateSlots::want(const GateSpecPtr& gate, std::function<void()> start) {
  waiting_[gate->name].push_back({gate, std::move(start)});
  give();
}

bool GateSlots::give_back(const GateSpecPtr& gate) {
  if (running_ == 0) return false;
  --running_;
  --running_of_[gate->name];
  return true;
}

void GateSlots::forget_running() {
  running_ = 0;
  running_of_.clear();
}

bool GateSlots::has_room(const GateSpec& gate) const {
  const auto of_gate = running_of_.find(gate.name);
  return running_ < processes_max_ &&
         (of_gate == running_of_.end() || of_gate->second < gate.max_concurrency);
}

void GateSlots::give() {
  bool gave = true;
  while (gave && running_ < processes_max_) {
    gave = false;
    for (auto& [name, queue] : waiting_) {
      if (queue.empty() || !has_room(*queue.front().gate)) continue;
      const Waiting next = std::move(queue.front());
      queue.pop_front();
      ++running_;
      ++running_of_[name];
      gave = true;
      next.start();
    }
    std::erase_if(waiting_, [](const auto& entry) { return entry.second.empty(); });
  }
}

}  // namespace weir::engine::internal
