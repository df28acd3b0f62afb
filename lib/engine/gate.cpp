#include "engine/gate.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/probe.hpp"

#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

GateAnswer answer(Kind kind, std::string message = {}, std::string code = {}) {
  return {kind, std::move(code), std::move(message), std::nullopt};
}

/// tcp, unix, http and command: what services use as probes.
class ProbeGate final : public Gate {
 public:
  ProbeGate(const ProbeSpec& spec, const ProbeContext& context, bool is_command)
      : probe_(make_probe(spec, context)), is_command_(is_command) {}

  void ask(Done done) override {
    probe_->look([done = std::move(done), command = is_command_](const ProbeAnswer& seen) {
      if (seen.kind == ProbeAnswer::Kind::passed) return done(answer(Kind::ready));
      if (seen.kind == ProbeAnswer::Kind::not_yet) return done(answer(Kind::not_ready, seen.why));
      done(answer(command ? Kind::unrecoverable : Kind::permanent, seen.why, "gate-failed"));
    });
  }
  void cancel() override { probe_->cancel(); }

 private:
  std::unique_ptr<Probe> probe_;
  bool is_command_;
};

class FileGate final : public Gate {
 public:
  FileGate(const GateSpec& spec, std::vector<std::string> paths)
      : spec_(spec), paths_(std::move(paths)) {}

  void ask(Done done) override {
    for (const std::string& path : paths_) {
      try {
        // Links are followed: one that leads nowhere is a missing file.
        const auto info = base::file_info(path);
        if (!info) return done(answer(Kind::not_ready, "'" + path + "' does not exist"));
        if (info->size_bytes < spec_.bytes) {
          return done(answer(Kind::not_ready, "'" + path + "' has " +
                                                  base::format_bytes(info->size_bytes) + " of " +
                                                  base::format_bytes(spec_.bytes)));
        }
      } catch (const Error& error) {  // a step of a task: the error is the gate's answer
        const bool denied = error.kind() == ErrorKind::not_permitted;
        return done(
            answer(denied ? Kind::unrecoverable : Kind::transient, error.what(), "gate-failed"));
      }
    }
    done(answer(Kind::ready));
  }
  void cancel() override {}

 private:
  GateSpec spec_;
  std::vector<std::string> paths_;
};

class DiskGate final : public Gate {
 public:
  explicit DiskGate(const GateSpec& spec) : spec_(spec) {}

  void ask(Done done) override {
    try {
      const std::int64_t free = base::free_bytes(spec_.target);
      if (free >= spec_.bytes) return done(answer(Kind::ready));
      done(answer(Kind::not_ready, "'" + spec_.target + "' has " + base::format_bytes(free) +
                                       " free of " + base::format_bytes(spec_.bytes)));
    } catch (const Error& error) {  // a step of a task: the error is the gate's answer
      done(answer(Kind::unrecoverable, error.what(), "gate-failed"));
    }
  }
  void cancel() override {}

 private:
  GateSpec spec_;
};

ProbeSpec probe_spec_of(const GateSpec& gate) {
  ProbeSpec probe;
  probe.target = gate.target;
  switch (gate.kind) {
    case GateSpec::Kind::tcp: probe.kind = ProbeSpec::Kind::tcp; break;
    case GateSpec::Kind::unix: probe.kind = ProbeSpec::Kind::unix; break;
    case GateSpec::Kind::http: probe.kind = ProbeSpec::Kind::http; break;
    default:
      probe.kind = ProbeSpec::Kind::command;
      // A condition may take as long as it needs, up to an hour for each look.
      probe.timeout = std::chrono::hours(1);
  }
  return probe;
}

}  // namespace

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
  if (spec.poll) policy.pause_min = policy.pause_max = *spec.poll;
  return policy;
}

std::vector<std::string> gate_paths(const GateSpec& spec, const GateSubject& subject) {
  if (!spec.target.empty()) return {spec.target};
  return subject.request->inputs;
}

std::unique_ptr<Gate> make_file_gate(const GateSpec& spec, const GateSubject& subject) {
  return std::make_unique<FileGate>(spec, gate_paths(spec, subject));
}

std::unique_ptr<Gate> make_gate(const GateSpec& spec, const GateSubject& subject,
                                const GateContext& context) {
  const bool by_inputs = spec.kind == GateSpec::Kind::file || spec.kind == GateSpec::Kind::stable;
  if (!by_inputs && spec.kind != GateSpec::Kind::external && spec.target.empty()) {
    throw Error(ErrorKind::usage, "gate '" + spec.name + "' does not say what it waits for")
        .with_hint("set its path, target, url or command");
  }
  switch (spec.kind) {
    case GateSpec::Kind::file: return make_file_gate(spec, subject);
    case GateSpec::Kind::stable: return make_stable_gate(spec, subject, context);
    case GateSpec::Kind::disk: return std::make_unique<DiskGate>(spec);
    case GateSpec::Kind::external: return make_external_gate(spec, subject, context);
    default: break;
  }
  const bool is_command = spec.kind == GateSpec::Kind::command;
  ProbeContext probe_context{context.loop, &context.pool, nullptr, subject.options->environment,
                             ""};
  if (is_command) probe_context.host = &context.host();
  return std::make_unique<ProbeGate>(probe_spec_of(spec), probe_context, is_command);
}

}  // namespace weir::engine
