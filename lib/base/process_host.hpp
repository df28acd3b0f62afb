#pragma once

#include "base/clock.hpp"
#include "base/process.hpp"
#include "base/process_counters.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace weir::base {

class EventLoop;

struct HostedExit : ProcessExit {
  ProcessCounters counters;
};

/// A small child process that starts programs on request and owns their process trees: the
/// guardian.
///
/// Programs are children of the host, not of the controller. The host is a child-subreaper, so
/// everything that a program leaves behind (double forks, sessions of their own) stays below it.
/// Its request socket is its lifeline: the socket closes when the controller is gone, however it
/// went, and the host then stops every tree (TERM, grace, KILL until empty) and exits. When the
/// host itself is killed, its programs die with it by their parent-death signal, and the
/// controller, also a subreaper, finds what they leave behind and kills it.
///
/// The host is forked once, so that starting the ten-thousandth program costs what starting the
/// first did, whatever the controller's memory has grown to. The first one of a thread is best made
/// early, before there are other threads. Those made while one of the same thread lives are forked
/// by that one, small and with one thread as it is; they are children of the controller all the
/// same.
///
/// All calls and handlers run on the event loop's thread; handlers run from the loop, never from
/// inside a call, and may destroy the object. The loop does not run out of work while a host lives.
///
/// Not reached: a program that another supervisor starts on request (containers of a daemon, units,
/// remote shells); after the host was killed, also one that left its session and group and cleared
/// its environment.
class ProcessHost {
 public:
  struct Options {
    /// Time between TERM and KILL when the controller is gone.
    std::chrono::milliseconds grace{2000};
    /// NAME=value put into the environment of every program, by which a later sweep recognises
    /// leftovers; may be empty. Programs find WEIR_TREE in their environment besides.
    std::string token;
  };
  using Id = std::uint64_t;

  /// What is told about a program, in this order, some of it up to 2 ms late: the ends of a line
  /// whose next programs have started. Not called any more after `on_lost` or
  /// `shut_down`.
  struct Handlers {
    /// Once: it executes (`leader` > 0), or it does not and this is the last call (`error` says
    /// why). With a line, `leader` is only a process that is about to: when it cannot, there is a
    /// second and last call, with the error.
    std::function<void(pid_t leader, const std::string& error)> started;
    /// Once: the leader ended. Its descriptors may still be open in the rest of its tree.
    std::function<void(const HostedExit&)> exited;
    /// Once: no process of its tree is left and all are reaped. Nothing but `stop_tree` ends what a
    /// leader leaves behind while the host lives.
    std::function<void()> emptied;
  };

  /// When a program starts. Programs of one line take turns: each end of one (of its leader) starts
  /// the next that waits, at once and without asking the controller. `started` of the new program
  /// is told before `exited` of the one that made room for it.
  struct Turn {
    std::uint64_t line = 0;  ///< 0: none
    bool waits = false;      ///< false: it starts now
  };

  /// Makes the host; blocks until it is there. Throws Error.
  ProcessHost(EventLoop& loop, Options options);
  /// Kills everything that still runs and waits for the host's end.
  ~ProcessHost();
  ProcessHost(const ProcessHost&) = delete;
  ProcessHost& operator=(const ProcessHost&) = delete;

  /// Asks for a start; returns at once. Descriptors in `options` may be closed by the caller
  /// afterwards. The program leads a session and group of its own whatever `options.group` says.
  /// Throws Error when the request is larger than `k_request_bytes_max`.
  Id start(const SpawnOptions& options, Handlers handlers, Turn turn);
  Id start(const SpawnOptions& options, Handlers handlers) {
    return start(options, std::move(handlers), Turn{});
  }
  /// A program that waits for its turn starts now. One that has started is left alone.
  void start_now(Id id);
  /// A program that waits for its turn does not start; its `started` tells an error. One that has
  /// started is left alone.
  void withdraw(Id id);

  /// Signals every process of the tree. Unknown ids are ignored: the tree has just ended. A signal
  /// follows its start request, it cannot overtake it.
  void signal_tree(Id id, int signal);
  /// `signal`, then after `grace` KILL, repeated until the tree is empty. Asked again, it can only
  /// come sooner.
  void stop_tree(Id id, int signal, std::chrono::milliseconds grace);
  /// Ends everything and the host: TERM, `grace`, KILL; what waits does not start. Nothing is told
  /// any more. Returns at once; `shut_down` or the destructor waits for the end.
  void begin_shut_down(std::chrono::milliseconds grace);
  /// The same, and blocks until the host has gone.
  void shut_down(std::chrono::milliseconds grace);

  [[nodiscard]] pid_t pid() const;
  /// When what a handler is told happened. Only within a handler.
  [[nodiscard]] BootTime moment() const;
  /// Called when the host vanished without being asked; leftovers have been killed then.
  void on_lost(std::function<void()> handler);

  /// Limit of one request: arguments, environment and folder together.
  static constexpr std::size_t k_request_bytes_max = std::size_t{8} << 20;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::base
