// The built-in gates of the phase `admit`.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/lock.hpp"
#include "base/machine.hpp"
#include "base/text.hpp"
#include "engine/gate_desk.hpp"
#include "engine/time_window.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

constexpr milliseconds k_space_look{1000};
constexpr milliseconds k_foreign_look{250};

GateAnswer answer(Kind kind, std::string message = {}) {
  const bool failed = kind >= Kind::transient;
  return {kind, failed ? "gate-failed" : "", std::move(message), std::nullopt};
}

GateAnswer later(std::string message, milliseconds again) {
  return {Kind::not_ready, "", std::move(message), again};
}

/// Gives the reservation back.
class SpaceHold final : public AdmitHold {
 public:
  explicit SpaceHold(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
  ~SpaceHold() override { give_back_(); }

 private:
  std::function<void()> give_back_;
};

/// What `disk` and `memory` share: so much must be free that nobody else was promised.
class SpaceGate : public AdmitGate {
 public:
  GateAnswer check(const GateRequest& request, const GateSpec& spec) override {
    const std::int64_t needed = need(request, spec);
    try {
      const std::int64_t free = free_now(spec);
      const std::int64_t available = promised_->available(free);
      if (available >= needed) return more(spec);
      std::string text = what(spec) + " has " +
                         base::format_bytes(std::max<std::int64_t>(0, available)) + " free of " +
                         base::format_bytes(needed);
      if (available < free)
        text += "; " + base::format_bytes(free - available) + " are promised to running tasks";
      return later(std::move(text), spec.poll.value_or(k_space_look));
    } catch (const Error& error) {  // a step of a task: the error is the gate's answer
      return answer(Kind::unrecoverable, error.what());
    }
  }

  std::unique_ptr<AdmitHold> take(const GateRequest& request, const GateSpec& spec) override {
    const std::int64_t needed = need(request, spec);
    promised_->add(needed, free_now(spec));
    return std::make_unique<SpaceHold>([this, promised = promised_, needed, spec] {
      try {
        promised->remove(needed, free_now(spec), stays_used());
      } catch (const Error&) {  // the place has gone; so has what was promised there
        promised->remove(needed, 0, false);
      }
    });
  }

 protected:
  virtual std::int64_t need(const GateRequest& request, const GateSpec& spec) const = 0;
  [[nodiscard]] virtual std::int64_t free_now(const GateSpec& spec) const = 0;
  [[nodiscard]] virtual std::string what(const GateSpec& spec) const = 0;
  [[nodiscard]] virtual bool stays_used() const = 0;
  [[nodiscard]] virtual GateAnswer more(const GateSpec& spec) const {
    static_cast<void>(spec);
    return answer(Kind::ready);
  }

 private:
  std::shared_ptr<Reservations> promised_ = std::make_shared<Reservations>();
};

class DiskGate final : public SpaceGate {
 public:
  explicit DiskGate(std::string usual) : usual_(std::move(usual)) {}

 private:
  [[nodiscard]] std::string path(const GateSpec& spec) const {
    return spec.target.empty() ? usual_ : spec.target;
  }
  std::int64_t need(const GateRequest& request, const GateSpec& spec) const override {
    return spec.bytes > 0 ? spec.bytes : request.resources.disk_bytes;
  }
  [[nodiscard]] std::int64_t free_now(const GateSpec& spec) const override {
    return base::free_bytes(path(spec));
  }
  [[nodiscard]] std::string what(const GateSpec& spec) const override {
    return "'" + path(spec) + "'";
  }
  [[nodiscard]] bool stays_used() const override { return true; }
  [[nodiscard]] GateAnswer more(const GateSpec& spec) const override {
    const std::int64_t inodes = spec.inodes > 0 ? base::free_inodes(path(spec)) : 0;
    if (inodes >= spec.inodes) return answer(Kind::ready);
    return later("'" + path(spec) + "' has " + std::to_string(inodes) + " free inodes of " +
                     std::to_string(spec.inodes),
                 spec.poll.value_or(k_space_look));
  }

  std::string usual_;
};

class MemoryGate final : public SpaceGate {
 private:
  std::int64_t need(const GateRequest& request, const GateSpec& spec) const override {
    return spec.bytes > 0 ? spec.bytes : request.resources.memory_bytes;
  }
  [[nodiscard]] std::int64_t free_now(const GateSpec&) const override {
    return base::free_memory_bytes();
  }
  [[nodiscard]] std::string what(const GateSpec&) const override { return "the memory"; }
  [[nodiscard]] bool stays_used() const override { return false; }
};

class WindowAdmitGate final : public AdmitGate {
 public:
  explicit WindowAdmitGate(const GateSpec& spec) : window_(spec.target) {}
  GateAnswer check(const GateRequest& request, const GateSpec& spec) override {
    return ask_window(window_, spec, request.resources.time);
  }
  std::unique_ptr<AdmitHold> take(const GateRequest&, const GateSpec&) override {
    return std::make_unique<AdmitHold>();
  }

 private:
  TimeWindow window_;
};

/// A token bucket (burst and rate); a token is taken at the launch and never given back.
class RateGate final : public AdmitGate {
 public:
  explicit RateGate(const GateSpec& spec)
      : per_second_(spec.per_second), burst_(spec.burst), tokens_(spec.burst) {}

  GateAnswer check(const GateRequest&, const GateSpec&) override {
    refill();
    if (tokens_ >= 1) return answer(Kind::ready);
    const double seconds = (1 - tokens_) / per_second_;
    const milliseconds wait(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
    return later("the rate allows the next launch in " + base::format_duration(wait),
                 std::clamp(wait, milliseconds(1), milliseconds(60000)));
  }

  std::unique_ptr<AdmitHold> take(const GateRequest&, const GateSpec&) override {
    refill();
    if (tokens_ < 1) return nullptr;
    tokens_ -= 1;
    return std::make_unique<AdmitHold>();
  }

 private:
  void refill() {
    const base::BootTime now = base::now_boot();
    if (last_.count() > 0) {
      tokens_ += per_second_ * std::chrono::duration<double>(now - last_).count();
      tokens_ = std::min(tokens_, static_cast<double>(burst_));
    }
    last_ = now;
  }

  double per_second_;
  int burst_;
  double tokens_;
  base::BootTime last_{0};
};

/// Tokens are locked files of a folder. The lock's descriptor is inherited by the task, so a token
/// is held exactly as long as a process of the task lives, however weir itself ends.
class SemaphoreGate final : public AdmitGate {
 public:
  SemaphoreGate(const GateSpec& spec, base::fs::path folder)
      : slots_(spec.slots), folder_(std::move(folder)) {
    base::make_folders(folder_);
  }

  GateAnswer check(const GateRequest& request, const GateSpec& spec) override {
    if (spec.tokens > slots_) {
      return answer(Kind::unrecoverable, "it asks for " + std::to_string(spec.tokens) +
                                             " tokens of a pool of " + std::to_string(slots_));
    }
    int before = 0;
    std::size_t place = 0;
    auto entry = queue_.begin();
    for (; entry != queue_.end() && entry->task != request.task; ++entry, ++place)
      before += entry->tokens;
    const int free = slots_ - static_cast<int>(held_->size());
    if (free - before >= spec.tokens) return answer(Kind::ready);
    if (entry == queue_.end()) queue_.push_back({request.task, spec.tokens});
    return later(std::to_string(held_->size()) + " of " + std::to_string(slots_) +
                     " tokens are held, place " + std::to_string(place + 1) + " of those who wait",
                 k_foreign_look * 4);
  }

  std::unique_ptr<AdmitHold> take(const GateRequest& request, const GateSpec& spec) override {
    std::vector<std::pair<int, base::FileLock>> locks;
    for (int slot = 0; slot < slots_ && static_cast<int>(locks.size()) < spec.tokens; ++slot) {
      if (held_->count(slot) != 0) continue;
      if (auto lock = base::FileLock::try_lock(folder_ / ("token-" + std::to_string(slot))))
        locks.emplace_back(slot, std::move(*lock));
    }
    if (static_cast<int>(locks.size()) < spec.tokens) return nullptr;
    forget(request.task);
    return std::make_unique<Hold>(held_, std::move(locks));
  }

  void forget(TaskId task) override {
    std::erase_if(queue_, [task](const Waiting& entry) { return entry.task == task; });
  }

 private:
  class Hold final : public AdmitHold {
   public:
    Hold(std::shared_ptr<std::set<int>> held, std::vector<std::pair<int, base::FileLock>> locks)
        : held_(std::move(held)), locks_(std::move(locks)) {
      for (const auto& [slot, lock] : locks_) held_->insert(slot);
    }
    ~Hold() override {
      for (const auto& [slot, lock] : locks_) held_->erase(slot);
    }
    [[nodiscard]] std::vector<int> descriptors() const override {
      std::vector<int> list;
      for (const auto& [slot, lock] : locks_) list.push_back(lock.fd());
      return list;
    }

   private:
    std::shared_ptr<std::set<int>> held_;
    std::vector<std::pair<int, base::FileLock>> locks_;
  };
  struct Waiting {
    TaskId task;
    int tokens;
  };

  int slots_;
  base::fs::path folder_;
  std::shared_ptr<std::set<int>> held_ = std::make_shared<std::set<int>>();
  std::deque<Waiting> queue_;
};

/// A path is a folder that several runs and machines-wide users share; a name is a pool of this
/// work directory, so that a run that follows a killed one meets its tokens.
base::fs::path pool_folder(const GateSpec& spec, const GateKeeper::Options& options) {
  const std::string name = spec.target.empty() ? spec.name : spec.target;
  if (name.find('/') != std::string::npos) return name;
  base::FastHasher hasher;
  hasher.update(options.pool_scope);
  return base::fs::path(options.state_dir) / "gates" / "pools" / hasher.finish().hex() / name;
}

}  // namespace

std::int64_t Reservations::used(std::int64_t free) const {
  return std::clamp<std::int64_t>(at_first_ - free, 0, promised_);
}

std::int64_t Reservations::available(std::int64_t free) const {
  return count_ == 0 ? free : free - (promised_ - used(free));
}

void Reservations::add(std::int64_t amount, std::int64_t free) {
  if (count_++ == 0) at_first_ = free;
  promised_ += amount;
}

void Reservations::remove(std::int64_t amount, std::int64_t free, bool stays_used) {
  if (stays_used) at_first_ -= std::min(amount, used(free));
  promised_ -= amount;
  if (--count_ == 0) promised_ = 0;
}

std::unique_ptr<AdmitGate> make_admit_gate(const GateSpec& spec,
                                           const GateKeeper::Options& options) {
  switch (spec.kind) {
    case GateSpec::Kind::disk: return std::make_unique<DiskGate>(options.pool_scope);
    case GateSpec::Kind::memory: return std::make_unique<MemoryGate>();
    case GateSpec::Kind::window: return std::make_unique<WindowAdmitGate>(spec);
    case GateSpec::Kind::semaphore:
      return std::make_unique<SemaphoreGate>(spec, pool_folder(spec, options));
    case GateSpec::Kind::rate:
      if (spec.per_second <= 0) {
        throw Error(ErrorKind::usage, "gate '" + spec.name + "' does not say its rate")
            .with_hint("set rate = '10/min'");
      }
      return std::make_unique<RateGate>(spec);
    default: break;
  }
  WEIR_ASSERT(false);
  return nullptr;
}

}  // namespace weir::engine
