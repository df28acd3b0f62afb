// Multiplex mode of weir-gate/1. The process is a tree of the gates' host; its life:
//
//   idle ─ first request ─ running ─ hello ─ up ─ shut_down ─ ending ─ idle
//                             └────── died ────┴─ pause 1, 2, 4 s ─ running (requests sent again)
#include "engine/gate_multiplex.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "engine/log_capture.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <set>
#include <utility>

namespace weir::engine {

using base::EventLoop;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds k_restart_pause{1000};
constexpr int k_heartbeats_missed_max = 3;

GateAnswer crashed(const std::string& why) {
  return {GateAnswer::Kind::permanent, "gate-crashed", why, std::nullopt};
}

}  // namespace

struct MultiplexChannel::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, GateSpec given, const GateKeeper::Options& keeper_options)
      : loop(event_loop), spec(std::move(given)), options(keeper_options) {}

  struct Open {
    std::string line;
    Handlers handlers;
    bool sent = false;
  };

  EventLoop& loop;
  GateSpec spec;
  const GateKeeper::Options& options;
  std::function<base::ProcessHost&()> host;
  std::function<void(const std::string&)> warn;
  std::function<void()> gone;

  std::map<std::uint64_t, Open> open;              // by number, so that they are sent in order
  std::map<std::string, EventLoop::Id> cancelled;  // waiting for the gate's acknowledgement
  std::uint64_t last_number = 0;
  std::size_t in_flight = 0;
  int in_flight_max = 0;
  int deaths = 0;
  int ignored_cancels = 0;
  std::optional<GateAnswer> broken;  // restarted too often

  std::optional<base::ProcessHost::Id> tree;
  int generation = 0;
  bool up = false;  // it said hello
  bool ending = false;
  base::Fd input;
  EventLoop::Id writing = 0;
  std::string outbox;
  std::unique_ptr<LogCapture> output;
  std::unique_ptr<LogCapture> errors;
  EventLoop::Id pause = 0;
  EventLoop::Id heart = 0;
  std::optional<milliseconds> heartbeat;
  base::BootTime heard{0};
  std::unique_ptr<LogCapture> old_output;  // it may be what called us

  // The process

  void start() {
    if (tree || ending || pause != 0) return;
    const std::string folder = gate_folder(spec, options);
    base::make_folders(folder);
    base::Pipe pipe = base::make_pipe();
    base::set_nonblocking(pipe.write.get(), true);
    base::SpawnOptions program;
    program.argv = spec.command;
    program.environment = options.environment;
    program.environment->push_back(std::string("WEIR_GATE_PROTOCOL=") + k_gate_protocol);
    program.environment->push_back("WEIR_GATE_MODE=multiplex");
    program.environment->push_back("WEIR_RUN_ID=" + options.run_id);
    program.environment->push_back("WEIR_GATE_STATE_DIR=" + folder);
    program.directory = folder;
    program.stdin_fd = pipe.read.get();
    output = make_output();
    errors = std::make_unique<LogCapture>(loop, LogCapture::Options{});
    program.stdout_fd = output->write_fd();
    program.stderr_fd = errors->write_fd();
    tree = host().start(program, handlers(++generation));
    output->started();
    errors->started();
    input = std::move(pipe.write);
    up = false;
    heard = base::now_boot();
    in_flight = 0;
    write(gate_hello_text(options));
  }

  std::unique_ptr<LogCapture> make_output() {
    LogCapture::Options capture;
    capture.line_bytes_max = k_gate_line_bytes_max;
    capture.on_line = [weak = weak_from_this()](std::string_view line) {
      if (const auto self = weak.lock()) self->take_line(line);
    };
    return std::make_unique<LogCapture>(loop, std::move(capture));
  }

  base::ProcessHost::Handlers handlers(int number) {
    const auto current = [weak = weak_from_this(), number](auto act) {
      const auto self = weak.lock();
      if (self && self->generation == number && self->tree) act(*self);
    };
    base::ProcessHost::Handlers events;
    events.started = [current](pid_t, const std::string& error) {
      if (error.empty()) return;
      current([&](State& self) {
        self.broken = GateAnswer{GateAnswer::Kind::unrecoverable, "gate-failed", error, {}};
        self.ended("could not be started");
      });
    };
    events.exited = [current](const base::ProcessExit& exit) {
      current([&](State& self) {
        self.last_exit = exit.signal != 0 ? "was ended by signal " + std::to_string(exit.signal)
                                          : "ended with status " + std::to_string(exit.status);
        self.host().stop_tree(*self.tree, SIGKILL, milliseconds(0));
      });
    };
    events.emptied = [current] { current([](State& self) { self.ended(self.last_exit); }); };
    return events;
  }

  std::string last_exit;

  void ended(const std::string& how) {
    const std::string tail(base::trim(errors ? errors->recent() : std::string()));
    close_streams();
    tree.reset();
    if (ending || open.empty()) {
      if (!open.empty() || broken) fail_all();
      if (gone) gone();
      return;
    }
    ++deaths;
    const std::string why =
        "the gate " + how +
        (tail.empty() ? "" : ": " + base::printable(tail.substr(tail.rfind('\n') + 1)));
    if (!broken && deaths > k_restarts_max)
      broken = crashed(why + ", for the " + std::to_string(deaths) + "th time");
    if (broken) return fail_all();
    warn("gate '" + spec.name + "': " + why + "; it is started again");
    for (auto& [number, one] : open) one.sent = false;
    pause = loop.after(k_restart_pause * (1 << (deaths - 1)), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->pause = 0;
      self->start_guarded();
    });
  }

  void start_guarded() {
    try {
      start();
    } catch (const Error& error) {  // a step of tasks: the error is the gate's answer
      broken = GateAnswer{GateAnswer::Kind::unrecoverable, "gate-failed", error.what(), {}};
      fail_all();
    }
  }

  void close_streams() {
    if (writing != 0) loop.cancel(std::exchange(writing, 0));
    if (heart != 0) loop.cancel(std::exchange(heart, 0));
    input.reset();
    outbox.clear();
    if (output) output->finish();
    if (errors) errors->finish();
    old_output = std::move(output);
    loop.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->old_output.reset();
    });
    for (const auto& [request, timer] : cancelled) loop.cancel(timer);
    cancelled.clear();
  }

  void fail_all() {
    auto all = std::exchange(open, {});
    for (auto& [number, one] : all) {
      if (one.handlers.answer) one.handlers.answer(*broken);
    }
  }

  // Requests

  void send_more() {
    if (!up) return;
    for (auto& [number, one] : open) {
      if (in_flight_max > 0 && in_flight >= static_cast<std::size_t>(in_flight_max)) return;
      if (one.sent) continue;
      one.sent = true;
      ++in_flight;
      write(one.line);
    }
  }

  void write(const std::string& text) {
    if (!input) return;
    outbox += text;
    if (outbox.size() > k_waiting_bytes_max) return give_up("does not read its requests");
    if (writing == 0) flush();
  }

  void flush() {
    while (!outbox.empty()) {
      const ssize_t written = ::write(input.get(), outbox.data(), outbox.size());
      if (written > 0) {
        outbox.erase(0, static_cast<std::size_t>(written));
        continue;
      }
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EAGAIN) break;
      outbox.clear();  // it does not read any more; its end, or its heart, tells
      break;
    }
    if (outbox.empty()) {
      if (writing != 0) loop.cancel(std::exchange(writing, 0));
      return;
    }
    if (writing != 0) return;
    writing = loop.on_writable(input.get(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->flush();
    });
  }

  void give_up(const std::string& why) {
    warn("gate '" + spec.name + "' " + why + " and is stopped");
    last_exit = why;
    if (tree) host().stop_tree(*tree, SIGTERM, options.cancel_grace);
  }

  void take_line(std::string_view line) {
    heard = base::now_boot();
    if (line.size() >= k_gate_line_bytes_max) return give_up("wrote a line longer than 1 MiB");
    const auto event = parse_gate_event(line);
    if (!event) {
      base::log(base::LogLevel::debug, "gate output",
                {{"gate", spec.name}, {"line", base::printable(line)}});
      return;
    }
    if (event->kind == GateEvent::Kind::hello) return take_hello(*event);
    if (event->kind == GateEvent::Kind::heartbeat) return;
    if (acknowledge(event->req, event->is_final() || event->kind == GateEvent::Kind::cancelled))
      return;
    const auto found =
        open.find(static_cast<std::uint64_t>(base::parse_int64(event->req).value_or(0)));
    if (found == open.end()) {
      base::log(base::LogLevel::debug, "gate answers an unknown request",
                {{"gate", spec.name}, {"request", base::printable(event->req)}});
      return;
    }
    if (event->kind == GateEvent::Kind::progress)
      return found->second.handlers.progress(event->message);
    if (!event->is_final()) return;
    GateAnswer answer = event->answer;
    if (answer.kind >= GateAnswer::Kind::transient && answer.code.empty())
      answer.code = "gate-failed";
    const Handlers told = std::move(found->second.handlers);
    open.erase(found);
    --in_flight;
    told.answer(std::move(answer));
    send_more();
  }

  /// True when `request` was cancelled: its answer means nothing any more.
  bool acknowledge(const std::string& request, bool is_end) {
    const auto found = cancelled.find(request);
    if (found == cancelled.end()) return false;
    if (!is_end) return true;
    loop.cancel(found->second);
    cancelled.erase(found);
    ignored_cancels = 0;
    return true;
  }

  void take_hello(const GateEvent& event) {
    up = true;
    in_flight_max = event.in_flight_max;
    heartbeat = event.heartbeat;
    if (heartbeat && heartbeat->count() > 0) watch_heart();
    send_more();
  }

  void watch_heart() {
    heart = loop.after(*heartbeat, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->heart = 0;
      const auto silence = base::now_boot() - self->heard;
      if (silence > *self->heartbeat * k_heartbeats_missed_max)
        return self->give_up("missed three heartbeats");
      self->watch_heart();
    });
  }

  void cancel(const Request& request) {
    const auto found =
        open.find(static_cast<std::uint64_t>(base::parse_int64(request).value_or(0)));
    if (found == open.end()) return;
    const bool sent = found->second.sent;
    open.erase(found);
    if (!sent || !tree || ending) return;
    --in_flight;
    write(gate_control_text("cancel", request));
    cancelled[request] = loop.after(options.cancel_grace, [weak = weak_from_this(), request] {
      const auto self = weak.lock();
      if (!self) return;
      self->cancelled.erase(request);
      if (++self->ignored_cancels >= k_ignored_cancels_max) {
        self->ignored_cancels = 0;
        self->give_up("ignored three cancellations");
      }
    });
  }
};

MultiplexChannel::MultiplexChannel(EventLoop& loop, GateSpec spec,
                                   const GateKeeper::Options& options,
                                   std::function<base::ProcessHost&()> host,
                                   std::function<void(const std::string&)> warn,
                                   std::function<void()> gone)
    : state_(std::make_shared<State>(loop, std::move(spec), options)) {
  state_->host = std::move(host);
  state_->warn = std::move(warn);
  state_->gone = std::move(gone);
}

MultiplexChannel::~MultiplexChannel() {
  state_->gone = nullptr;
  if (state_->pause != 0) state_->loop.cancel(state_->pause);
  state_->open.clear();
  state_->close_streams();
  state_->tree.reset();
}

MultiplexChannel::Request MultiplexChannel::send(
    const std::function<std::string(const Request&)>& text, Handlers handlers) {
  const std::uint64_t number = ++state_->last_number;
  const Request request = std::to_string(number);
  state_->open[number] = {text(request), std::move(handlers), false};
  state_->loop.post([weak = std::weak_ptr<State>(state_)] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->broken) return self->fail_all();
    self->start_guarded();
    self->send_more();
  });
  return request;
}

void MultiplexChannel::cancel(const Request& request) {
  state_->cancel(request);
}

void MultiplexChannel::shut_down() {
  State& state = *state_;
  state.ending = true;
  if (state.pause != 0) state.loop.cancel(std::exchange(state.pause, 0));
  state.open.clear();
  if (!state.tree) return;
  state.write(gate_control_text("shutdown", {}));
  state.input.reset();
  if (state.writing != 0) state.loop.cancel(std::exchange(state.writing, 0));
  // The end of its input is what it should end by; TERM follows at half the grace.
  state.loop.after(state.options.cancel_grace / 2, [weak = std::weak_ptr<State>(state_)] {
    const auto self = weak.lock();
    if (self && self->tree)
      self->host().stop_tree(*self->tree, SIGTERM, self->options.cancel_grace / 2);
  });
}

bool MultiplexChannel::is_running() const {
  return state_->tree.has_value();
}

namespace {

class MultiplexGate final : public Gate {
 public:
  MultiplexGate(GateSpecPtr spec, const GateSubject& subject, const GateContext& context)
      : spec_(std::move(spec)), subject_(subject), context_(context) {}
  ~MultiplexGate() override { cancel(); }

  void ask(Done done) override {
    MultiplexChannel::Handlers handlers;
    handlers.progress = [this](const std::string& message) {
      if (progress_) progress_(message);
    };
    handlers.answer = [this, done = std::move(done)](GateAnswer answer) {
      request_.reset();
      done(std::move(answer));
    };
    request_ = context_.channel(*spec_).send(
        [this](const std::string& number) {
          GateMessage message;
          message.op = subject_.op;
          message.req = number;
          message.lease = subject_.lease;
          if (spec_->max_wait)
            message.deadline = base::to_rfc3339(base::now_wall() + *spec_->max_wait);
          return gate_request_text(message, *spec_, *subject_.request, *subject_.options);
        },
        std::move(handlers));
  }

  void on_progress(const std::function<void(const std::string&)>& handler) override {
    progress_ = handler;
  }

  void cancel() override {
    if (request_) context_.channel(*spec_).cancel(*std::exchange(request_, std::nullopt));
  }

 private:
  GateSpecPtr spec_;
  GateSubject subject_;
  const GateContext& context_;
  std::function<void(const std::string&)> progress_;
  std::optional<MultiplexChannel::Request> request_;
};

}  // namespace

std::unique_ptr<Gate> make_multiplex_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                          const GateContext& context) {
  return std::make_unique<MultiplexGate>(spec, subject, context);
}

}  // namespace weir::engine
