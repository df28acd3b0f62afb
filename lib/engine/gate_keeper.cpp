#include "engine/gate_keeper.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/process_host.hpp"
#include "base/random.hpp"
#include "engine/gate.hpp"
#include "engine/gate_machine.hpp"

#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using std::chrono::milliseconds;

namespace {

/// One gate of one request.
struct Watched {
  GateSpec spec;
  std::unique_ptr<Gate> gate;
  GateMachine machine;
  EventLoop::Id pause = 0;
  EventLoop::Id limit = 0;
};

struct Request {
  GateRequest request;
  std::function<void(const GateOutcome&)> answer;
  std::vector<std::unique_ptr<Watched>> gates;
  std::size_t open = 0;  // gates that have not passed yet
  base::BootTime since{};
};

struct Waiting {
  GateSpec gate;
  std::function<void()> start;
};

double random_fraction() {
  return static_cast<double>(base::random_u64() >> 11) /
         static_cast<double>(std::uint64_t{1} << 53);
}

}  // namespace

struct GateKeeper::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, base::ThreadPool& threads, Options given)
      : loop(event_loop), pool(threads), options(std::move(given)) {}

  EventLoop& loop;
  base::ThreadPool& pool;
  Options options;
  std::unique_ptr<base::ProcessHost> host;
  GateTicket next_ticket = 1;
  std::unordered_map<GateTicket, std::shared_ptr<Request>> requests;
  std::deque<Waiting> waiting;            // external questions without a free slot, in order
  std::map<std::string, int> running_of;  // processes by gate
  int running = 0;
  std::function<void(GateTicket, const std::string&, const std::string&)> progress;
  std::function<void(const std::string&)> warn;
  std::function<void()> idle;

  base::ProcessHost& the_host() {
    if (!host) {
      host = std::make_unique<base::ProcessHost>(
          loop, base::ProcessHost::Options{options.cancel_grace, ""});
      host->on_lost([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->host_lost();
      });
    }
    return *host;
  }

  /// Questions under way would never be answered: their requests fail. A new host serves later
  /// ones.
  void host_lost() {
    running = 0;
    running_of.clear();
    std::vector<GateTicket> hit;
    for (const auto& [ticket, request] : requests) {
      for (const auto& watched : request->gates) {
        const bool by_process = watched->spec.kind == GateSpec::Kind::external ||
                                watched->spec.kind == GateSpec::Kind::command;
        if (by_process && !watched->machine.is_over()) {
          hit.push_back(ticket);
          break;
        }
      }
    }
    for (const GateTicket ticket : hit) {
      const std::string name = requests.at(ticket)->gates.front()->spec.name;
      conclude(ticket, {GateOutcome::Kind::failed,
                        name,
                        "gate-crashed",
                        "the guardian of the gates was killed",
                        false,
                        {}});
    }
    loop.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->host.reset();
    });
  }

  // Slots for external gates

  [[nodiscard]] bool has_slot(const GateSpec& gate) const {
    const auto of_gate = running_of.find(gate.name);
    return running < options.max_processes &&
           (of_gate == running_of.end() || of_gate->second < gate.max_concurrency);
  }

  void want_slot(const GateSpec& gate, std::function<void()> start) {
    waiting.push_back({gate, std::move(start)});
    give_slots();
  }

  void give_slots() {
    for (std::size_t i = 0; i < waiting.size() && running < options.max_processes;) {
      if (!has_slot(waiting[i].gate)) {
        ++i;
        continue;
      }
      const Waiting next = std::move(waiting[i]);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
      ++running;
      ++running_of[next.gate.name];
      next.start();
    }
  }

  void slot_free(const GateSpec& gate) {
    if (running == 0) return;  // counted from new after the host was lost
    --running;
    --running_of[gate.name];
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->give_slots();
      self->tell_idle();
    });
  }

  void tell_idle() {
    if (running != 0 || !waiting.empty() || !idle) return;
    const auto done = std::exchange(idle, nullptr);
    done();
  }

  // Requests

  GateContext context_for(GateTicket ticket, const std::string& gate) {
    const std::weak_ptr<State> weak = weak_from_this();
    return GateContext{loop,
                       pool,
                       [this]() -> base::ProcessHost& { return the_host(); },
                       [weak](const std::string& text) {
                         const auto self = weak.lock();
                         if (self && self->warn) self->warn(text);
                       },
                       [weak, ticket, gate](const std::string& message) {
                         const auto self = weak.lock();
                         if (self && self->progress) self->progress(ticket, gate, message);
                       },
                       [this](const GateSpec& spec, std::function<void()> start) {
                         want_slot(spec, std::move(start));
                       },
                       [weak](const GateSpec& spec) {
                         if (const auto self = weak.lock()) self->slot_free(spec);
                       },
                       options.ask_once};
  }

  GateTicket prepare(GateRequest given, std::function<void(const GateOutcome&)> answer) {
    const GateTicket ticket = next_ticket++;
    auto request = std::make_shared<Request>();
    request->request = std::move(given);
    request->answer = std::move(answer);
    request->since = base::now_boot();
    const GateSubject subject{&request->request, &options};
    for (const GateSpec& spec : request->request.gates) {
      if (spec.skip) continue;
      auto gate = make_gate(spec, subject, context_for(ticket, spec.name));
      request->gates.push_back(std::make_unique<Watched>(
          Watched{spec, std::move(gate), GateMachine(gate_policy(spec)), 0, 0}));
    }
    request->open = request->gates.size();
    requests.emplace(ticket, request);
    loop.post([weak = weak_from_this(), ticket] {
      if (const auto self = weak.lock()) self->begin(ticket);
    });
    return ticket;
  }

  [[nodiscard]] std::shared_ptr<Request> find(GateTicket ticket) const {
    const auto found = requests.find(ticket);
    return found == requests.end() ? nullptr : found->second;
  }

  void begin(GateTicket ticket) {
    const auto request = find(ticket);
    if (!request) return;
    if (request->gates.empty()) return conclude(ticket, {});
    for (std::size_t i = 0; i < request->gates.size(); ++i) {
      Watched& watched = *request->gates[i];
      if (watched.spec.max_wait) {
        watched.limit = loop.after(*watched.spec.max_wait, [weak = weak_from_this(), ticket, i] {
          const auto self = weak.lock();
          const auto open = self ? self->find(ticket) : nullptr;
          if (!open) return;
          open->gates[i]->limit = 0;
          self->take(ticket, i, open->gates[i]->machine.time_is_up());
        });
      }
      take(ticket, i, watched.machine.begin());
      if (!find(ticket)) return;  // answered already
    }
  }

  void take(GateTicket ticket, std::size_t index, const GateStep& step) {
    const auto request = find(ticket);
    if (!request) return;
    Watched& watched = *request->gates[index];
    if (!step.warning.empty() && warn) warn(step.warning);
    switch (step.kind) {
      case GateStep::Kind::nothing: return;
      case GateStep::Kind::ask: return ask(ticket, index);
      case GateStep::Kind::wait:
        if (progress && !watched.machine.reason().empty())
          progress(ticket, watched.spec.name, watched.machine.reason());
        watched.pause = loop.after(step.delay, [weak = weak_from_this(), ticket, index] {
          const auto self = weak.lock();
          const auto open = self ? self->find(ticket) : nullptr;
          if (!open) return;
          open->gates[index]->pause = 0;
          self->take(ticket, index, open->gates[index]->machine.pause_ended());
        });
        return;
      case GateStep::Kind::passed:
        stop_watching(watched);
        if (--request->open == 0) conclude(ticket, {});
        return;
      case GateStep::Kind::failed: {
        // The first failure decides, whatever its place in the list; its peers are cancelled.
        const bool hopeless = step.answer.kind == GateAnswer::Kind::unrecoverable;
        conclude(ticket, {GateOutcome::Kind::failed,
                          watched.spec.name,
                          step.answer.code,
                          step.answer.message,
                          hopeless,
                          {}});
        return;
      }
    }
  }

  void ask(GateTicket ticket, std::size_t index) {
    const auto request = find(ticket);
    request->gates[index]->gate->ask([weak = weak_from_this(), ticket, index](GateAnswer answer) {
      const auto self = weak.lock();
      const auto open = self ? self->find(ticket) : nullptr;
      if (!open) return;
      self->take(ticket, index,
                 open->gates[index]->machine.answered(std::move(answer), random_fraction()));
    });
  }

  void stop_watching(Watched& watched) {
    if (watched.pause != 0) loop.cancel(std::exchange(watched.pause, 0));
    if (watched.limit != 0) loop.cancel(std::exchange(watched.limit, 0));
    watched.gate->cancel();
  }

  void forget(GateTicket ticket) {
    const auto found = requests.find(ticket);
    if (found == requests.end()) return;
    const std::shared_ptr<Request> request = std::move(found->second);
    requests.erase(found);
    for (const auto& watched : request->gates) stop_watching(*watched);
    // A gate of it may be what called us: it goes when the stack has unwound.
    loop.post([request] { request->gates.clear(); });
  }

  void conclude(GateTicket ticket, GateOutcome outcome) {
    const auto request = find(ticket);
    outcome.waited = std::chrono::duration_cast<milliseconds>(base::now_boot() - request->since);
    forget(ticket);
    if (request->answer) request->answer(outcome);
  }
};

GateKeeper::GateKeeper(EventLoop& loop, base::ThreadPool& pool, Options options)
    : state_(std::make_shared<State>(loop, pool, std::move(options))) {}

GateKeeper::~GateKeeper() {
  state_->idle = nullptr;
  cancel_all();
  state_->waiting.clear();
  state_->host.reset();
}

GateTicket GateKeeper::prepare(GateRequest request,
                               std::function<void(const GateOutcome&)> answer) {
  return state_->prepare(std::move(request), std::move(answer));
}

void GateKeeper::cancel(GateTicket ticket) {
  state_->forget(ticket);
}

void GateKeeper::cancel_all() {
  std::vector<GateTicket> all;
  for (const auto& [ticket, request] : state_->requests) all.push_back(ticket);
  for (const GateTicket ticket : all) state_->forget(ticket);
}

void GateKeeper::when_idle(std::function<void()> done) {
  state_->idle = std::move(done);
  state_->loop.post([weak = std::weak_ptr<State>(state_)] {
    if (const auto self = weak.lock()) self->tell_idle();
  });
}

void GateKeeper::on_progress(
    std::function<void(GateTicket, const std::string&, const std::string&)> handler) {
  state_->progress = std::move(handler);
}

void GateKeeper::on_warning(std::function<void(const std::string&)> handler) {
  state_->warn = std::move(handler);
}

}  // namespace weir::engine
