#include "engine/gate_conformance.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate.hpp"
#include "engine/gate_describe.hpp"
#include "engine/gate_protocol.hpp"
#include "engine/log_capture.hpp"

#include <unistd.h>

#include <csignal>
#include <optional>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Verdict = ConformanceResult::Verdict;

constexpr milliseconds k_cancel_after{100};
/// Children of a gate that end with it may take a moment longer.
constexpr milliseconds k_children_end{1000};
constexpr std::size_t k_large_inputs = 10000;
constexpr int k_in_flight = 100;

/// What one run of the program did.
struct Seen {
  std::optional<base::ProcessExit> exit;
  std::vector<std::string> lines;
  bool late = false;
  bool left_processes = false;
  milliseconds took{0};
  [[nodiscard]] std::string how() const {
    if (late) return "did not end in time";
    if (!exit) return "did not start";
    return exit->signal != 0 ? "was ended by signal " + std::to_string(exit->signal)
                             : "ended with status " + std::to_string(exit->status);
  }
};

class Kit {
 public:
  explicit Kit(const ConformanceOptions& options) : options_(options) {}

  std::vector<ConformanceResult> run() {
    describe();
    if (options_.gate.multiplex) {
      check_multiplex();
    } else {
      check_answers();
      check_odd_requests();
      check_cancel();
    }
    return std::move(results_);
  }

 private:
  void add(const std::string& rule, Verdict verdict, std::string text = {}) {
    results_.push_back({rule, verdict, std::move(text)});
  }
  void expect(const std::string& rule, bool holds, std::string otherwise) {
    add(rule, holds ? Verdict::pass : Verdict::fail, holds ? std::string() : std::move(otherwise));
  }

  void describe() {
    const std::string rule = "--describe prints one JSON object within 5 s";
    try {
      const std::string text =
          gate_description_text(options_.gate.command, options_.keeper.environment, k_describe_max);
      if (base::trim(text).empty() || base::trim(text).front() != '{')
        return add(rule, Verdict::skip, "it does not describe itself: the defaults hold");
      static_cast<void>(parse_gate_description(text));
      add(rule, Verdict::pass);
    } catch (const Error& error) {  // a verdict of the kit
      if (error.kind() == ErrorKind::cannot_begin && !base::contains(error.what(), "describe"))
        throw;
      add(rule, Verdict::fail, error.what());
    }
  }

  [[nodiscard]] std::string request_text(const GateRequest& request) const {
    return gate_request_text({}, options_.gate, request, options_.keeper);
  }

  /// `signal_after`: TERM to the tree at that time.
  Seen run_once(const std::string& input, std::optional<milliseconds> signal_after = {}) {
    base::EventLoop loop;
    base::ProcessHost host(loop, {milliseconds(0), ""});
    Seen seen;
    const std::string folder = gate_folder(options_.gate, options_.keeper);
    base::make_folders(folder);
    const base::Fd file = base::open_scratch(folder);
    base::write_all(file.get(), input, "the request");
    if (::lseek(file.get(), 0, SEEK_SET) != 0) throw system_error("rewind", "the request", errno);
    LogCapture::Options capture;
    capture.line_bytes_max = k_gate_line_bytes_max;
    capture.on_line = [&](std::string_view line) { seen.lines.emplace_back(line); };
    LogCapture output(loop, std::move(capture));
    LogCapture errors(loop, LogCapture::Options{});
    base::SpawnOptions program;
    program.argv = options_.gate.command;
    program.environment = options_.keeper.environment;
    program.environment->push_back(std::string("WEIR_GATE_PROTOCOL=") + k_gate_protocol);
    program.environment->push_back("WEIR_GATE_STATE_DIR=" + folder);
    program.directory = folder;
    program.stdin_fd = file.get();
    program.stdout_fd = output.write_fd();
    program.stderr_fd = errors.write_fd();
    base::ProcessHost::Id id = 0;
    std::string error;
    bool emptied = false;
    const base::BootTime begin = base::now_boot();
    base::ProcessHost::Handlers handlers;
    handlers.started = [&](pid_t, const std::string& why) {
      error = why;
      if (!why.empty()) loop.stop();
    };
    handlers.exited = [&](const base::ProcessExit& exit) {
      seen.exit = exit;
      seen.took = std::chrono::duration_cast<milliseconds>(base::now_boot() - begin);
      loop.after(k_children_end, [&] {
        if (emptied) return;
        seen.left_processes = true;
        host.stop_tree(id, SIGKILL, {});
      });
    };
    handlers.emptied = [&] {
      emptied = true;
      loop.stop();
    };
    id = host.start(program, std::move(handlers));
    output.started();
    errors.started();
    if (signal_after) loop.after(*signal_after, [&] { host.signal_tree(id, SIGTERM); });
    loop.after(signal_after ? options_.keeper.cancel_grace + *signal_after : options_.limit, [&] {
      seen.late = true;
      host.stop_tree(id, SIGKILL, {});
    });
    loop.run();
    output.finish();
    if (!error.empty()) throw Error(ErrorKind::cannot_begin, error);
    return seen;
  }

  void check_answers() {
    const Seen first = run_once(request_text(options_.request));
    expect("a request is answered in time", !first.late, first.how());
    const bool ended = first.exit && first.exit->signal == 0 && !first.late;
    expect("the answer is an exit status, not a signal", ended, first.how());
    if (!ended) return;
    add("the status means", Verdict::note,
        std::to_string(first.exit->status) + ": " + meaning(first.exit->status));
    check_events(first);
    expect("nothing is left running", !first.left_processes,
           "processes outlived the gate and were killed");
    const Seen second = run_once(request_text(options_.request));
    expect("the same request gets the same answer",
           second.exit && second.exit->status == first.exit->status,
           "first it " + first.how() + ", then it " + second.how());
    status_ = first.exit->status;
  }

  static std::string meaning(int status) {
    switch (gate_kind_of_exit(status)) {
      case GateAnswer::Kind::ready: return "ready";
      case GateAnswer::Kind::not_applicable: return "does not apply to the task";
      case GateAnswer::Kind::not_ready: return "not ready yet";
      case GateAnswer::Kind::transient: return "a passing failure";
      case GateAnswer::Kind::unrecoverable: return "configuration is wrong";
      default: return "failed for good";
    }
  }

  void check_events(const Seen& seen) {
    std::size_t unknown = 0;
    std::optional<GateEvent> last;
    bool too_long = false;
    for (const std::string& line : seen.lines) {
      too_long = too_long || line.size() >= k_gate_line_bytes_max;
      const auto event = parse_gate_event(line);
      unknown += event ? 0 : 1;
      if (event && event->is_final()) last = event;
    }
    expect("no line is longer than 1 MiB", !too_long, "one is");
    if (unknown > 0)
      add("lines of output are events", Verdict::note,
          std::to_string(unknown) + " lines are none: they go to the debug log");
    if (!last) return;
    const auto by_status = gate_kind_of_exit(seen.exit->status);
    expect(
        "the last event agrees with the exit status",
        last->answer.kind == by_status || (by_status >= GateAnswer::Kind::transient &&
                                           last->answer.kind >= GateAnswer::Kind::transient),
        "status " + std::to_string(seen.exit->status) + " against another event; the worse counts");
  }

  void check_odd_requests() {
    std::string more = request_text(options_.request);
    more.insert(1, "\"a_later_field\":{\"deep\":[1,2]},");
    expect_status("unknown fields are passed over", run_once(more));
    GateRequest large = options_.request;
    for (std::size_t i = 0; i < k_large_inputs; ++i)
      large.inputs.push_back("/data/does-not-exist/input-" + std::to_string(i));
    const Seen seen = run_once(request_text(large));
    expect("a request with 10,000 inputs is answered",
           seen.exit && seen.exit->signal == 0 && !seen.late, seen.how());
    tell_if_ready(
        "an unknown protocol version is refused (64)",
        base::replace_all(request_text(options_.request), k_gate_protocol, "weir-gate/999"));
    tell_if_ready("broken JSON is not taken for a request", "{\"protocol\": \"weir-ga");
    tell_if_ready("an empty input ends it", "");
  }

  void expect_status(const std::string& rule, const Seen& seen) {
    expect(rule, seen.exit && seen.exit->status == status_, "it " + seen.how());
  }

  /// A gate may look at nothing but its own file; then it says ready to anything.
  void tell_if_ready(const std::string& rule, const std::string& input) {
    const Seen seen = run_once(input);
    const bool ended = seen.exit && seen.exit->signal == 0 && !seen.late;
    if (!ended) return add(rule, Verdict::fail, "it " + seen.how());
    const bool ready = seen.exit->status == 0;
    add(rule, ready ? Verdict::note : Verdict::pass,
        ready ? "it says ready: it does not read its input" : "");
  }

  void check_cancel() {
    const std::string rule = "it ends within the grace after TERM";
    const Seen seen = run_once(request_text(options_.request), k_cancel_after);
    if (seen.exit && !seen.late && seen.took < k_cancel_after)
      return add(rule, Verdict::skip, "it answers before it can be cancelled");
    expect(rule, !seen.late, "it had to be killed");
    expect("nothing is left running after TERM", !seen.left_processes,
           "processes outlived the gate and were killed");
  }

  void check_multiplex() {
    base::EventLoop loop;
    base::ThreadPool pool(1);
    GateKeeper keeper(loop, pool, options_.keeper);
    std::vector<std::string> warnings;
    keeper.on_warning([&](const std::string& text) { warnings.push_back(text); });
    const auto gate = std::make_shared<const GateSpec>(options_.gate);
    int answered = 0;
    int failed = 0;
    std::string why;
    bool late = false;
    for (int i = 0; i < k_in_flight; ++i) {
      GateRequest request = options_.request;
      request.task = static_cast<TaskId>(i) + 1;
      request.gates = {gate};
      keeper.prepare(std::move(request), [&](const GateOutcome& outcome) {
        if (outcome.kind != GateOutcome::Kind::ready) {
          ++failed;
          why = outcome.code + " " + outcome.message;
        }
        if (++answered == k_in_flight) loop.stop();
      });
    }
    const auto limit = loop.after(options_.limit, [&] {
      late = true;
      loop.stop();
    });
    loop.run();
    loop.cancel(limit);
    if (failed > 0) add("some requests failed", Verdict::note, why);
    if (late && answered == 0 && warnings.empty()) {
      add("100 requests at once are answered", Verdict::skip,
          "none became ready within the limit: it may be waiting rightly");
    } else {
      expect("100 requests at once are answered", answered == k_in_flight,
             std::to_string(answered) + " were, within the limit");
    }
    GateRequest request = options_.request;
    request.gates = {gate};
    const GateTicket ticket = keeper.prepare(std::move(request), [](const GateOutcome&) {});
    loop.after(k_cancel_after, [&] {
      keeper.cancel_all();
      keeper.cancel(ticket);
      keeper.when_idle([&] { loop.stop(); });
    });
    const base::BootTime begin = base::now_boot();
    loop.run();
    const auto took = std::chrono::duration_cast<milliseconds>(base::now_boot() - begin);
    expect("it ends by itself after shutdown and the end of its input",
           took < k_cancel_after + options_.keeper.cancel_grace / 2,
           "it had to be told by TERM, after " + base::format_duration(took));
    expect("it did not die and kept to the protocol", warnings.empty(),
           warnings.empty() ? "" : warnings.front());
  }

  const ConformanceOptions& options_;
  std::vector<ConformanceResult> results_;
  int status_ = 0;
};

}  // namespace

std::vector<ConformanceResult> check_conformance(const ConformanceOptions& options) {
  return Kit(options).run();
}

}  // namespace weir::engine
