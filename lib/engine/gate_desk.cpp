#include "engine/gate_desk.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "engine/gate_lease.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_taken_by_others{250};
constexpr milliseconds k_external_min{1000};
constexpr milliseconds k_external_max{60000};
/// An external gate must answer an admission within that time; the slot is kept meanwhile.
constexpr milliseconds k_answer_max{10000};

using Kind = GateAnswer::Kind;

bool is_ready(const GateAnswer& answer) {
  return answer.kind == Kind::ready || answer.kind == Kind::not_applicable;
}

}  // namespace

struct AdmitDesk::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, const GateKeeper::Options& keeper_options,
        const GateContext& gate_context, Handlers given)
      : loop(event_loop),
        options(keeper_options),
        context(gate_context),
        handlers(std::move(given)) {}

  struct Held {
    GateSpecPtr gate;
    std::string lease;
    std::int64_t number = 0;  // in the book
  };
  /// A task between its first question and its end.
  struct Task {
    std::shared_ptr<const GateRequest> request;
    std::vector<GateSpecPtr> gates;  // of the phase, by name
    std::function<void(const AdmitOutcome&)> answer;
    std::vector<std::unique_ptr<AdmitHold>> holds;
    std::vector<Held> leases;
    std::set<std::string> passed;  // by `onTimeout: 'pass'`
    std::unique_ptr<Gate> asking;  // an external gate
    EventLoop::Id limit = 0;       // of that question
    EventLoop::Id wake = 0;
    base::BootTime since{};
    int tries = 0;
    std::string waits_for;
    std::string reason;
    std::string data;  // what its gates told
    bool waiting = false;
  };
  struct Release {
    std::shared_ptr<const GateRequest> request;
    std::unique_ptr<Gate> gate;
  };

  EventLoop& loop;
  const GateKeeper::Options& options;
  const GateContext& context;
  Handlers handlers;
  std::map<TaskId, std::shared_ptr<Task>> tasks;
  std::map<std::string, std::unique_ptr<AdmitGate>> built_in;  // by name
  std::unique_ptr<LeaseBook> book;
  std::map<std::uint64_t, Release> releases;
  std::uint64_t last_release = 0;
  std::map<std::filesystem::path, std::pair<LeaseBook::Dead, std::size_t>> dead;
  bool wake_posted = false;

  AdmitGate& gate_of(const GateSpec& spec) {
    auto found = built_in.find(spec.name);
    if (found == built_in.end())
      found = built_in.emplace(spec.name, make_admit_gate(spec, options)).first;
    return *found->second;
  }

  void ask(std::shared_ptr<const GateRequest> request,
           std::function<void(const AdmitOutcome&)> answer) {
    const TaskId id = request->task;
    auto& task = tasks[id];
    if (!task) {
      task = std::make_shared<Task>();
      task->since = base::now_boot();
      for (const GateSpecPtr& spec : request->gates) {
        if (is_admit_gate(*spec) && !spec->skip) task->gates.push_back(spec);
      }
      std::sort(task->gates.begin(), task->gates.end(),
                [](const GateSpecPtr& a, const GateSpecPtr& b) { return a->name < b->name; });
    }
    task->request = std::move(request);
    task->answer = std::move(answer);
    task->waiting = false;
    if (task->wake != 0) loop.cancel(std::exchange(task->wake, 0));
    loop.post([weak = weak_from_this(), id] {
      const auto self = weak.lock();
      const auto found = self ? self->find(id) : nullptr;
      if (found) self->check_built_ins(id, *found);
    });
  }

  [[nodiscard]] std::shared_ptr<Task> find(TaskId id) const {
    const auto found = tasks.find(id);
    return found == tasks.end() ? nullptr : found->second;
  }

  void tell(Task& task, const AdmitOutcome& outcome) {
    const auto answer = std::exchange(task.answer, nullptr);
    if (answer) answer(outcome);
  }

  // A look at everything first, so that nothing is taken in vain.
  void check_built_ins(TaskId id, Task& task) {
    for (const GateSpecPtr& spec : task.gates) {
      if (spec->kind == GateSpec::Kind::external || task.passed.count(spec->name) != 0) continue;
      try {
        const GateAnswer seen = gate_of(*spec).check(*task.request, *spec);
        if (!is_ready(seen) && !refuse(id, task, spec, seen)) return;
      } catch (const Error& error) {  // a step of a task: the error is the gate's answer
        return fail(id, task, spec, {Kind::unrecoverable, "gate-failed", error.what(), {}});
      }
    }
    ask_external(id, task, 0);
  }

  void ask_external(TaskId id, Task& task, std::size_t index) {
    while (index < task.gates.size() && (task.gates[index]->kind != GateSpec::Kind::external ||
                                         task.passed.count(task.gates[index]->name) != 0))
      ++index;
    if (index == task.gates.size()) return take_all(id, task);
    const GateSpecPtr spec = task.gates[index];
    task.asking = make_external_gate(
        spec, GateSubject{task.request.get(), &options, GateOp::admit, {}}, context);
    const auto current = [weak = weak_from_this(), id](auto act) {
      const auto self = weak.lock();
      const auto open = self ? self->find(id) : nullptr;
      if (open && open->asking) act(*self, *open);
    };
    task.limit = loop.after(k_answer_max, [current, spec, id] {
      current([&](State& self, Task& open) {
        open.limit = 0;
        self.stop_asking(open);
        static_cast<void>(
            self.refuse(id, open, spec, {Kind::not_ready, "", "did not answer in time", {}}));
      });
    });
    task.asking->ask([current, spec, id, index](const GateAnswer& seen) {
      current([&](State& self, Task& open) {
        self.stop_asking(open);
        if (!is_ready(seen)) {
          if (self.refuse(id, open, spec, seen)) self.ask_external(id, open, index + 1);
          return;
        }
        add_gate_data(open.data, spec->name, seen.data);
        if (!seen.lease.empty()) self.hold_lease(open, spec, seen.lease);
        self.ask_external(id, open, index + 1);
      });
    });
  }

  void stop_asking(Task& task) {
    if (task.limit != 0) loop.cancel(std::exchange(task.limit, 0));
    if (!task.asking) return;
    task.asking->cancel();
    // It may be what called us: it goes when the stack has unwound.
    loop.post([gate = std::shared_ptr<Gate>(std::move(task.asking))]() mutable { gate.reset(); });
  }

  void take_all(TaskId id, Task& task) {
    for (const GateSpecPtr& spec : task.gates) {
      if (spec->kind == GateSpec::Kind::external || task.passed.count(spec->name) != 0) continue;
      auto hold = gate_of(*spec).take(*task.request, *spec);
      if (!hold) {
        static_cast<void>(
            refuse(id, task, spec,
                   {Kind::not_ready, "", "its tokens are held elsewhere", k_taken_by_others}));
        return;
      }
      task.holds.push_back(std::move(hold));
    }
    task.reason.clear();
    AdmitOutcome outcome;
    for (const auto& hold : task.holds) {
      for (const int descriptor : hold->descriptors()) outcome.descriptors.push_back(descriptor);
    }
    outcome.data = std::exchange(task.data, {});
    tell(task, outcome);
  }

  /// A gate did not say ready. True when it is passed all the same.
  bool refuse(TaskId id, Task& task, const GateSpecPtr& spec, const GateAnswer& seen) {
    const auto waited = base::now_boot() - task.since;
    const bool hopeless = seen.kind >= Kind::permanent;
    if (!hopeless && spec->max_wait && waited >= *spec->max_wait) {
      if (spec->pass_on_timeout) {
        handlers.warn("gate '" + spec->name + "' was not ready in time and is passed all the same");
        task.passed.insert(spec->name);
        return true;
      }
      fail(id, task, spec,
           {Kind::permanent,
            "gate-timeout",
            "not ready within maxWait" + (seen.message.empty() ? "" : ": " + seen.message),
            {}});
      return false;
    }
    if (hopeless) {
      fail(id, task, spec, seen);
      return false;
    }
    give_back(task);
    task.data.clear();
    task.waits_for = spec->name;
    task.reason = seen.message;
    task.waiting = true;
    milliseconds pause = k_external_min * (1 << std::min(task.tries, 6));
    ++task.tries;
    pause = seen.retry_after.value_or(std::min(pause, k_external_max));
    if (spec->max_wait)
      pause = std::min(pause, std::chrono::duration_cast<milliseconds>(*spec->max_wait - waited) +
                                  milliseconds(1));
    task.wake = loop.after(pause, [weak = weak_from_this(), id] {
      const auto self = weak.lock();
      const auto open = self ? self->find(id) : nullptr;
      if (!open) return;
      open->wake = 0;
      self->handlers.again(id);
    });
    AdmitOutcome outcome;
    outcome.kind = AdmitOutcome::Kind::wait;
    outcome.gate = spec->name;
    outcome.message = seen.message;
    tell(task, outcome);
    return false;
  }

  void fail(TaskId id, Task& task, const GateSpecPtr& spec, const GateAnswer& seen) {
    give_back(task);
    for (const auto& [name, gate] : built_in) gate->forget(id);
    AdmitOutcome outcome;
    outcome.kind = AdmitOutcome::Kind::failed;
    outcome.gate = spec->name;
    outcome.code = seen.code;
    outcome.message = seen.message;
    outcome.unrecoverable = seen.kind == Kind::unrecoverable;
    tell(task, outcome);
  }

  // What is held

  void hold_lease(Task& task, const GateSpecPtr& spec, const std::string& lease) {
    if (!book)
      book = std::make_unique<LeaseBook>(base::fs::path(options.state_dir) / "gates" / "leases");
    const std::int64_t number = book->add(
        {0, spec->name, lease, task.request->task, task.request->key, task.request->attempt});
    task.leases.push_back({spec, lease, number});
  }

  void give_back(Task& task) {
    const bool had = !task.holds.empty() || !task.leases.empty();
    task.holds.clear();
    for (const Held& held : std::exchange(task.leases, {})) {
      run_release(held.gate, task.request, held.lease, [this, number = held.number](bool done) {
        if (done && book) book->end(number);
      });
    }
    if (had) wake_others();
  }

  void run_release(const GateSpecPtr& spec, std::shared_ptr<const GateRequest> request,
                   const std::string& lease, std::function<void(bool)> done) {
    const std::uint64_t number = ++last_release;
    Release& release = releases[number];
    release.request = std::move(request);
    release.gate = make_external_gate(
        spec, GateSubject{release.request.get(), &options, GateOp::release, lease}, context);
    release.gate->ask([weak = weak_from_this(), number, name = spec->name,
                       done = std::move(done)](const GateAnswer& seen) {
      const auto self = weak.lock();
      if (!self) return;
      if (!is_ready(seen))
        self->handlers.warn("gate '" + name + "' did not take a lease back: " + seen.message);
      done(is_ready(seen));
      self->loop.post([weak, number] {
        const auto still = weak.lock();
        if (!still) return;
        still->releases.erase(number);
        still->handlers.quiet();
      });
    });
  }

  void wake_others() {
    if (std::exchange(wake_posted, true)) return;
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->wake_posted = false;
      std::vector<TaskId> all;
      for (const auto& [id, task] : self->tasks) {
        if (task->waiting) all.push_back(id);
      }
      for (const TaskId id : all) {
        const auto task = self->find(id);
        if (!task || !task->waiting) continue;
        if (task->wake != 0) self->loop.cancel(std::exchange(task->wake, 0));
        self->handlers.again(id);
      }
    });
  }

  void release(TaskId id) {
    const auto found = tasks.find(id);
    if (found == tasks.end()) return;
    const std::shared_ptr<Task> task = std::move(found->second);
    tasks.erase(found);
    if (task->wake != 0) loop.cancel(task->wake);
    stop_asking(*task);
    for (const auto& [name, gate] : built_in) gate->forget(id);
    give_back(*task);
    wake_others();
  }

  void release_dead(const std::vector<GateSpecPtr>& gates) {
    for (LeaseBook::Dead& found :
         LeaseBook::dead_books(base::fs::path(options.state_dir) / "gates" / "leases")) {
      const auto held = found.held;
      const base::fs::path path = found.path;
      auto& entry = dead.emplace(path, std::pair(std::move(found), held.size())).first->second;
      if (entry.second == 0) {
        base::remove_file(path);
        dead.erase(path);
        continue;
      }
      for (const LeaseBook::Lease& lease : held) {
        const auto gate = std::find_if(gates.begin(), gates.end(), [&](const GateSpecPtr& spec) {
          return spec->name == lease.gate && spec->kind == GateSpec::Kind::external;
        });
        if (gate == gates.end()) continue;  // the book stays for a run that knows the gate
        auto request = std::make_shared<GateRequest>();
        request->task = lease.task;
        request->key = lease.key;
        request->attempt = lease.attempt;
        run_release(*gate, std::move(request), lease.lease, [this, path](bool done) {
          const auto open = dead.find(path);
          if (!done || open == dead.end() || --open->second.second > 0) return;
          base::remove_file(path);
          dead.erase(open);
        });
      }
    }
  }
};

AdmitDesk::AdmitDesk(EventLoop& loop, const GateKeeper::Options& options,
                     const GateContext& context, Handlers handlers)
    : state_(std::make_shared<State>(loop, options, context, std::move(handlers))) {}

AdmitDesk::~AdmitDesk() {
  for (const auto& [id, task] : state_->tasks) {
    if (task->wake != 0) state_->loop.cancel(task->wake);
    if (task->limit != 0) state_->loop.cancel(task->limit);
  }
  state_->tasks.clear();
  state_->releases.clear();
}

void AdmitDesk::ask(std::shared_ptr<const GateRequest> request,
                    std::function<void(const AdmitOutcome&)> answer) {
  state_->ask(std::move(request), std::move(answer));
}

void AdmitDesk::release(TaskId task) {
  state_->release(task);
}

void AdmitDesk::release_all() {
  while (!state_->tasks.empty()) state_->release(state_->tasks.begin()->first);
}

void AdmitDesk::release_dead(const std::vector<GateSpecPtr>& gates) {
  state_->release_dead(gates);
}

bool AdmitDesk::in_flight() const {
  return std::any_of(state_->tasks.begin(), state_->tasks.end(), [](const auto& entry) {
    return entry.second->waiting || entry.second->asking || entry.second->answer;
  });
}

bool AdmitDesk::is_idle() const {
  return state_->releases.empty();
}

void AdmitDesk::add_waiting(std::vector<GateWait>& list) const {
  for (const auto& [id, task] : state_->tasks) {
    if (!task->waiting) continue;
    list.push_back({id, task->request->name, task->waits_for, task->reason,
                    std::chrono::duration_cast<milliseconds>(base::now_boot() - task->since)});
  }
}

}  // namespace weir::engine
