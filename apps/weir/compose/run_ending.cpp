#include "compose/run_ending.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <csignal>
#include <utility>

namespace weir::app {
namespace {

// How long what a run says may wait before its readers see it.
constexpr std::chrono::milliseconds k_flush_interval{25};

std::string_view name_of(int signal) {
  return signal == SIGINT ? "INT" : signal == SIGTERM ? "TERM" : "HUP";
}

}  // namespace

RunEnding::RunEnding(base::EventLoop& loop, Stop stop, RunOutput& output, const RunControl& control)
    : loop_(loop), stop_(std::move(stop)), output_(output), control_(control) {}

RunEnding::~RunEnding() {
  output_.when_waiting({});
  for (const base::EventLoop::Id id : {time_limit_, kill_, flush_}) loop_.cancel(id);
}

runs::Journal& RunEnding::begin(RunRecord& record) {
  record_ = &record;
  signals_.emplace(
      loop_, control_.hup_detaches,
      RunSignals::Actions{.end = [this](int signal, bool again) { on_signal(signal, again); },
                          .hang_up =
                              [this] {
                                output_.err().line(fmt::format(
                                    "run {} goes on without a terminal; `weir jobs attach {}` "
                                    "follows it",
                                    record_->id(), record_->id()));
                                output_.flush();
                                output_.forget_terminal();
                              },
                          .tell =
                              [this] {
                                output_.err().line(fmt::format("run {}: {}", record_->id(),
                                                               ending_ ? "ending" : "running"));
                                output_.flush();
                              }});
  runs::Journal::Hooks hooks;
  hooks.cancelled = [this](const jobs::Job& job) {
    loop_.post([this, grace = job.cancel_grace] { on_cancelled(grace); });
  };
  hooks.failed = [this](const Error& error) {
    loop_.post([this, error] {
      // A controller that cannot record must not go on (run-control 6.2).
      store_failure_ = error;
      end(control_.grace);
    });
  };
  journal_ = &record.confirm(std::move(hooks),
                             control_.is_detached_child() || control_.engine != "native");
  if (control_.timeout.has_value()) {
    time_limit_ = loop_.after(*control_.timeout, [this] {
      journal_->cancel(std::string(jobs::k_actor_time_limit),
                       "time limit of " + base::format_duration(*control_.timeout), control_.grace);
    });
  }
  output_.when_waiting([this] { flush_soon(); });
  flush_soon();  // what was said before
  return *journal_;
}

/// From any thread. A run that says nothing for hours is not woken forty times a second.
void RunEnding::flush_soon() {
  if (flush_due_.exchange(true)) return;
  loop_.post([this] {
    flush_ = loop_.after(k_flush_interval, [this] {
      flush_due_ = false;
      output_.flush();
    });
  });
}

void RunEnding::on_signal(int signal, bool again) {
  // The wish is written down while the end begins: were it killed now, its record would tell why.
  if (!again) {
    journal_->cancel(control_.triggered_by, fmt::format("signal {}", name_of(signal)),
                     control_.grace);
  }
  end(again ? std::chrono::milliseconds(0) : control_.grace);
}

void RunEnding::on_cancelled(std::optional<std::chrono::milliseconds> grace) {
  end(grace.value_or(control_.grace));
}

void RunEnding::end(std::chrono::milliseconds grace) {
  if (killed_) return;
  if (!ending_) {
    ending_ = true;
    stop_(false);
  }
  loop_.cancel(kill_);
  const auto kill = [this] {
    killed_ = true;
    journal_->event("status", R"({"state":"cancelling","previous":"cancelling","kill_sent":true})");
    stop_(true);
  };
  if (grace.count() <= 0) return kill();
  kill_ = loop_.after(grace, kill);
}

}  // namespace weir::app
