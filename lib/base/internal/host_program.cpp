#include "base/internal/host_program.hpp"

#include "base/error.hpp"
#include "base/internal/raw_syscall.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace weir::base::internal {
namespace {

constexpr std::size_t k_stack_bytes = std::size_t{128} << 10;
constexpr std::size_t k_usual_entries = 64;  // of an environment

// ThreadSanitizer stands in for clone(2) with a function whose child reads the caller's stack.
#ifdef __SANITIZE_THREAD__
constexpr bool k_must_wait = true;
#else
constexpr bool k_must_wait = false;
#endif

/// What execve takes; it does not write to it.
std::vector<char*> pointers(const std::vector<const char*>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const char* text : texts) list.push_back(const_cast<char*>(text));
  list.push_back(nullptr);
  return list;
}

/// With the equals sign.
std::string_view name_in(const char* entry) {
  return {entry, std::strcspn(entry, "=") + 1};
}

/// `extra`, the entries of `plan`, and those of the host itself if they are inherited. Of entries
/// with the same name the first of these counts.
std::vector<const char*> environment_of(const Plan& plan, const std::vector<std::string>& extra) {
  std::vector<const char*> entries;
  entries.reserve(plan.environment.size() + extra.size() + k_usual_entries);
  for (const std::string& more : extra) entries.push_back(more.c_str());
  const auto add = [&](const char* entry, std::size_t of_first) {
    const std::string_view name = name_in(entry);
    const bool replaced =
        std::any_of(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(of_first),
                    [&](const char* other) { return std::string_view(other).starts_with(name); });
    if (!replaced) entries.push_back(entry);
  };
  for (const char* entry : plan.environment) add(entry, extra.size());
  if (!plan.inherit_environment) return entries;
  const std::size_t of_first = entries.size();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    add(*entry, of_first);
  return entries;
}

/// The paths to try, in order, as execvp(3) has them.
std::vector<std::string> candidates_of(const std::string& name,
                                       const std::vector<const char*>& environment) {
  if (name.find('/') != std::string::npos) return {name};
  std::string_view folders = "/usr/bin:/bin";
  for (const std::string_view entry : environment) {
    if (entry.starts_with("PATH=")) folders = entry.substr(5);
  }
  std::vector<std::string> found;
  while (true) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    const std::string_view folder = folders.substr(0, end);
    found.push_back(folder.empty() ? name : std::string(folder) + "/" + name);
    if (end == folders.size()) return found;
    folders.remove_prefix(end + 1);
  }
}

/// Everything the child needs, laid out before it exists: until it executes it may only make system
/// calls, since the caller runs beside it in the same memory.
struct Orders {
  const std::pair<int, int>* streams = nullptr;  // {ours, the program's or k_join_group}
  std::size_t stream_count = 0;
  const char* folder = nullptr;
  char* const* candidates = nullptr;
  char* const* argv = nullptr;
  char** shell_argv = nullptr;  // for a script without an interpreter line
  char* const* environment = nullptr;
  pid_t parent = 0;
  int error = 0;
  StartStage stage = StartStage::execute;
};

[[WEIR_NO_SANITIZER]] void give_up(Orders& orders, StartStage stage, long result) {
  orders.stage = stage;
  orders.error = static_cast<int>(-result);
  raw_syscall(SYS_exit_group, 127);
}

/// The negated errno of what went wrong.
[[WEIR_NO_SANITIZER]] long execute(Orders& orders) {
  const long environment = raw_argument(orders.environment);
  bool refused = false;
  for (char* const* candidate = orders.candidates; *candidate != nullptr; ++candidate) {
    const long path = raw_argument(*candidate);
    const long result = raw_syscall(SYS_execve, path, raw_argument(orders.argv), environment);
    if (result == -ENOEXEC) {
      orders.shell_argv[1] = *candidate;
      return raw_syscall(SYS_execve, raw_argument(orders.shell_argv[0]),
                         raw_argument(orders.shell_argv), environment);
    }
    refused = refused || result == -EACCES;
    if (result != -ENOENT && result != -ENOTDIR && result != -EACCES) return result;
  }
  return refused ? -EACCES : -ENOENT;
}

[[WEIR_NO_SANITIZER]] int child_main(void* argument) {
  Orders& orders = *static_cast<Orders*>(argument);
  raw_syscall(SYS_setsid);
  raw_syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  // Otherwise the host died before the line above.
  if (raw_syscall(SYS_getppid) != orders.parent) raw_syscall(SYS_exit_group, 127);
  const char self = '0';  // as cgroup.procs understands it
  for (std::size_t i = 0; i < orders.stream_count; ++i) {
    const auto [ours, target] = orders.streams[i];
    const bool join = target == k_join_group;
    const long result = join ? raw_syscall(SYS_write, ours, raw_argument(&self), 1)
                             : raw_syscall(SYS_dup3, ours, target, 0);
    if (result < 0) give_up(orders, join ? StartStage::group : StartStage::streams, result);
  }
  if (orders.folder != nullptr) {
    const long result = raw_syscall(SYS_chdir, raw_argument(orders.folder));
    if (result < 0) give_up(orders, StartStage::folder, result);
  }
  const std::uint64_t none = 0;  // the kernel's set of signals
  raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, raw_argument(&none), 0, sizeof none);
  give_up(orders, StartStage::execute, execute(orders));
  return 127;
}

/// Moves descriptors above every target, so that no dup2 overwrites one that is still needed.
bool move_above_targets(std::vector<Fd>& streams, const std::vector<int>& targets) {
  const int floor = targets.empty() ? 0 : *std::max_element(targets.begin(), targets.end()) + 1;
  for (Fd& stream : streams) {
    if (stream.get() >= floor) continue;
    Fd moved(::fcntl(stream.get(), F_DUPFD_CLOEXEC, floor));
    if (!moved) return false;
    stream = std::move(moved);
  }
  return true;
}

/// A stack for a child. Only what it uses of it is memory.
class ChildStack {
 public:
  ChildStack() = default;
  ~ChildStack() {
    if (begin_ != nullptr) ::munmap(begin_, k_stack_bytes);
  }
  ChildStack(const ChildStack&) = delete;
  ChildStack& operator=(const ChildStack&) = delete;

  /// Where it begins to grow down from; null: no memory.
  char* top() {
    if (begin_ == nullptr) {
      void* const made = ::mmap(nullptr, k_stack_bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
      if (made == MAP_FAILED) return nullptr;
      begin_ = static_cast<char*>(made);
    }
    return begin_ + k_stack_bytes;
  }

 private:
  char* begin_ = nullptr;
};

}  // namespace

struct Launch::State {
  ChildStack stack;
  /// The kernel clears it (CLONE_CHILD_CLEARTID) when the child lets go of the memory.
  std::atomic<pid_t> in_memory{0};
  pid_t pid = 0;
  Orders orders;
  // What the orders point into.
  std::string plan_bytes;
  Plan plan;
  std::vector<std::string> extra;
  std::vector<std::string> candidates;
  std::vector<std::pair<int, int>> streams;
  std::vector<char*> candidate_list;
  std::vector<char*> argv;
  std::vector<char*> shell_argv;
  std::vector<char*> environment;

  void lay_out() {
    const std::vector<const char*> entries = environment_of(plan, extra);
    environment = pointers(entries);
    argv = pointers(plan.argv);
    candidates = candidates_of(plan.argv.front(), entries);
    std::vector<const char*> paths;
    for (const std::string& candidate : candidates) paths.push_back(candidate.c_str());
    candidate_list = pointers(paths);
    std::vector<const char*> words{"/bin/sh"};
    words.insert(words.end(), plan.argv.begin(), plan.argv.end());
    shell_argv = pointers(words);
    orders = {.streams = streams.data(),
              .stream_count = streams.size(),
              .folder = *plan.directory == '\0' ? nullptr : plan.directory,
              .candidates = candidate_list.data(),
              .argv = argv.data(),
              .shell_argv = shell_argv.data(),
              .environment = environment.data(),
              .parent = ::getpid()};
  }

  StartResult run(Wait wait) {
    char* const top = stack.top();
    if (top == nullptr) return {0, ENOMEM, StartStage::fork};
    const int vfork = k_must_wait || wait == Wait::until_executed ? CLONE_VFORK : 0;
    in_memory.store(1, std::memory_order_relaxed);
    pid = ::clone(child_main, top, CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD | vfork, &orders,
                  nullptr, nullptr, &in_memory);
    if (pid < 0) {
      in_memory.store(0, std::memory_order_relaxed);
      return {0, errno, StartStage::fork};
    }
    if (wait == Wait::no || orders.error == 0) return {pid, 0, StartStage::execute};
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return {0, std::exchange(orders.error, 0), orders.stage};
  }
};

Launch::Launch() : state_(std::make_unique<State>()) {}

Launch::~Launch() = default;

StartResult Launch::begin(std::string plan_bytes, std::vector<Fd> streams,
                          const std::vector<std::string>& extra_environment, Wait wait) {
  WEIR_ASSERT(is_over());
  State& state = *state_;
  state.plan_bytes = std::move(plan_bytes);
  state.plan = decode_plan(state.plan_bytes);
  state.extra = extra_environment;
  const std::vector<int>& targets = state.plan.targets;
  // Fewer descriptors than targets: the receiver's table was full.
  if (streams.size() != targets.size() || !move_above_targets(streams, targets))
    return {0, EMFILE, StartStage::streams};
  state.streams.clear();
  for (std::size_t i = 0; i < streams.size(); ++i)
    state.streams.emplace_back(streams[i].get(), targets[i]);
  state.lay_out();
  return state.run(wait);
}

bool Launch::is_over() const {
  return state_->in_memory.load(std::memory_order_acquire) == 0;
}

StartResult Launch::failure() const {
  return {state_->pid, state_->orders.error, state_->orders.stage};
}

}  // namespace weir::base::internal
