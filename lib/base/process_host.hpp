#pragma once

#include "base/process.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace weir::base {

class EventLoop;

/// A small child process that starts programs on request and owns their process trees: the
/// guardian.
///
/// Programs are children of the host, not of the controller. The host is a child-subreaper, so
/// everything that a program leaves behind (double forks, sessions of their own) stays below it. It
/// holds the read end of a lifeline pipe: when the controller is gone, however it went, the host
/// stops every tree (TERM, grace, KILL until empty) and exits. When the host itself is killed, the
/// controller, also a subreaper, finds its orphans and kills them.
///
/// The host is forked once, so that starting the ten-thousandth program costs what starting the
/// first did, whatever the controller's memory has grown to. Fork it before the controller starts
/// threads.
///
/// All calls and handlers run on the event loop's thread. Limits: one request (arguments and
/// environment) may take `k_request_bytes_max`.
class ProcessHost {
 public:
  struct Options {
    /// Time between TERM and KILL when the controller is gone.
    std::chrono::milliseconds grace{2000};
    /// NAME=value put into the environment of every program, by which a later sweep recognises
    /// leftovers.
    std::string token;
  };
  using Id = std::uint64_t;

  /// A started program. The `started` handler runs when exec succeeded or failed (then with the
  /// reason); `exited` runs once when the leader ended; `emptied` once when no process of its tree
  /// is left.
  struct Handlers {
    std::function<void(pid_t leader, const std::string& error)> started;
    std::function<void(const ProcessExit&)> exited;
    std::function<void()> emptied;
  };

  /// Forks the host. Throws Error.
  ProcessHost(EventLoop& loop, Options options);
  ~ProcessHost();
  ProcessHost(const ProcessHost&) = delete;
  ProcessHost& operator=(const ProcessHost&) = delete;

  /// Asks for a start; returns at once. Descriptors in `options` may be closed by the caller
  /// afterwards.
  Id start(const SpawnOptions& options, Handlers handlers);

  /// Signals every process of the tree (a stop of a stopped tree is preceded by CONT). Unknown ids
  /// are ignored: the tree has just ended.
  void signal_tree(Id id, int signal);
  /// `signal`, then after `grace` KILL, repeated until the tree is empty.
  void stop_tree(Id id, int signal, std::chrono::milliseconds grace);
  /// Ends everything and the host: TERM, `grace`, KILL. Blocks until the host has gone. No handler
  /// runs.
  void shut_down(std::chrono::milliseconds grace);

  [[nodiscard]] pid_t pid() const;
  /// Called when the host vanished without being asked; leftovers have been killed then.
  void on_lost(std::function<void()> handler);

  static constexpr std::size_t k_request_bytes_max = std::size_t{8} << 20;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::base
