#pragma once

#include "engine/gate.hpp"

#include <functional>
#include <memory>
#include <string>

namespace weir::engine {

/// The process of one gate in multiplex mode: all requests of the run go through it, as JSON lines
/// both ways.
///
/// It is started with the first request and started again when it dies with requests open, at most
/// `k_restarts_max` times; the requests are then sent again. Past that they all fail.
class MultiplexChannel {
 public:
  struct Handlers {
    std::function<void(const std::string& message)> progress;
    std::function<void(GateAnswer)> answer;  ///< once
  };
  using Request = std::string;  ///< number of a request, as in "req"

  /// `host` starts the process; `gone` runs when it has ended for good.
  MultiplexChannel(base::EventLoop& loop, GateSpec spec, const GateKeeper::Options& options,
                   std::function<base::ProcessHost&()> host,
                   std::function<void(const std::string& text)> warn, std::function<void()> gone);
  ~MultiplexChannel();
  MultiplexChannel(const MultiplexChannel&) = delete;
  MultiplexChannel& operator=(const MultiplexChannel&) = delete;

  /// `text` makes the request's line from its number. Answers later, never inside the call.
  Request send(const std::function<std::string(const Request&)>& text, Handlers handlers);
  /// No answer is wanted any more. A gate that does not acknowledge three of them is restarted.
  void cancel(const Request& request);
  /// The run ends: told to shut down, then TERM and KILL after the grace.
  void shut_down();
  [[nodiscard]] bool is_running() const;

  static constexpr int k_restarts_max = 3;
  static constexpr int k_ignored_cancels_max = 3;
  /// Bytes that wait for a process that does not read.
  static constexpr std::size_t k_waiting_bytes_max = std::size_t{64} << 20;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace weir::engine
