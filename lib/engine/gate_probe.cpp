// Gates that look as services' probes do: tcp, unix, http and command.
#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/gate.hpp"
#include "engine/probe.hpp"

#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

class ProbeGate final : public Gate {
 public:
  ProbeGate(GateSpecPtr spec, std::unique_ptr<Probe> probe)
      : spec_(std::move(spec)), probe_(std::move(probe)) {}

  void ask(Done done) override {
    probe_->look([this, done = std::move(done)](const ProbeAnswer& seen) {
      const bool passed = seen.kind == ProbeAnswer::Kind::passed;
      if (passed && ++passes_ < spec_->times) return ask(done);
      passes_ = 0;
      GateAnswer answer{kind_of(seen), "", seen.why, seen.retry_after};
      if (answer.kind >= Kind::transient) answer.code = "gate-failed";
      done(std::move(answer));
    });
  }
  void cancel() override { probe_->cancel(); }

 private:
  [[nodiscard]] Kind kind_of(const ProbeAnswer& seen) const {
    const bool command = spec_->kind == GateSpec::Kind::command;
    if (command && spec_->strict && seen.status >= 0) return gate_kind_of_exit(seen.status);
    if (seen.kind == ProbeAnswer::Kind::passed) return Kind::ready;
    if (seen.kind == ProbeAnswer::Kind::not_yet) return Kind::not_ready;
    return command ? Kind::unrecoverable : Kind::permanent;
  }

  GateSpecPtr spec_;
  std::unique_ptr<Probe> probe_;
  int passes_ = 0;
};

ProbeSpec probe_spec_of(const GateSpec& gate) {
  ProbeSpec probe;
  probe.target = gate.target;
  probe.statuses = gate.statuses;
  probe.body = gate.body;
  switch (gate.kind) {
    case GateSpec::Kind::tcp: probe.kind = ProbeSpec::Kind::tcp; break;
    case GateSpec::Kind::unix: probe.kind = ProbeSpec::Kind::unix; break;
    case GateSpec::Kind::http: probe.kind = ProbeSpec::Kind::http; break;
    default:
      probe.kind = ProbeSpec::Kind::command;
      // A condition may take as long as it needs, up to an hour for each look.
      probe.timeout = std::chrono::hours(1);
  }
  if (gate.timeout.count() > 0) probe.timeout = gate.timeout;
  return probe;
}

}  // namespace

std::unique_ptr<Gate> make_probe_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                      const GateContext& context) {
  ProbeContext probe_context{context.loop, &context.pool, nullptr, subject.options->environment,
                             ""};
  if (spec->kind == GateSpec::Kind::command) {
    probe_context.host = &context.host();
    probe_context.directory = gate_folder(*spec, *subject.options);
    base::make_folders(probe_context.directory);
  }
  return std::make_unique<ProbeGate>(spec, make_probe(probe_spec_of(*spec), probe_context));
}

}  // namespace weir::engine
