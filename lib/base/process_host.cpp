#include "base/process_host.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/internal/host_main.hpp"
#include "base/internal/host_wire.hpp"
#include "base/internal/process_table.hpp"
#include "base/random.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::base {

using internal::Ask;
using internal::ProcessRow;
using internal::Report;
using internal::Request;
using internal::StartStage;
using internal::Tell;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t k_name_digits = 16;
/// How long a host that was told to end may take beyond its own limit before it is killed.
constexpr milliseconds k_host_end_max{35000};
constexpr milliseconds k_sweep_pause{5};
constexpr int k_sweep_passes_max = 1000;
/// So long another host may take to be asked for one and to fork it; then the controller does so.
constexpr milliseconds k_birth_max{2000};
/// So long a process may take to execute a program.
constexpr int k_unsettled_passes_max = 200;

struct Program {
  ProcessHost::Handlers handlers;
  std::string name;
  std::string directory;
  pid_t leader = 0;
};

HostedExit exit_of(const Report& report) {
  HostedExit exit;
  exit.status = report.status;
  exit.signal = report.signal;
  exit.user_time = std::chrono::microseconds(report.user_us);
  exit.system_time = std::chrono::microseconds(report.system_us);
  exit.max_rss_bytes = report.max_rss_bytes;
  exit.counters = report.counters;
  return exit;
}

std::string start_failure(const Report& report, const Program& program) {
  const std::string stage_names[] = {"start", "enter", "set up the streams of",
                                     "put into its control group", "execute"};
  if (static_cast<StartStage>(report.stage) == StartStage::withdrawn) return "it was withdrawn";
  const auto stage = static_cast<std::size_t>(report.stage);
  const bool folder = static_cast<StartStage>(report.stage) == StartStage::folder;
  return system_error(stage_names[stage], folder ? program.directory : program.name, report.error)
      .message();
}

/// Points into `options`.
internal::Plan plan_of(const SpawnOptions& options) {
  internal::Plan plan;
  for (const std::string& argument : options.argv) plan.argv.push_back(argument.c_str());
  plan.inherit_environment = !options.environment.has_value();
  const std::vector<std::string>& entries =
      options.environment ? *options.environment : options.environment_changes;
  plan.environment.reserve(entries.size());
  for (const std::string& entry : entries) plan.environment.push_back(entry.c_str());
  plan.directory = options.directory.c_str();
  return plan;
}

Fd memory_file(const std::string& bytes) {
  Fd file(::memfd_create("weir-request", MFD_CLOEXEC));
  if (!file) throw system_error("create", "a memory file", errno);
  write_all(file.get(), bytes, "a memory file");
  return file;
}

std::pair<Fd, Fd> socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw system_error("open", "a socket pair", errno);
  return {Fd(ends[0]), Fd(ends[1])};
}

pid_t reap(pid_t pid, int flags) {
  pid_t got = 0;
  do {
    got = ::waitpid(pid, nullptr, flags);
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

struct ProcessHost::State : std::enable_shared_from_this<State> {
  State(EventLoop& event_loop, Options given)
      : loop(event_loop), options(std::move(given)), name(random_hex(k_name_digits)) {}

  EventLoop& loop;
  Options options;
  std::string name;
  pid_t host = 0;
  Fd socket;
  Fd standby;  ///< for starts that wait; see HostSockets
  std::unique_ptr<internal::Outbox> outbox;
  EventLoop::Id reading = 0;
  EventLoop::Id writing = 0;
  EventLoop::Id sweeping = 0;
  Id next_id = 1;
  std::unordered_map<Id, Program> programs;
  std::function<void()> lost_handler;
  std::set<pid_t> condemned;  // leftovers killed after the host was lost; ours to reap
  int sweep_passes = 0;
  BootTime moment{};  ///< of what is being told
  bool ending = false;
  bool silent = false;  ///< did not fork a host when it was asked

  // The beginning

  /// Those that have this thread as their parent: a host dies with the thread it is a child of.
  static std::vector<std::weak_ptr<State>>& living() {
    thread_local std::vector<std::weak_ptr<State>> states;
    return states;
  }

  void make_host() {
    // What the host leaves behind when it is killed comes to us, not to the machine's init.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const internal::HostSettings settings{options.grace, options.token, name, ::getpid()};
    std::erase_if(living(), [](const std::weak_ptr<State>& state) { return state.expired(); });
    for (const std::weak_ptr<State>& state : living()) {
      const auto other = state.lock();
      if (host == 0 && other && other->socket && !other->ending && !other->silent)
        forked_by(*other, settings);
    }
    if (host == 0) fork_host(settings);
    outbox = std::make_unique<internal::Outbox>(socket.get());
    living().push_back(weak_from_this());
  }

  internal::HostSockets open_sockets() {
    internal::HostSockets theirs;
    std::tie(socket, theirs.control) = socket_pair();
    std::tie(standby, theirs.standby) = socket_pair();
    return theirs;
  }

  void fork_host(const internal::HostSettings& settings) {
    internal::HostSockets theirs = open_sockets();
    host = ::fork();
    if (host < 0) throw system_error("start", "the process host", errno);
    if (host == 0) internal::host_main(std::move(theirs), settings);
  }

  /// `host` stays 0 when that one has gone or does not answer in time; then it is not asked again.
  /// It forks nothing for who does not wait any more.
  void forked_by(State& other, const internal::HostSettings& settings) {
    const auto end = Clock::now() + k_birth_max;
    internal::HostSockets theirs = open_sockets();
    Request request;
    request.kind = Ask::fork_host;
    request.grace_ms = settings.grace.count();
    if (!other.send_all(internal::bytes_of(request) + internal::encode_names(settings),
                        {theirs.control.get(), theirs.standby.get()}, end)) {
      other.silent = true;
      return;
    }
    theirs = {};  // so that the socket closes when nobody has the other end any more
    if (!is_ready(POLLIN, end)) {
      other.silent = true;
      return;
    }
    const internal::Received received = internal::receive(socket.get());
    Report birth;
    if (received.bytes.size() != sizeof birth) return;
    received.bytes.copy(reinterpret_cast<char*>(&birth), sizeof birth);
    if (birth.kind == Tell::started) host = birth.pid;
  }

  /// Waits for that of the socket; false when `end` is past. No end: waits for ever.
  [[nodiscard]] bool is_ready(short events, std::optional<Clock::time_point> end) const {
    pollfd poll_socket{socket.get(), events, 0};
    int ready = 0;
    do {
      int limit = -1;
      if (end) {
        const auto left = std::chrono::ceil<milliseconds>(*end - Clock::now());
        limit = std::max(0, static_cast<int>(left.count()));
      }
      ready = ::poll(&poll_socket, 1, limit);
    } while (ready < 0 && errno == EINTR);
    return ready == 1;
  }

  void listen() {
    reading = loop.on_readable(socket.get(), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->take_reports();
    });
  }

  void forget_watches() {
    for (EventLoop::Id* id : {&reading, &writing, &sweeping}) {
      if (*id != 0) loop.cancel(std::exchange(*id, 0));
    }
  }

  void send(std::string bytes, const std::vector<int>& descriptors = {}) {
    if (!socket) return;
    // A lost host is told of by its closed socket.
    if (outbox->send(std::move(bytes), descriptors)) send_rest_later();
  }

  void send_rest_later() {
    if (!outbox->waiting() || writing != 0) return;
    writing = loop.on_writable(socket.get(), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      if (!self->outbox->flush() || !self->outbox->waiting())
        self->loop.cancel(std::exchange(self->writing, 0));
    });
  }

  /// Blocks until it is sent. False: the other side is gone, or takes nothing until `end`; what is
  /// not sent then is sent later.
  bool send_all(std::string bytes, const std::vector<int>& descriptors = {},
                std::optional<Clock::time_point> end = {}) {
    // A host that somebody stopped would never take it; one that runs is not disturbed.
    ::kill(host, SIGCONT);
    bool open = outbox->send(std::move(bytes), descriptors);
    while (open && outbox->waiting()) {
      if (!is_ready(POLLOUT, end)) {
        send_rest_later();
        return false;
      }
      open = outbox->flush();
    }
    return open;
  }

  /// What only waits need not wake the host. A full socket is no reason to wait: then it is woken.
  void send_standby(const std::string& bytes, const std::vector<int>& descriptors) {
    if (!socket || internal::send_if_room(standby.get(), bytes, descriptors)) return;
    send(bytes, descriptors);
  }

  void ask(Ask kind, Id id) {
    Request request;
    request.kind = kind;
    request.id = id;
    send(internal::bytes_of(request));
  }

  void take_reports() {
    // A handler may destroy the ProcessHost or shut it down: `socket` is empty then.
    const auto keep = shared_from_this();
    while (socket) {
      const internal::Received received = internal::receive(socket.get());
      if (received.kind == internal::Received::Kind::nothing) return;
      if (received.kind == internal::Received::Kind::closed) return host_lost();
      WEIR_ASSERT(received.bytes.size() % sizeof(Report) == 0);
      for (std::size_t at = 0; at < received.bytes.size() && socket; at += sizeof(Report)) {
        Report report;
        received.bytes.copy(reinterpret_cast<char*>(&report), sizeof report, at);
        handle(report);
      }
    }
  }

  void handle(const Report& report) {
    const auto found = programs.find(report.id);
    if (found == programs.end()) return;
    Program& program = found->second;
    moment = BootTime(report.moment_ns);
    const bool last = report.kind == Tell::start_failed || report.kind == Tell::emptied ||
                      (report.kind == Tell::exited && report.tree_empty != 0);
    const Handlers handlers = last ? std::move(program.handlers) : program.handlers;
    const std::string error =
        report.kind == Tell::start_failed ? start_failure(report, program) : std::string{};
    if (report.kind == Tell::started) program.leader = report.pid;
    if (last) programs.erase(found);
    if (report.kind == Tell::started && handlers.started) handlers.started(report.pid, {});
    if (report.kind == Tell::start_failed && handlers.started) handlers.started(0, error);
    if (report.kind == Tell::exited && handlers.exited) handlers.exited(exit_of(report));
    if (report.kind == Tell::start_failed) return;
    // The exit's handler may have shut the host down; nothing is told after that.
    if (last && handlers.emptied && socket) handlers.emptied();
  }

  void fail_start(Id id) {
    loop.post([weak = weak_from_this(), id] {
      const auto self = weak.lock();
      if (!self) return;
      const auto found = self->programs.find(id);
      if (found == self->programs.end()) return;
      const Handlers handlers = std::move(found->second.handlers);
      self->programs.erase(found);
      self->moment = now_boot();
      if (handlers.started) handlers.started(0, "the process host is gone");
    });
  }

  // After the host was killed

  void host_lost() {
    forget_watches();
    socket.reset();
    reap(std::exchange(host, 0), 0);
    sweep_passes = 0;
    sweep();
  }

  /// Direct children that came from the host: by their session or group, which carry a leader's id,
  /// or by the host's name in their environment.
  [[nodiscard]] bool from_host(const ProcessRow& row) const {
    const bool by_leader = std::any_of(programs.begin(), programs.end(), [&](const auto& entry) {
      const pid_t leader = entry.second.leader;
      return leader != 0 && (leader == row.pid || leader == row.session || leader == row.group);
    });
    if (by_leader) return true;
    const auto value = internal::environment_value(row.pid, internal::k_tree_variable);
    return value && value->starts_with(name + ".");
  }

  /// A child of ours that may have come from the host: its environment cannot be read while it
  /// executes a program.
  [[nodiscard]] static bool is_unsettled(const ProcessRow& row) {
    return !row.gone() && internal::read_environment(row.pid).empty();
  }

  /// True when something was still there.
  bool sweep_once() {
    const pid_t self = ::getpid();
    std::vector<pid_t> roots;
    const auto table = internal::read_process_table();
    bool unsettled = false;
    for (const auto& [pid, row] : table) {
      if (row.parent != self) continue;
      if (condemned.count(pid) != 0 || from_host(row)) {
        roots.push_back(pid);
      } else if (sweep_passes < k_unsettled_passes_max) {
        unsettled = unsettled || is_unsettled(row);
      }
    }
    std::vector<ProcessRow> rows = internal::descendants_in(table, roots);
    for (const pid_t root : roots) {
      condemned.insert(root);
      rows.push_back(table.at(root));
    }
    const std::string boot = own_identity().boot;
    for (const ProcessRow& row : rows) {
      condemned.insert(row.pid);
      signal_process({row.pid, row.start_ticks, boot}, SIGKILL);
    }
    for (const pid_t root : roots) {
      if (reap(root, WNOHANG) == root) condemned.erase(root);
    }
    return !rows.empty() || unsettled;
  }

  void sweep() {
    sweeping = 0;
    if (sweep_once() && ++sweep_passes < k_sweep_passes_max) {
      sweeping = loop.after(k_sweep_pause, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->sweep();
      });
      return;
    }
    programs.clear();
    condemned.clear();
    const auto handler = lost_handler;
    if (handler) handler();
  }

  // The end

  void begin_shut_down(milliseconds grace) {
    forget_watches();
    ending = true;
    if (host == 0) return;
    Request request;
    request.kind = Ask::shut_down;
    request.grace_ms = grace.count();
    static_cast<void>(send_all(internal::bytes_of(request)));
  }

  void shut_down(milliseconds grace) {
    begin_shut_down(grace);
    if (host == 0) return;
    const Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, host, 0)));
    pollfd end{pidfd.get(), POLLIN, 0};
    const bool ended =
        pidfd && ::poll(&end, 1, static_cast<int>((grace + k_host_end_max).count())) == 1;
    if (!ended) ::kill(host, SIGKILL);
    reap(std::exchange(host, 0), 0);
    socket.reset();
    for (int pass = 0; !ended && pass < k_sweep_passes_max && sweep_once(); ++pass) {
    }
    programs.clear();
  }
};

ProcessHost::ProcessHost(EventLoop& loop, Options options)
    : state_(std::make_shared<State>(loop, std::move(options))) {
  state_->make_host();
  state_->listen();
}

ProcessHost::~ProcessHost() {
  try {
    state_->shut_down(milliseconds(0));
  } catch (...) {  // the socket failed; it closes with the state, and the host ends by that
    state_->forget_watches();
  }
}

ProcessHost::Id ProcessHost::start(const SpawnOptions& options, Handlers handlers, Turn turn) {
  WEIR_ASSERT(!options.argv.empty());
  WEIR_ASSERT(!turn.waits || turn.line != 0);
  const Id id = state_->next_id++;
  internal::Plan plan = plan_of(options);
  std::vector<int> descriptors;
  const auto give = [&](int ours, int theirs) {
    descriptors.push_back(ours);
    plan.targets.push_back(theirs);
  };
  // The host's own 0, 1 and 2 are the null device: output and error left at -1 must be sent to be
  // inherited.
  if (options.stdin_fd >= 0) give(options.stdin_fd, 0);
  give(options.stdout_fd >= 0 ? options.stdout_fd : STDOUT_FILENO, 1);
  give(options.stderr_fd >= 0 ? options.stderr_fd : STDERR_FILENO, 2);
  for (const auto& [ours, theirs] : options.extra_fds) give(ours, theirs);
  if (options.group_fd >= 0) give(options.group_fd, internal::k_join_group);

  const std::string encoded = internal::encode(plan);
  if (encoded.size() > k_request_bytes_max) {
    throw Error(ErrorKind::usage, "cannot start '" + options.argv[0] +
                                      "': arguments and environment are larger than 8 MiB");
  }
  state_->programs.emplace(id, Program{std::move(handlers), options.argv[0], options.directory, 0});
  Request request;
  request.id = id;
  request.plan_bytes = encoded.size();
  request.line = turn.line;
  request.waits = turn.waits ? 1 : 0;
  request.count_io = options.count_io ? 1 : 0;
  if (state_->host == 0) {
    state_->fail_start(id);
  } else if (encoded.size() <= internal::k_inline_bytes_max) {
    const std::string bytes = internal::bytes_of(request) + encoded;
    turn.waits ? state_->send_standby(bytes, descriptors) : state_->send(bytes, descriptors);
  } else {
    const Fd file = memory_file(encoded);
    request.plan_in_memfd = 1;
    descriptors.push_back(file.get());
    state_->send(internal::bytes_of(request), descriptors);
  }
  return id;
}

void ProcessHost::start_now(Id id) {
  state_->ask(Ask::start_now, id);
}

void ProcessHost::withdraw(Id id) {
  state_->ask(Ask::withdraw, id);
}

void ProcessHost::signal_tree(Id id, int signal) {
  Request request;
  request.kind = Ask::signal_tree;
  request.id = id;
  request.signal = signal;
  state_->send(internal::bytes_of(request));
}

void ProcessHost::stop_tree(Id id, int signal, milliseconds grace) {
  Request request;
  request.kind = Ask::stop_tree;
  request.id = id;
  request.signal = signal;
  request.grace_ms = grace.count();
  state_->send(internal::bytes_of(request));
}

void ProcessHost::begin_shut_down(milliseconds grace) {
  state_->begin_shut_down(grace);
}

void ProcessHost::shut_down(milliseconds grace) {
  state_->shut_down(grace);
}

pid_t ProcessHost::pid() const {
  return state_->host;
}

BootTime ProcessHost::moment() const {
  return state_->moment;
}

void ProcessHost::on_lost(std::function<void()> handler) {
  state_->lost_handler = std::move(handler);
}

}  // namespace weir::base
