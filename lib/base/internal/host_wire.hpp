#pragma once

#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/process_counters.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What controller and host say to each other: datagrams of a sequenced socket between two copies
/// of one program on one machine, so structs travel as they are. Nothing of it is stored.
namespace weir::base::internal {

enum class Ask : std::uint32_t {
  start,
  start_now,
  withdraw,
  signal_tree,
  stop_tree,
  shut_down,
  fork_host,  ///< with the two sockets of the new one, by the first of which it tells its birth
};

struct Request {
  Ask kind = Ask::start;
  std::int32_t signal = 0;
  std::uint64_t id = 0;
  std::int64_t grace_ms = 0;     ///< stop_tree, shut_down; fork_host: the new one's
  std::uint64_t plan_bytes = 0;  ///< start: size of the encoded plan
  std::uint64_t line = 0;        ///< start: whose members take turns; 0: none
  /// 1: the plan is in the last descriptor, not behind this struct
  std::uint32_t plan_in_memfd = 0;
  std::uint32_t waits = 0;     ///< start: 1: it starts when another one of its line has ended
  std::uint64_t count_io = 0;  ///< start: 1: its end tells what it read and wrote
};

enum class Tell : std::uint32_t { started, start_failed, exited, emptied };

struct Report {
  Tell kind = Tell::started;
  std::int32_t pid = 0;
  std::uint64_t id = 0;
  std::int64_t moment_ns = 0;  ///< since boot
  std::int32_t error = 0;      ///< start_failed: errno
  std::int32_t stage = 0;      ///< start_failed: StartStage
  std::int32_t status = 0;
  std::int32_t signal = 0;
  std::int64_t user_us = 0;
  std::int64_t system_us = 0;
  std::int64_t max_rss_bytes = 0;
  ProcessCounters counters;
  std::int64_t tree_empty = 0;  ///< exited: 1 when nothing of the tree is left
};

/// The step of a start that failed; `withdrawn`: it did not fail, it was not wanted any more.
enum class StartStage : std::int32_t { fork, folder, streams, group, execute, withdrawn };

/// In place of a number in `Plan::targets`: the program joins the control group whose
/// `cgroup.procs` the descriptor is.
inline constexpr int k_join_group = -1;

/// A program to start, as the host needs it: pointers into texts that somebody else keeps.
/// Descriptors travel beside it, in the order of `targets`.
struct Plan {
  std::vector<const char*> argv;
  bool inherit_environment = true;
  std::vector<const char*> environment;
  const char* directory = "";  ///< empty: the host's own
  std::vector<int> targets;    ///< the program's number for each descriptor sent, or k_join_group
};

[[nodiscard]] std::string encode(const Plan& plan);
/// Points into `bytes`, which must stay where they are and end in NUL, as `encode` leaves them.
[[nodiscard]] Plan decode_plan(std::string_view bytes);

/// Largest plan that travels inside the datagram; a larger one goes through a memory file.
inline constexpr std::size_t k_inline_bytes_max = std::size_t{48} << 10;
/// Descriptors of one message; the kernel takes 253.
inline constexpr std::size_t k_descriptors_max = 64;

struct Received {
  enum class Kind { nothing, message, closed } kind = Kind::nothing;
  std::string bytes;
  std::vector<Fd> descriptors;
};
/// Without waiting. Throws Error.
[[nodiscard]] Received receive(int socket);

/// Sends at once or not at all: false when the socket has no room, or the other side is gone.
[[nodiscard]] bool send_if_room(int socket, std::string_view bytes,
                                const std::vector<int>& descriptors);

/// Sends datagrams in order without waiting; keeps what the socket does not take yet.
class Outbox {
 public:
  explicit Outbox(int socket) : socket_(socket) {}
  /// `descriptors` are borrowed: duplicated when the message must wait. False: the other side is
  /// gone.
  bool send(std::string bytes, const std::vector<int>& descriptors = {});
  /// Goes on after the socket became writable. False: the other side is gone.
  bool flush();
  [[nodiscard]] bool waiting() const { return !queue_.empty(); }

 private:
  struct Waiting {
    std::string bytes;
    std::vector<Fd> descriptors;
  };
  int socket_;
  std::deque<Waiting> queue_;
};

template <typename Message>
std::string bytes_of(const Message& message) {
  return {reinterpret_cast<const char*>(&message), sizeof message};
}

}  // namespace weir::base::internal
