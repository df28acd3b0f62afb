#include "engine/gate_keeper.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/process_host.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "engine/gate.hpp"
#include "engine/gate_desk.hpp"
#include "engine/gate_machine.hpp"
#include "engine/gate_multiplex.hpp"
#include "engine/internal/gate_slots.hpp"
#include "engine/internal/s3_restores.hpp"
#include "engine/shared_watch.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using std::chrono::milliseconds;

namespace {

/// Requests answered in one turn of the loop when a gate opens for thousands.
constexpr std::size_t k_answers_per_turn = 256;
constexpr milliseconds k_report_look{30000};

/// One gate being asked, for all requests that ask the same.
struct Watch {
  std::string key;  // empty: for one request alone
  GateSpecPtr spec;
  std::shared_ptr<const GateRequest> subject;  // the first who asked
  std::unique_ptr<Gate> gate;
  GateMachine machine;
  EventLoop::Id pause = 0;
  SharedWatch::Id file_watch = 0;
  std::vector<GateTicket> waiting;
  std::optional<milliseconds> valid_for;
  std::string data = {};
};

/// Thousands of these may wait: what only a gate needs to know is kept by its watch.
struct Request {
  TaskId task = 0;
  std::string name;
  std::function<void(const GateOutcome&)> answer;
  std::vector<std::shared_ptr<Watch>> open;  // gates that have not passed yet
  std::vector<EventLoop::Id> limits;
  base::BootTime since{};
  milliseconds report_at{0};
  std::optional<milliseconds> valid_for;
};

double random_fraction() {
  return static_cast<double>(base::random_u64() >> 11) /
         static_cast<double>(std::uint64_t{1} << 53);
}

/// Equal for requests that a gate would answer alike; empty for gates that look at the task.
std::string shared_key(const GateSpecPtr& spec, const GateRequest& request) {
  const bool external = spec->kind == GateSpec::Kind::external;
  if (external && !spec->by_inputs) return {};
  std::string key = std::to_string(reinterpret_cast<std::uintptr_t>(spec.get()));
  if (spec->kind == GateSpec::Kind::window && spec->finish_by)
    key += ":" + std::to_string(request.resources.time.count());
  if (spec->kind == GateSpec::Kind::s3 && !spec->min_remaining)
    key += ":" + std::to_string(request.resources.time.count());
  if (!external && !spec->target.empty()) return key;
  for (const std::string& path : request.inputs) key.append("\n").append(path);
  return key;
}

}  // namespace

struct GateKeeper::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, base::ThreadPool& threads, Options given)
      : loop(event_loop),
        pool(threads),
        options(std::move(given)),
        watched(event_loop),
        context{loop,
                pool,
                [this]() -> base::ProcessHost& { return the_host(); },
                [this](const std::string& text) {
                  if (warn) warn(text);
                },
                [this](const GateSpecPtr& spec, std::function<void()> start) {
                  slots.want(spec, std::move(start));
                },
                [this](const GateSpecPtr& spec) { slot_free(spec); },
                [this](const GateSpec& spec) -> MultiplexChannel& { return channel_of(spec); },
                [this] {
                  if (!s3_restores) s3_restores = std::make_shared<internal::S3Restores>();
                  return s3_restores;
                },
                options.ask_once},
        slots(options.max_processes) {}

  EventLoop& loop;
  base::ThreadPool& pool;
  Options options;
  SharedWatch watched;
  GateContext context;
  std::unique_ptr<base::ProcessHost> host;
  GateTicket next_ticket = 1;
  std::unordered_map<GateTicket, std::shared_ptr<Request>> requests;
  std::unordered_map<std::string, std::shared_ptr<Watch>> shared;  // by key
  std::deque<std::pair<GateTicket, GateOutcome>> answers;
  std::unordered_map<GateTicket, std::string> data_of;  // few gates tell anything
  std::unordered_map<GateTicket, std::function<void(const GateOutcome&)>> answer_of;
  bool answering = false;
  internal::GateSlots slots;  // of external gates
  std::map<std::string, std::unique_ptr<MultiplexChannel>> channels;
  std::unique_ptr<AdmitDesk> desk;
  std::shared_ptr<internal::S3Restores> s3_restores;
  EventLoop::Id reporting = 0;
  std::function<void(GateTicket, const std::string&, const std::string&)> progress;
  std::function<void(const std::string&)> warn;
  std::function<void(TaskId)> again;
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
    slots.forget_running();
    std::vector<std::pair<GateTicket, std::string>> hit;
    for (const auto& [ticket, request] : requests) {
      for (const auto& watch : request->open) {
        const bool by_process = watch->spec->kind == GateSpec::Kind::external ||
                                watch->spec->kind == GateSpec::Kind::command;
        if (!by_process || watch->machine.is_over()) continue;
        hit.emplace_back(ticket, watch->spec->name);
        break;
      }
    }
    for (const auto& [ticket, name] : hit) {
      conclude(ticket, {GateOutcome::Kind::failed,
                        name,
                        "gate-crashed",
                        "the guardian of the gates was killed",
                        false,
                        {},
                        {}});
    }
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->channels.clear();
      self->host.reset();
    });
  }

  MultiplexChannel& channel_of(const GateSpec& spec) {
    auto& channel = channels[spec.name];
    if (!channel) {
      channel = std::make_unique<MultiplexChannel>(
          loop, spec, options, [this]() -> base::ProcessHost& { return the_host(); }, context.warn,
          [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (self)
              self->loop.post([weak] {
                if (const auto still = weak.lock()) still->tell_idle();
              });
          });
    }
    return *channel;
  }

  void slot_free(const GateSpecPtr& gate) {
    if (!slots.give_back(gate)) return;  // counted from new after the host was lost
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->slots.give();
      self->tell_idle();
    });
  }

  void tell_idle() {
    if (!idle || !slots.is_idle() || (desk && !desk->is_idle())) return;
    for (const auto& [name, channel] : channels) channel->shut_down();
    const bool some_runs = std::any_of(channels.begin(), channels.end(), [](const auto& entry) {
      return entry.second->is_running();
    });
    if (some_runs) return;
    const auto done = std::exchange(idle, nullptr);
    done();
  }

  // Requests

  GateTicket prepare(const std::shared_ptr<const GateRequest>& given,
                     std::function<void(const GateOutcome&)> answer) {
    const GateTicket ticket = next_ticket++;
    auto request = std::make_shared<Request>();
    request->task = given->task;
    request->name = given->name;
    request->answer = std::move(answer);
    request->since = base::now_boot();
    request->report_at = options.report_after;
    for (const GateSpecPtr& spec : given->gates) {
      if (!spec->skip && is_prepare_gate(*spec)) request->open.push_back(watch_for(given, spec));
    }
    for (const auto& watch : request->open) watch->waiting.push_back(ticket);
    requests.emplace(ticket, request);
    loop.post([weak = weak_from_this(), ticket] {
      if (const auto self = weak.lock()) self->begin(ticket);
    });
    return ticket;
  }

  std::shared_ptr<Watch> watch_for(const std::shared_ptr<const GateRequest>& request,
                                   const GateSpecPtr& spec) {
    std::string key = shared_key(spec, *request);
    if (!key.empty()) {
      const auto found = shared.find(key);
      if (found != shared.end()) return found->second;
    }
    auto watch = std::make_shared<Watch>(
        Watch{key, spec, request, nullptr, GateMachine(gate_policy(*spec)), 0, 0, {}, {}});
    watch->gate =
        make_gate(spec, GateSubject{watch->subject.get(), &options, GateOp::prepare, {}}, context);
    watch->gate->on_progress([weak = weak_from_this(),
                              weak_watch = std::weak_ptr<Watch>(watch)](const std::string& text) {
      const auto self = weak.lock();
      const auto open = weak_watch.lock();
      if (self && open) self->tell_progress(*open, text);
    });
    if (!key.empty()) shared.emplace(std::move(key), watch);
    return watch;
  }

  void tell_progress(const Watch& watch, const std::string& text) {
    if (!progress) return;
    const auto tickets = watch.waiting;
    for (const GateTicket ticket : tickets) progress(ticket, watch.spec->name, text);
  }

  [[nodiscard]] std::shared_ptr<Request> find(GateTicket ticket) const {
    const auto found = requests.find(ticket);
    return found == requests.end() ? nullptr : found->second;
  }

  void begin(GateTicket ticket) {
    const auto request = find(ticket);
    if (!request) return;
    if (request->open.empty()) return conclude(ticket, {});
    begin_reports();
    const auto watches = request->open;
    for (const auto& watch : watches) {
      if (watch->spec->max_wait) {
        request->limits.push_back(
            loop.after(*watch->spec->max_wait,
                       [weak = weak_from_this(), ticket, late = std::weak_ptr<Watch>(watch)] {
                         const auto self = weak.lock();
                         const auto open = late.lock();
                         if (self && open) self->time_is_up(ticket, open);
                       }));
      }
      if (watch->machine.is_fresh()) {
        watch_file(watch);
        take(watch, watch->machine.begin());
      }
      if (!find(ticket)) return;  // answered already
    }
  }

  void watch_file(const std::shared_ptr<Watch>& watch) {
    const std::string path = watch->gate->watched_path();
    if (path.empty() || options.ask_once) return;
    watch->file_watch =
        watched.add(path, [weak = weak_from_this(), late = std::weak_ptr<Watch>(watch)] {
          const auto self = weak.lock();
          const auto open = late.lock();
          if (!self || !open || open->pause == 0) return;
          self->loop.cancel(std::exchange(open->pause, 0));
          self->take(open, open->machine.pause_ended());
        });
  }

  void take(const std::shared_ptr<Watch>& watch, const GateStep& step) {
    if (!step.warning.empty() && warn) warn(step.warning);
    switch (step.kind) {
      case GateStep::Kind::nothing: return;
      case GateStep::Kind::ask: return ask(watch);
      case GateStep::Kind::wait:
        if (!watch->machine.reason().empty()) tell_progress(*watch, watch->machine.reason());
        if (watch->waiting.empty()) return;
        watch->pause =
            loop.after(step.delay, [weak = weak_from_this(), late = std::weak_ptr<Watch>(watch)] {
              const auto self = weak.lock();
              const auto open = late.lock();
              if (!self || !open) return;
              open->pause = 0;
              self->take(open, open->machine.pause_ended());
            });
        return;
      case GateStep::Kind::passed: return passed(watch);
      case GateStep::Kind::failed: return failed(watch, step.answer);
    }
  }

  void ask(const std::shared_ptr<Watch>& watch) {
    watch->gate->ask(
        [weak = weak_from_this(), late = std::weak_ptr<Watch>(watch)](GateAnswer answer) {
          const auto self = weak.lock();
          const auto open = late.lock();
          if (!self || !open || open->waiting.empty()) return;
          open->valid_for = answer.valid_for;
          open->data = answer.data;
          self->take(open, open->machine.answered(std::move(answer), random_fraction()));
        });
  }

  void passed(const std::shared_ptr<Watch>& watch) {
    const auto tickets = std::exchange(watch->waiting, {});
    end_watch(watch);
    for (const GateTicket ticket : tickets) pass(ticket, watch);
  }

  void pass(GateTicket ticket, const std::shared_ptr<Watch>& watch) {
    const auto request = find(ticket);
    if (!request) return;
    std::erase(request->open, watch);
    if (watch->valid_for)
      request->valid_for =
          std::min(request->valid_for.value_or(*watch->valid_for), *watch->valid_for);
    if (!watch->data.empty()) add_gate_data(data_of[ticket], watch->spec->name, watch->data);
    if (request->open.empty()) conclude(ticket, {});
  }

  /// The first failure decides, whatever its place in the list; its peers are cancelled.
  void failed(const std::shared_ptr<Watch>& watch, const GateAnswer& answer) {
    const auto tickets = std::exchange(watch->waiting, {});
    end_watch(watch);
    const bool hopeless = answer.kind == GateAnswer::Kind::unrecoverable;
    for (const GateTicket ticket : tickets) {
      conclude(ticket, {GateOutcome::Kind::failed,
                        watch->spec->name,
                        answer.code,
                        answer.message,
                        hopeless,
                        {},
                        {}});
    }
  }

  void time_is_up(GateTicket ticket, const std::shared_ptr<Watch>& watch) {
    const auto request = find(ticket);
    const bool waits = request && std::find(request->open.begin(), request->open.end(), watch) !=
                                      request->open.end();
    if (!waits) return;
    leave(ticket, watch);
    const std::string& reason = watch->machine.reason();
    if (watch->spec->pass_on_timeout) {
      if (warn)
        warn("gate '" + watch->spec->name + "' was not ready in time and is passed all the same");
      return pass(ticket, watch);
    }
    conclude(ticket, {GateOutcome::Kind::failed,
                      watch->spec->name,
                      "gate-timeout",
                      "not ready within maxWait" + (reason.empty() ? "" : ": " + reason),
                      false,
                      {},
                      {}});
  }

  /// One who waited waits no more; the last one ends the asking.
  void leave(GateTicket ticket, const std::shared_ptr<Watch>& watch) {
    std::erase(watch->waiting, ticket);
    if (watch->waiting.empty()) end_watch(watch);
  }

  void end_watch(const std::shared_ptr<Watch>& watch) {
    if (watch->pause != 0) loop.cancel(std::exchange(watch->pause, 0));
    if (watch->file_watch != 0) watched.remove(std::exchange(watch->file_watch, 0));
    if (!watch->key.empty()) {
      const auto found = shared.find(watch->key);
      if (found != shared.end() && found->second == watch) shared.erase(found);
    }
    if (!watch->gate) return;
    watch->gate->cancel();
    // It may be what called us: it goes when the stack has unwound.
    loop.post([keep = watch] { keep->gate.reset(); });
  }

  std::shared_ptr<Request> forget(GateTicket ticket) {
    const auto found = requests.find(ticket);
    if (found == requests.end()) return nullptr;
    std::shared_ptr<Request> request = std::move(found->second);
    requests.erase(found);
    data_of.erase(ticket);
    for (const EventLoop::Id limit : request->limits) loop.cancel(limit);
    for (const auto& watch : std::exchange(request->open, {})) leave(ticket, watch);
    return request;
  }

  void conclude(GateTicket ticket, GateOutcome outcome) {
    if (auto told = data_of.extract(ticket)) outcome.data = std::move(told.mapped());
    const auto request = forget(ticket);
    if (!request) return;
    outcome.waited = std::chrono::duration_cast<milliseconds>(base::now_boot() - request->since);
    if (outcome.kind == GateOutcome::Kind::ready) outcome.valid_for = request->valid_for;
    answers.emplace_back(ticket, std::move(outcome));
    answer_of[ticket] = std::move(request->answer);
    answer_some();
  }

  void answer_some() {
    if (std::exchange(answering, true)) return;
    loop.post([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->answering = false;
      for (std::size_t i = 0; i < k_answers_per_turn && !self->answers.empty(); ++i) {
        const auto [ticket, outcome] = std::move(self->answers.front());
        self->answers.pop_front();
        const auto found = self->answer_of.find(ticket);
        if (found == self->answer_of.end()) continue;  // cancelled
        const auto answer = std::move(found->second);
        self->answer_of.erase(found);
        if (answer) answer(outcome);
      }
      if (!self->answers.empty()) self->answer_some();
    });
  }

  // Admission

  AdmitDesk& the_desk() {
    if (!desk) {
      AdmitDesk::Handlers handlers;
      handlers.again = [this](TaskId task) {
        if (again) again(task);
      };
      handlers.warn = context.warn;
      handlers.quiet = [this] { tell_idle(); };
      desk = std::make_unique<AdmitDesk>(loop, options, context, std::move(handlers));
    }
    return *desk;
  }

  // Long waits

  void begin_reports() {
    if (reporting != 0 || options.ask_once) return;
    reporting =
        loop.after(std::min(k_report_look, options.report_after), [weak = weak_from_this()] {
          const auto self = weak.lock();
          if (!self) return;
          self->reporting = 0;
          self->report_waits();
          if (!self->requests.empty()) self->begin_reports();
        });
  }

  /// One line for each gate, with the one who waits longest.
  void report_waits() {
    struct Line {
      std::size_t count = 0;
      std::shared_ptr<Request> oldest;
      std::string reason;
    };
    std::map<std::string, Line> lines;
    const base::BootTime now = base::now_boot();
    for (const auto& [ticket, request] : requests) {
      if (now - request->since < request->report_at) continue;
      request->report_at *= 2;
      for (const auto& watch : request->open) {
        Line& line = lines[watch->spec->name];
        ++line.count;
        if (line.oldest && line.oldest->since <= request->since) continue;
        line.oldest = request;
        line.reason = watch->machine.reason();
      }
    }
    for (const auto& [name, line] : lines) {
      const auto waited = std::chrono::duration_cast<milliseconds>(now - line.oldest->since);
      std::string text = line.oldest->name;
      if (line.count > 1) text += " and " + std::to_string(line.count - 1) + " more";
      text += " wait for gate '" + name + "' for " + base::format_duration(waited) + " now";
      if (!line.reason.empty()) text += ": " + line.reason;
      if (warn) warn(text);
    }
  }
};

GateKeeper::GateKeeper(EventLoop& loop, base::ThreadPool& pool, Options options)
    : state_(std::make_shared<State>(loop, pool, std::move(options))) {}

GateKeeper::~GateKeeper() {
  state_->idle = nullptr;
  if (state_->reporting != 0) state_->loop.cancel(state_->reporting);
  cancel_all();
  state_->slots.clear();
  state_->desk.reset();
  state_->channels.clear();
  state_->host.reset();
}

void GateKeeper::check(const GateSpecPtr& spec) {
  using Kind = GateSpec::Kind;
  if (spec->skip || spec->target.empty() || spec->kind == Kind::external ||
      spec->kind == Kind::command)
    return;
  const GateRequest nobody;
  const GateSubject subject{&nobody, &state_->options, GateOp::prepare, {}};
  if (is_prepare_gate(*spec)) static_cast<void>(make_gate(spec, subject, state_->context));
}

GateTicket GateKeeper::prepare(const std::shared_ptr<const GateRequest>& request,
                               std::function<void(const GateOutcome&)> answer) {
  return state_->prepare(request, std::move(answer));
}

GateTicket GateKeeper::prepare(GateRequest request,
                               std::function<void(const GateOutcome&)> answer) {
  return state_->prepare(std::make_shared<const GateRequest>(std::move(request)),
                         std::move(answer));
}

void GateKeeper::cancel(GateTicket ticket) {
  state_->forget(ticket);
  state_->answer_of.erase(ticket);
}

void GateKeeper::cancel_all() {
  std::vector<GateTicket> all;
  for (const auto& [ticket, request] : state_->requests) all.push_back(ticket);
  for (const GateTicket ticket : all) state_->forget(ticket);
  state_->answer_of.clear();
}

void GateKeeper::admit(std::shared_ptr<const GateRequest> request,
                       std::function<void(const AdmitOutcome&)> answer) {
  state_->the_desk().ask(std::move(request), std::move(answer));
}

void GateKeeper::release(TaskId task) {
  if (state_->desk) state_->desk->release(task);
}

void GateKeeper::on_again(std::function<void(TaskId)> handler) {
  state_->again = std::move(handler);
}

bool GateKeeper::in_flight() const {
  return !state_->requests.empty() || !state_->answer_of.empty() ||
         (state_->desk && state_->desk->in_flight());
}

GateWaits GateKeeper::waiting(std::size_t first_max) const {
  struct Place {
    TaskId task = 0;
    const Request* request = nullptr;
    const Watch* watch = nullptr;
  };
  std::vector<Place> places;
  for (const auto& [ticket, request] : state_->requests) {
    for (const auto& watch : request->open)
      places.push_back({request->task, request.get(), watch.get()});
  }
  std::vector<GateWait> late;
  if (state_->desk) state_->desk->add_waiting(late);
  GateWaits waits;
  waits.count = places.size() + late.size();
  const auto by_task = [](const auto& a, const auto& b) { return a.task < b.task; };
  std::stable_sort(places.begin(), places.end(), by_task);
  places.resize(std::min(places.size(), first_max));
  const base::BootTime now = base::now_boot();
  for (const auto& [task, request, watch] : places) {
    waits.first.push_back({task, request->name, watch->spec->name, watch->machine.reason(),
                           std::chrono::duration_cast<milliseconds>(now - request->since)});
  }
  waits.first.insert(waits.first.end(), late.begin(), late.end());
  std::stable_sort(waits.first.begin(), waits.first.end(), by_task);
  waits.first.resize(std::min(waits.first.size(), first_max));
  return waits;
}

void GateKeeper::release_dead_leases(const std::vector<GateSpecPtr>& gates) {
  const bool any = std::any_of(gates.begin(), gates.end(), [](const GateSpecPtr& spec) {
    return spec->kind == GateSpec::Kind::external && spec->in_admit;
  });
  if (any) state_->the_desk().release_dead(gates);
}

void GateKeeper::when_idle(std::function<void()> done) {
  if (state_->desk) state_->desk->release_all();
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
