#include "engine/gate.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/time_window.hpp"

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

/// A window is looked at at least so often: clocks may be set, machines may sleep.
constexpr milliseconds k_window_look_max{60000};

GateAnswer answer(Kind kind, std::string message = {}, std::string code = {}) {
  return {kind, std::move(code), std::move(message), std::nullopt};
}

class FileGate final : public Gate {
 public:
  FileGate(GateSpecPtr spec, std::vector<std::string> paths)
      : spec_(std::move(spec)), paths_(std::move(paths)) {}

  void ask(Done done) override {
    for (const std::string& path : paths_) {
      try {
        GateAnswer seen = look_at(path);
        if (seen.kind != Kind::ready) return done(std::move(seen));
      } catch (const Error& error) {  // a step of a task: the error is the gate's answer
        const bool denied = error.kind() == ErrorKind::not_permitted;
        return done(
            answer(denied ? Kind::unrecoverable : Kind::transient, error.what(), "gate-failed"));
      }
    }
    done(answer(Kind::ready));
  }
  void cancel() override {}
  [[nodiscard]] std::string watched_path() const override {
    return paths_.size() == 1 ? paths_.front() : std::string();
  }

 private:
  [[nodiscard]] GateAnswer look_at(const std::string& path) const {
    // Links are followed: one that leads nowhere is a missing file.
    const auto info = base::file_info(path);
    if (!info) return answer(Kind::not_ready, "'" + path + "' does not exist");
    const bool folder = info->type == base::FileInfo::Type::directory;
    if ((spec_->file_type == "dir" && !folder) || (spec_->file_type == "file" && folder))
      return answer(Kind::not_ready, "'" + path + "' is not a " + spec_->file_type);
    if (info->size_bytes < spec_->bytes) {
      return answer(Kind::not_ready, "'" + path + "' has " + base::format_bytes(info->size_bytes) +
                                         " of " + base::format_bytes(spec_->bytes));
    }
    const std::int64_t age_ms = base::to_millis(base::now_wall()) - info->mtime_ns / 1'000'000;
    if (age_ms < spec_->min_age.count())
      return answer(Kind::not_ready, "'" + path + "' changed less than " +
                                         base::format_duration(spec_->min_age) + " ago");
    return answer(Kind::ready);
  }

  GateSpecPtr spec_;
  std::vector<std::string> paths_;
};

class WindowGate final : public Gate {
 public:
  WindowGate(GateSpecPtr spec, milliseconds limit)
      : spec_(std::move(spec)), window_(spec_->target), limit_(limit) {}

  void ask(Done done) override { done(ask_window(window_, *spec_, limit_)); }
  void cancel() override {}

 private:
  GateSpecPtr spec_;
  TimeWindow window_;
  milliseconds limit_;
};

}  // namespace

GateAnswer ask_window(const TimeWindow& window, const GateSpec& spec, milliseconds limit) {
  const base::WallTime now = base::now_wall();
  const milliseconds needed = spec.finish_by ? limit : milliseconds(0);
  const std::chrono::minutes open = window.open_for(now);
  if (open.count() > 0 && open >= needed) return answer(Kind::ready);
  GateAnswer later = answer(Kind::not_ready, "the window '" + spec.target + "' is closed");
  if (open.count() > 0) {
    later.message = "the window '" + spec.target + "' closes in " + base::format_duration(open) +
                    ", the task may take " + base::format_duration(needed);
  }
  const auto opens = open.count() > 0 ? std::optional(open) : window.opens_in(now);
  const milliseconds pause = opens ? milliseconds(*opens) : k_window_look_max;
  later.retry_after = std::clamp(pause, milliseconds(1000), k_window_look_max);
  if (spec.poll) later.retry_after = std::min(*later.retry_after, *spec.poll);
  return later;
}

GateMachine::Policy gate_policy(const GateSpec& spec) {
  GateMachine::Policy policy;
  policy.name = spec.name;
  policy.transient_limit = spec.transient_limit;
  policy.pass_on_timeout = spec.pass_on_timeout;
  const bool cheap = spec.kind != GateSpec::Kind::external && spec.kind != GateSpec::Kind::command;
  if (cheap) {
    policy.pause_min = milliseconds(50);
    policy.pause_max = milliseconds(2000);
  }
  if (spec.kind == GateSpec::Kind::command) policy.pause_max = milliseconds(10000);
  if (spec.kind == GateSpec::Kind::s3) {  // restores take minutes (Expedited) to hours
    policy.pause_min = milliseconds(60000);
    policy.pause_max = milliseconds(900000);
  }
  if (spec.poll) policy.pause_min = policy.pause_max = *spec.poll;
  return policy;
}

std::vector<std::string> gate_paths(const GateSpec& spec, const GateSubject& subject) {
  if (!spec.target.empty()) return {spec.target};
  return subject.request->inputs;
}

std::string gate_folder(const GateSpec& spec, const GateKeeper::Options& options) {
  const std::string name = base::replace_all(base::printable(spec.name, 100), "/", "_");
  return (base::fs::path(options.state_dir) / "gates" / name).string();
}

std::unique_ptr<Gate> make_file_gate(const GateSpecPtr& spec, const GateSubject& subject) {
  return std::make_unique<FileGate>(spec, gate_paths(*spec, subject));
}

std::unique_ptr<Gate> make_window_gate(const GateSpecPtr& spec, const GateSubject& subject) {
  return std::make_unique<WindowGate>(spec, subject.request->resources.time);
}

std::unique_ptr<Gate> make_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                const GateContext& context) {
  const bool by_inputs = spec->kind == GateSpec::Kind::file ||
                         spec->kind == GateSpec::Kind::stable || spec->kind == GateSpec::Kind::s3;
  if (!by_inputs && spec->kind != GateSpec::Kind::external && spec->target.empty()) {
    throw Error(ErrorKind::usage, "gate '" + spec->name + "' does not say what it waits for")
        .with_hint("set its path, target, url, window or command");
  }
  switch (spec->kind) {
    case GateSpec::Kind::file: return make_file_gate(spec, subject);
    case GateSpec::Kind::stable: return make_stable_gate(spec, subject, context);
    case GateSpec::Kind::s3: return make_s3_gate(spec, subject, context);
    case GateSpec::Kind::window: return make_window_gate(spec, subject);
    case GateSpec::Kind::external: return make_external_gate(spec, subject, context);
    default: return make_probe_gate(spec, subject, context);
  }
}

}  // namespace weir::engine
