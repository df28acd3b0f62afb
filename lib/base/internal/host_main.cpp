// The host process. A tour:
//
// Its direct children are the leaders it started and, because it is a subreaper, every process
// whose parent died somewhere below it ("orphans"). Nobody else reaps them, so the id of a direct
// child stays valid until the host itself waits for it: no race with reuse. A tree is its leader,
// the orphans that belong to it, and all their descendants. A descendant whose parent dies becomes
// an orphan, so a tree is empty exactly when its leader was reaped and no orphan of it is left;
// both are seen by SIGCHLD and one read of the list of own children. The whole process table is
// read only to signal a tree.
//
// A controller's later hosts are forked here: see `fork_host`.
#include "base/internal/host_main.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/internal/host_program.hpp"
#include "base/internal/host_queue.hpp"
#include "base/internal/host_setup.hpp"
#include "base/internal/host_wire.hpp"
#include "base/internal/process_table.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

namespace weir::base::internal {
namespace {

using Clock = std::chrono::steady_clock;
using TreeId = std::uint64_t;

/// Orphans that no tree can be found for; they end with the last tree.
constexpr TreeId k_stray = 0;
/// Orphans whose environment cannot be read yet, since they are executing a program right now. They
/// may belong to any tree, so no tree is called empty as long as there is one.
constexpr TreeId k_unsettled = ~TreeId{0};
constexpr std::chrono::milliseconds k_look_again{1};
/// After that time an unreadable environment is an empty one: the orphan is a stray.
constexpr std::chrono::seconds k_unsettled_max{2};
constexpr int k_freeze_rounds_max = 8;
constexpr std::chrono::milliseconds k_kill_again_min{20};
constexpr std::chrono::milliseconds k_kill_again_max{250};
/// How long the end of a program whose place was taken at once may be kept back, for others to be
/// told with it.
constexpr std::chrono::milliseconds k_keep_back_max{2};
/// After the lifeline closed, a tree in uninterruptible sleep does not keep the host for ever.
constexpr std::chrono::seconds k_give_up{30};

enum class Stopping { no, asked, killing };

/// Whether a report is sent at the end of the turn, or may be kept back for `k_keep_back_max`.
enum class Haste { at_once, may_wait };

struct Tree {
  pid_t leader = 0;
  std::uint64_t line = 0;  // whose turn it is when the leader ends; 0: nobody's
  bool leader_gone = false;
  bool count_io = false;
  Stopping stopping = Stopping::no;
  Clock::time_point next_step{};  // when to kill (again)
  std::chrono::milliseconds kill_again = k_kill_again_min;
};

std::int64_t micros(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1000000 + time.tv_usec;
}

/// The counters of a process that ended and was not waited for yet, its waited-for children
/// included.
ProcessCounters counters_of(pid_t zombie) {
  ProcessCounters counters;
  char text[512];
  const std::string path = "/proc/" + std::to_string(zombie) + "/io";
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t got = fd ? ::read(fd.get(), text, sizeof text) : -1;
  if (got <= 0) return counters;
  // rchar, wchar, syscr, syscw, read_bytes, write_bytes: a name and a number on each line.
  std::int64_t* const fields[] = {&counters.read_chars, &counters.write_chars,
                                  &counters.read_calls, &counters.write_calls,
                                  &counters.read_bytes, &counters.write_bytes};
  const char* at = text;
  const char* const end = text + got;
  for (std::int64_t* const field : fields) {
    at = std::find(at, end, ' ');
    if (at == end) break;
    at = std::from_chars(at + 1, end, *field).ptr;
  }
  return counters;
}

Report exit_report(TreeId id, pid_t pid, int status, const rusage& usage) {
  Report report;
  report.kind = Tell::exited;
  report.id = id;
  report.pid = pid;
  report.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  report.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  report.user_us = micros(usage.ru_utime);
  report.system_us = micros(usage.ru_stime);
  report.max_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  return report;
}

bool is_closed(int socket) {
  pollfd state{socket, 0, 0};
  return ::poll(&state, 1, 0) == 1;
}

void decode_names(const std::string& bytes, HostSettings& settings) {
  const std::size_t end = bytes.find('\0');
  settings.name = bytes.substr(0, end);
  settings.token = end == std::string::npos ? "" : bytes.substr(end + 1);
}

class Host {
 public:
  Host(const HostDescriptors& own, HostSettings settings)
      : socket_(own.control),
        standby_(own.standby),
        signals_(own.signals),
        settings_(std::move(settings)),
        outbox_(own.control) {}

  [[noreturn]] void run() {
    while (true) {
      wait_for_something();
      reap();
      if (requested_) take_requests();
      // Before the stops, which would look through the whole process table for strays.
      if (closing_ && trees_.empty() && orphans_.empty()) end();
      step_stops();
      send_unless_kept_back();
      if (closing_ && Clock::now() > give_up_at_) ::_exit(1);
    }
  }

 private:
  [[noreturn]] void end() {
    send_reports();
    ::_exit(0);
  }

  void wait_for_something() {
    const short socket_events = static_cast<short>(POLLIN | (outbox_.waiting() ? POLLOUT : 0));
    std::array<pollfd, 2> polls{pollfd{controller_open_ ? socket_ : -1, socket_events, 0},
                                pollfd{signals_, POLLIN, 0}};
    ::poll(polls.data(), polls.size(), poll_timeout_ms());
    if ((polls[1].revents & POLLIN) != 0) take_signals();
    requested_ = (polls[0].revents & POLLIN) != 0;
    // A hang-up counts more than requests that were still under way: their sender is gone.
    if ((polls[0].revents & (POLLHUP | POLLERR)) != 0) lifeline_closed();
    if (controller_open_ && outbox_.waiting() && !outbox_.flush()) lifeline_closed();
  }

  [[nodiscard]] int poll_timeout_ms() const {
    std::optional<Clock::time_point> next;
    for (const auto& [id, tree] : trees_) {
      if (tree.stopping != Stopping::no && (!next || tree.next_step < *next)) next = tree.next_step;
    }
    if (closing_ && !next) next = stray_step_;
    if (!unsettled_since_.empty()) {
      const Clock::time_point again = Clock::now() + k_look_again;
      if (!next || again < *next) next = again;
    }
    if (kept_until_ && (!next || *kept_until_ < *next)) next = kept_until_;
    if (!next) return -1;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, wait.count()));
  }

  void take_signals() {
    std::array<signalfd_siginfo, 4> infos;  // of each signal at most one is pending
    const ssize_t got = ::read(signals_, infos.data(), sizeof infos);
    const auto count = got < 0 ? 0 : static_cast<std::size_t>(got) / sizeof infos[0];
    for (std::size_t i = 0; i < count; ++i) {
      // The parent-death signal, second line behind the socket; anybody else's TERM is not obeyed.
      if (infos[i].ssi_signo == SIGTERM && ::getppid() != settings_.controller_pid)
        lifeline_closed();
    }
  }

  void lifeline_closed() {
    if (!controller_open_) return;
    controller_open_ = false;
    close_all(settings_.grace);
  }

  void close_all(std::chrono::milliseconds grace) {
    closing_ = true;
    waiting_.clear();
    give_up_at_ = Clock::now() + grace + k_give_up;
    refresh_orphans();
    if (trees_.empty() && orphans_.empty()) return;  // the usual end: no need to read the table
    const auto table = read_process_table();
    for (auto& [id, tree] : trees_) begin_stop(id, tree, SIGTERM, grace, table);
    stray_step_ = Clock::now() + grace;
    if (grace.count() > 0) signal_members(k_stray, 0, SIGTERM, table);
  }

  // Requests

  void take_requests() {
    table_.reset();
    while (controller_open_) {
      Received received = receive(socket_);
      if (received.kind == Received::Kind::nothing) return;
      if (received.kind == Received::Kind::closed) return lifeline_closed();
      take_standbys();  // it may be about one of them, sent before it
      handle(request_in(received), received);
    }
  }

  static Request request_in(const Received& received) {
    Request request;
    WEIR_ASSERT(received.bytes.size() >= sizeof request);
    received.bytes.copy(reinterpret_cast<char*>(&request), sizeof request);
    return request;
  }

  void take_standbys() {
    while (controller_open_ && !closing_) {
      Received received = receive(standby_);
      if (received.kind != Received::Kind::message) return;
      const Request request = request_in(received);
      waiting_.add({request, std::move(received)});
    }
  }

  void handle(const Request& request, Received& received) {
    if (request.kind == Ask::start && request.waits != 0 && !closing_)
      return waiting_.add({request, std::move(received)});
    if (request.kind == Ask::start) {
      start(request, received, Haste::at_once);
      return;
    }
    if (request.kind == Ask::fork_host) return fork_host(request, received);
    if (request.kind == Ask::shut_down)
      return close_all(std::chrono::milliseconds(request.grace_ms));
    if (std::optional<WaitingStart> waiting = waiting_.take(request.id)) {
      if (request.kind == Ask::start_now) {
        start(waiting->request, waiting->received, Haste::at_once);
      } else {  // whatever else was to happen to it, it does not start
        tell_start(request.id, {0, ECANCELED, StartStage::withdrawn}, Haste::at_once);
      }
      return;
    }
    const auto found = trees_.find(request.id);
    if (found == trees_.end()) return;
    if (request.kind == Ask::start_now || request.kind == Ask::withdraw) return;
    if (!table_) {  // one reading serves all requests that came together
      refresh_orphans();
      table_ = read_process_table();
    }
    if (request.kind == Ask::signal_tree)
      return signal_members(request.id, found->second.leader, request.signal, *table_);
    begin_stop(request.id, found->second, request.signal,
               std::chrono::milliseconds(request.grace_ms), *table_);
  }

  /// Another host of our controller, which becomes its parent too. It is forked here since this
  /// process has one thread and little memory: nobody can be in the middle of an allocation.
  void fork_host(const Request& request, Received& received) {
    if (closing_ || received.descriptors.size() != 2) return;  // its socket closes: that tells
    HostSockets sockets{std::move(received.descriptors[0]), std::move(received.descriptors[1])};
    HostSettings settings = settings_;
    settings.grace = std::chrono::milliseconds(request.grace_ms);
    decode_names(received.bytes.substr(sizeof request), settings);
    const int control = sockets.control.get();
    if (is_closed(control)) return;  // it did not wait so long
    Report birth;
    // Not by libc: it cannot pass on the parent. So libc in the child takes its thread for ours;
    // nothing there asks it who it is.
    birth.pid = static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
    if (birth.pid < 0) {
      birth.kind = Tell::start_failed;
      birth.error = errno;
    } else if (birth.pid == 0) {
      birth.pid = ::getpid();
    } else {
      return;
    }
    const bool told = send_if_room(control, bytes_of(birth), {});
    if (birth.kind == Tell::start_failed) return;
    if (!told) ::_exit(2);
    host_main(std::move(sockets), std::move(settings));
  }

  /// The bytes of the plan; empty when they could not be read.
  static std::string plan_bytes(const Request& request, Received& received) {
    if (request.plan_in_memfd == 0) return received.bytes.substr(sizeof request);
    if (received.descriptors.empty()) return {};
    const Fd file = std::move(received.descriptors.back());
    received.descriptors.pop_back();
    std::string bytes(request.plan_bytes, '\0');
    const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), 0);
    return got == static_cast<ssize_t>(bytes.size()) ? bytes : std::string{};
  }

  /// One that is over and did not fail; what failed is told when its process is reaped.
  Launch& free_launch() {
    for (const std::unique_ptr<Launch>& launch : launches_) {
      if (launch->is_over() && launch->failure().error == 0) return *launch;
    }
    return *launches_.emplace_back(std::make_unique<Launch>());
  }

  /// False when it could not be started; told either way.
  ///
  /// Members of a line are not waited for: the next one can start beside them.
  bool start(const Request& request, Received& received, Haste haste) {
    std::string bytes = plan_bytes(request, received);
    StartResult result{0, EMFILE, StartStage::streams};
    if (!bytes.empty()) {
      std::vector<std::string> extra{std::string(k_tree_variable) + "=" + settings_.name + "." +
                                     std::to_string(request.id)};
      if (!settings_.token.empty()) extra.push_back(settings_.token);
      const auto wait = request.line == 0 ? Launch::Wait::until_executed : Launch::Wait::no;
      result = free_launch().begin(std::move(bytes), std::move(received.descriptors), extra, wait);
    }
    tell_start(request.id, result, haste);
    if (result.pid <= 0) return false;
    leaders_.emplace(result.pid, request.id);
    Tree& tree = trees_[request.id];
    tree.leader = result.pid;
    tree.line = request.line;
    tree.count_io = request.count_io != 0;
    some_counted_ = some_counted_ || tree.count_io;
    if (closing_) begin_stop(request.id, tree, SIGKILL, {}, read_process_table());
    return true;
  }

  /// Of a leader that was reaped: the program was never executed.
  std::optional<StartResult> take_failed_start(pid_t pid) {
    const auto found = std::find_if(launches_.begin(), launches_.end(), [pid](const auto& launch) {
      return launch->failure().pid == pid && launch->failure().error != 0;
    });
    if (found == launches_.end()) return std::nullopt;
    StartResult result = (*found)->failure();
    result.pid = 0;
    launches_.erase(found);
    return result;
  }

  /// A place in the line is free: the next one of it that can be started is. False: none was, or
  /// few are left.
  bool start_next(std::uint64_t line) {
    take_standbys();
    while (controller_open_ && !closing_) {
      std::optional<WaitingStart> next = waiting_.take_first(line);
      if (!next) return false;
      if (!start(next->request, next->received, Haste::may_wait)) continue;
      const auto running = std::count_if(trees_.begin(), trees_.end(), [line](const auto& entry) {
        return entry.second.line == line && !entry.second.leader_gone;
      });
      return waiting_.count(line) >= static_cast<std::size_t>(running);
    }
    return false;
  }

  void tell_start(TreeId id, const StartResult& result, Haste haste) {
    Report report;
    report.id = id;
    report.pid = result.pid;
    report.kind = result.pid > 0 ? Tell::started : Tell::start_failed;
    report.error = result.error;
    report.stage = static_cast<std::int32_t>(result.stage);
    tell(report, result.pid > 0 ? haste : Haste::at_once);
  }

  /// Told together at the end of the turn: the end of a program and the start of the next one are
  /// one message, so the controller is woken once. What may wait (the next programs of the line
  /// are here) is kept back for a moment: with short programs, to be woken costs the controller as
  /// much as what it does then, and takes a processor from them.
  void tell(Report report, Haste haste) {
    report.moment_ns = now_boot().count();
    if (reports_.size() + sizeof report > k_inline_bytes_max) send_reports();
    reports_ += bytes_of(report);
    if (haste == Haste::at_once) urgent_ = true;
  }

  void send_unless_kept_back() {
    if (reports_.empty()) return;
    const Clock::time_point now = Clock::now();
    if (!std::exchange(urgent_, false) && !closing_) {
      if (!kept_until_) kept_until_ = now + k_keep_back_max;
      if (now < *kept_until_) return;
    }
    send_reports();
  }

  void send_reports() {
    kept_until_.reset();
    const std::string told = std::exchange(reports_, {});
    if (told.empty() || !controller_open_) return;
    if (!outbox_.send(told)) lifeline_closed();
  }

  // Ends of processes

  struct Exit {
    Report report;
    Haste haste;
  };

  /// Whom to wait for: a child that has ended, with what it read and wrote, or any (-1) when nobody
  /// wants to know that. The kernel forgets it with the wait.
  pid_t peek(ProcessCounters& counters) const {
    siginfo_t ended{};
    if (!some_counted_ || ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
    const auto leader = leaders_.find(ended.si_pid);
    if (leader != leaders_.end() && trees_.at(leader->second).count_io)
      counters = counters_of(ended.si_pid);
    return ended.si_pid == 0 ? -1 : ended.si_pid;
  }

  void reap() {
    std::vector<Exit> exits;
    while (true) {
      ProcessCounters counters;
      int status = 0;
      rusage usage{};
      const pid_t pid = ::wait4(peek(counters), &status, WNOHANG, &usage);
      if (pid <= 0) break;
      orphans_.erase(pid);
      const auto leader = leaders_.find(pid);
      if (leader == leaders_.end()) continue;
      const TreeId id = leader->second;
      Tree& tree = trees_.at(id);
      const std::uint64_t line = tree.line;
      leaders_.erase(leader);
      const std::optional<StartResult> failed = take_failed_start(pid);
      if (failed) {
        tell_start(id, *failed, Haste::at_once);
        forget(id);
        trees_.erase(id);
      } else {
        tree.leader_gone = true;
        Report report = exit_report(id, pid, status, usage);
        counters.voluntary_switches = usage.ru_nvcsw;
        counters.involuntary_switches = usage.ru_nivcsw;
        report.counters = counters;
        exits.push_back({report, Haste::at_once});
      }
      const bool goes_on = line != 0 && start_next(line);
      if (goes_on && !failed && status == 0) exits.back().haste = Haste::may_wait;
    }
    const bool some_leaderless = std::any_of(
        trees_.begin(), trees_.end(), [](const auto& entry) { return entry.second.leader_gone; });
    if (!some_leaderless && !closing_ && unsettled_since_.empty()) return;
    refresh_orphans();
    report_ends(exits);
    if (trees_.empty() && !orphans_.empty() && !closing_)
      signal_members(k_stray, 0, SIGKILL, read_process_table());
  }

  void report_ends(std::vector<Exit>& exits) {
    std::set<TreeId> inhabited;
    for (const auto& [pid, id] : orphans_) inhabited.insert(id);
    if (inhabited.count(k_unsettled) != 0) {
      for (const auto& [id, tree] : trees_) inhabited.insert(id);
    }
    for (auto& [report, haste] : exits) {
      const bool is_empty = inhabited.count(report.id) == 0;
      report.tree_empty = is_empty ? 1 : 0;
      tell(report, is_empty ? haste : Haste::at_once);
      if (!is_empty) continue;
      forget(report.id);
      trees_.erase(report.id);
    }
    for (auto entry = trees_.begin(); entry != trees_.end();) {
      if (!entry->second.leader_gone || inhabited.count(entry->first) != 0) {
        ++entry;
        continue;
      }
      Report report;
      report.kind = Tell::emptied;
      report.id = entry->first;
      forget(report.id);
      entry = trees_.erase(entry);
      tell(report, Haste::at_once);
    }
  }

  void forget(TreeId id) {
    std::erase_if(remembered_, [id](const auto& entry) { return entry.second == id; });
  }

  /// Brings `orphans_` up to date with the kernel's list of own children.
  void refresh_orphans() {
    std::unordered_map<pid_t, TreeId> present;
    for (const pid_t pid : own_children()) {
      if (leaders_.count(pid) != 0) continue;
      const auto known = orphans_.find(pid);
      const bool settled = known != orphans_.end() && known->second != k_unsettled;
      present.emplace(pid, settled ? known->second : tree_of(pid));
    }
    orphans_ = std::move(present);
    std::erase_if(unsettled_since_, [this](const auto& entry) {
      const auto orphan = orphans_.find(entry.first);
      return orphan == orphans_.end() || orphan->second != k_unsettled;
    });
  }

  std::vector<pid_t> own_children() {
    std::vector<pid_t> children;
    std::array<char, 65536> buffer;
    const ssize_t got =
        children_file_ ? ::pread(children_file_.get(), buffer.data(), buffer.size(), 0) : -1;
    // Missing in kernels without CONFIG_PROC_CHILDREN; cut short when there are thousands.
    if (got < 0 || got > static_cast<ssize_t>(buffer.size()) - 16) {
      for (const auto& [pid, row] : read_process_table()) {
        if (row.parent == ::getpid()) children.push_back(pid);
      }
      return children;
    }
    const char* at = buffer.data();
    const char* const end = at + got;
    for (pid_t pid = 0; at < end; ++at) {
      at = std::from_chars(at, end, pid).ptr;
      children.push_back(pid);
    }
    return children;
  }

  /// The tree an orphan comes from: by its session or group, which carry the leader's id, else by
  /// its environment. One that hides all three is a stray, unless there is but one tree it can be
  /// of (a service has a host of its own).
  [[nodiscard]] TreeId tree_of(pid_t orphan) {
    if (trees_.size() == 1) return trees_.begin()->first;
    const pid_t session = ::getsid(orphan);
    const pid_t group = ::getpgid(orphan);
    for (const auto& [id, tree] : trees_) {
      if (tree.leader == session || tree.leader == group) return id;
    }
    const auto remembered = remembered_.find(orphan);
    if (remembered != remembered_.end() && trees_.count(remembered->second) != 0)
      return remembered->second;
    const std::string environment = read_environment(orphan);
    if (environment.empty()) {
      const auto since = unsettled_since_.emplace(orphan, Clock::now()).first->second;
      if (Clock::now() - since < k_unsettled_max) return k_unsettled;
    }
    const std::string value = value_in(environment, k_tree_variable).value_or("");
    const std::string prefix = settings_.name + ".";
    if (value.starts_with(prefix)) {
      TreeId id = 0;
      std::from_chars(value.data() + prefix.size(), value.data() + value.size(), id);
      if (trees_.count(id) != 0) return id;
    }
    return k_stray;
  }

  // Signals and stops

  [[nodiscard]] std::vector<ProcessRow> members(TreeId id, pid_t leader,
                                                const std::map<pid_t, ProcessRow>& table) const {
    std::vector<pid_t> roots;
    if (leader != 0 && leaders_.count(leader) != 0) roots.push_back(leader);
    for (const auto& [pid, tree] : orphans_) {
      if (tree == id) roots.push_back(pid);
    }
    std::vector<ProcessRow> rows = descendants_in(table, roots);
    for (const pid_t root : roots) {
      const auto row = table.find(root);
      if (row != table.end() && !row->second.gone()) rows.push_back(row->second);
    }
    return rows;
  }

  void signal_members(TreeId id, pid_t leader, int signal,
                      const std::map<pid_t, ProcessRow>& table) {
    const std::vector<ProcessRow> rows = members(id, leader, table);
    for (const ProcessRow& row : rows) remembered_[row.pid] = id;
    // The group first and at once, so that a shell does not start its next command in between.
    const bool group =
        leader != 0 && std::any_of(rows.begin(), rows.end(),
                                   [&](const ProcessRow& row) { return row.group == leader; });
    if (group) ::kill(-leader, signal);
    for (const ProcessRow& row : rows) {
      if (!group || row.group != leader) signal_process({row.pid, row.start_ticks, boot_}, signal);
    }
  }

  void begin_stop(TreeId id, Tree& tree, int signal, std::chrono::milliseconds grace,
                  const std::map<pid_t, ProcessRow>& table) {
    if (tree.stopping == Stopping::killing) return;
    const Clock::time_point deadline = Clock::now() + grace;
    if (grace.count() <= 0 || signal == SIGKILL) {
      tree.stopping = Stopping::asked;
      tree.next_step = Clock::now();
      return;
    }
    // A second request may shorten the grace, never lengthen it beyond what it asks for itself.
    tree.next_step =
        tree.stopping == Stopping::asked ? std::min(tree.next_step, deadline) : deadline;
    tree.stopping = Stopping::asked;
    signal_members(id, tree.leader, signal, table);
    signal_members(id, tree.leader, SIGCONT, table);  // what is stopped could not end
  }

  void step_stops() {
    const Clock::time_point now = Clock::now();
    for (auto& [id, tree] : trees_) {
      if (tree.stopping == Stopping::no || now < tree.next_step) continue;
      tree.stopping = Stopping::killing;
      kill_tree(id, tree.leader);
      tree.next_step = now + tree.kill_again;
      tree.kill_again = std::min(tree.kill_again * 2, k_kill_again_max);
    }
    if (!closing_ || !trees_.empty() || now < stray_step_) return;
    refresh_orphans();
    kill_tree(k_stray, 0);
    stray_step_ = now + k_kill_again_max;
  }

  /// Stops everything before killing it, so that what multiplies itself cannot outrun the killing.
  void kill_tree(TreeId id, pid_t leader) {
    std::set<pid_t> frozen;
    std::map<pid_t, ProcessRow> table;
    for (int round = 0; round < k_freeze_rounds_max; ++round) {
      refresh_orphans();
      table = read_process_table();
      bool found_more = false;
      for (const ProcessRow& row : members(id, leader, table)) {
        if (!frozen.insert(row.pid).second) continue;
        signal_process({row.pid, row.start_ticks, boot_}, SIGSTOP);
        found_more = true;
      }
      if (!found_more) break;
    }
    signal_members(id, leader, SIGKILL, table);
  }

  int socket_;
  int standby_;
  int signals_;
  HostSettings settings_;
  Outbox outbox_;
  const std::string boot_ = own_identity().boot;
  Fd children_file_{::open(("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(),
                           O_RDONLY | O_CLOEXEC)};
  bool controller_open_ = true;
  std::string reports_;  // not sent yet
  bool urgent_ = false;  // one of them is waited for
  std::optional<Clock::time_point> kept_until_;
  bool requested_ = false;     // something came by the socket since the last turn
  bool some_counted_ = false;  // what some program reads and writes is wanted
  bool closing_ = false;
  Clock::time_point give_up_at_{};
  Clock::time_point stray_step_{};
  std::optional<std::map<pid_t, ProcessRow>> table_;
  std::map<TreeId, Tree> trees_;
  WaitingStarts waiting_;
  std::vector<std::unique_ptr<Launch>> launches_;
  std::unordered_map<pid_t, TreeId> leaders_;  // running leaders
  std::unordered_map<pid_t, TreeId> orphans_;  // direct children that are no leaders
  std::unordered_map<pid_t, Clock::time_point> unsettled_since_;
  /// Members of trees that were signalled, by the parentage they had then. An id can be used again
  /// only after its process was reaped: by us for orphans, by a member for others.
  std::unordered_map<pid_t, TreeId> remembered_;
};

}  // namespace

std::string encode_names(const HostSettings& settings) {
  return settings.name + '\0' + settings.token;
}

void host_main(HostSockets sockets, HostSettings settings) {
  const HostDescriptors own = become_host(std::move(sockets));
  try {
    Host(own, std::move(settings)).run();
  } catch (...) {
    // Nobody to tell: the controller sees the socket close and cleans up; KILL by parent death does
    // the rest.
    ::_exit(2);
  }
}

}  // namespace weir::base::internal
