#pragma once

#include "engine/gate_keeper.hpp"
#include "engine/gate_machine.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The protocol weir-gate/1 between weir and a gate program, as text: weir-gate-protocol(7). Pure.
inline constexpr const char* k_gate_protocol = "weir-gate/1";
/// A longer line fails the request.
inline constexpr std::size_t k_gate_line_bytes_max = std::size_t{1} << 20;

enum class GateOp { prepare, admit, release };
[[nodiscard]] std::string_view name_of(GateOp op);

/// What a request is made of. `req` numbers it in multiplex mode; empty: task mode.
struct GateMessage {
  GateOp op = GateOp::prepare;
  std::string req;
  std::string lease;     ///< of a release
  std::string deadline;  ///< RFC 3339; empty: none
};

/// One JSON object and a newline.
[[nodiscard]] std::string gate_request_text(const GateMessage& message, const GateSpec& spec,
                                            const GateRequest& request,
                                            const GateKeeper::Options& options);
/// hello, cancel and shutdown of multiplex mode.
[[nodiscard]] std::string gate_hello_text(const GateKeeper::Options& options);
[[nodiscard]] std::string gate_control_text(std::string_view op, const std::string& req);

/// The table of exit statuses.
[[nodiscard]] GateAnswer::Kind gate_kind_of_exit(int status);
/// Of two that contradict each other the worse one.
[[nodiscard]] GateAnswer::Kind worse_of(GateAnswer::Kind a, GateAnswer::Kind b);

/// One line that a gate wrote.
struct GateEvent {
  enum class Kind { progress, log, ready, not_ready, failed, hello, heartbeat, cancelled };
  Kind kind = Kind::log;
  std::string req;
  std::string message;
  GateAnswer answer;                                   ///< ready, not_ready, failed
  int in_flight_max = 0;                               ///< hello; 0: not said
  std::optional<std::chrono::milliseconds> heartbeat;  ///< hello: a line at least so often
  [[nodiscard]] bool is_final() const {
    return kind == Kind::ready || kind == Kind::not_ready || kind == Kind::failed;
  }
};
/// Nothing for a line that is no event of the protocol.
[[nodiscard]] std::optional<GateEvent> parse_gate_event(std::string_view line);

/// What `--describe` prints.
struct GateDescription {
  std::string name;
  std::string version;
  bool task_mode = true;
  bool multiplex_mode = false;
  bool in_prepare = true;
  bool in_admit = false;
  bool leases = false;
  int max_concurrency = 0;  ///< 0: not said
  bool by_inputs = false;
  struct Hint {
    std::string name;
    std::string type;  ///< string, number, boolean, duration; empty: any
    std::string default_value;
  };
  std::vector<Hint> hints;
};
/// Throws Error (usage) saying what is wrong with the text.
[[nodiscard]] GateDescription parse_gate_description(std::string_view text);
/// The configured gate with what the description adds: mode, phases, limits. Throws Error (usage)
/// where they contradict each other.
[[nodiscard]] GateSpec described_gate(GateSpec gate, const GateDescription& description);
/// Warnings for unknown hints, with a near name. Throws Error (usage) for a value of a wrong type.
[[nodiscard]] std::vector<std::string> check_gate_hints(const GateSpec& gate,
                                                        const GateDescription& description);

/// Adds what a gate told with its answer to a JSON object of all that told something; `all` is
/// empty before the first.
void add_gate_data(std::string& all, const std::string& gate, const std::string& data);

}  // namespace weir::engine
