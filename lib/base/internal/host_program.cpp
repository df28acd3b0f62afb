#include "base/internal/host_program.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace weir::base::internal {
namespace {

constexpr std::size_t k_stack_bytes = std::size_t{128} << 10;

/// What execve takes; it does not write to it.
std::vector<char*> pointers(const std::vector<const char*>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const char* text : texts) list.push_back(const_cast<char*>(text));
  list.push_back(nullptr);
  return list;
}

bool same_name(const char* entry, const std::string& other) {
  return other.compare(0, other.find('=') + 1, entry, std::strcspn(entry, "=") + 1) == 0;
}

/// Entries of `plan`, then `extra`, which replace entries of the same name.
std::vector<const char*> environment_of(const Plan& plan, const std::vector<std::string>& extra) {
  std::vector<const char*> entries;
  entries.reserve(plan.environment.size() + extra.size());
  const auto add = [&](const char* entry) {
    const bool replaced = std::any_of(extra.begin(), extra.end(), [&](const std::string& more) {
      return same_name(entry, more);
    });
    if (!replaced) entries.push_back(entry);
  };
  for (const char* entry : plan.environment) add(entry);
  if (plan.inherit_environment) {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) add(*entry);
  }
  for (const std::string& more : extra) entries.push_back(more.c_str());
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

/// Everything the child needs, laid out before it exists: between clone and exec it may only make
/// system calls.
struct Launch {
  std::vector<std::pair<int, int>> streams;  // {ours, the program's}
  const char* folder = nullptr;
  std::vector<char*> candidates;
  std::vector<char*> argv;
  std::vector<char*> shell_argv;  // for a script without an interpreter line
  std::vector<char*> environment;
  pid_t parent = 0;
  int error = 0;
  StartStage stage = StartStage::execute;
};

// The sanitizer would look for the bounds of a stack that it does not know.
[[noreturn, gnu::no_sanitize_address]] void give_up(Launch& launch, StartStage stage) {
  launch.stage = stage;
  launch.error = errno;
  ::_exit(127);
}

void execute(Launch& launch) {
  bool refused = false;
  for (char* candidate : launch.candidates) {
    if (candidate == nullptr) break;
    ::execve(candidate, launch.argv.data(), launch.environment.data());
    if (errno == ENOEXEC) {
      launch.shell_argv[1] = candidate;
      ::execve("/bin/sh", launch.shell_argv.data(), launch.environment.data());
      return;
    }
    refused = refused || errno == EACCES;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return;
  }
  errno = refused ? EACCES : ENOENT;
}

[[gnu::no_sanitize_address]] int child_main(void* argument) {
  Launch& launch = *static_cast<Launch*>(argument);
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != launch.parent) ::_exit(127);  // the host died before the line above
  for (const auto& [ours, theirs] : launch.streams) {
    if (::dup2(ours, theirs) < 0) give_up(launch, StartStage::streams);
  }
  if (launch.folder != nullptr && ::chdir(launch.folder) != 0) give_up(launch, StartStage::folder);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  execute(launch);
  give_up(launch, StartStage::execute);
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

char* child_stack_top() {
  static char* const stack =
      static_cast<char*>(::mmap(nullptr, k_stack_bytes, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
  return stack == MAP_FAILED ? nullptr : stack + k_stack_bytes;
}

}  // namespace

StartResult start_program(const Plan& plan, std::vector<Fd> streams,
                          const std::vector<std::string>& extra_environment) {
  // Fewer descriptors than targets: the receiver's table was full.
  if (streams.size() != plan.targets.size() || !move_above_targets(streams, plan.targets))
    return {0, EMFILE, StartStage::streams};
  const std::vector<const char*> environment = environment_of(plan, extra_environment);
  const std::vector<std::string> candidates = candidates_of(plan.argv.front(), environment);
  Launch launch;
  for (std::size_t i = 0; i < streams.size(); ++i)
    launch.streams.emplace_back(streams[i].get(), plan.targets[i]);
  launch.folder = *plan.directory == '\0' ? nullptr : plan.directory;
  std::vector<const char*> paths;
  for (const std::string& candidate : candidates) paths.push_back(candidate.c_str());
  launch.candidates = pointers(paths);
  launch.argv = pointers(plan.argv);
  std::vector<const char*> shell_argv{"/bin/sh"};
  for (const char* argument : plan.argv) shell_argv.push_back(argument);
  launch.shell_argv = pointers(shell_argv);
  launch.environment = pointers(environment);
  launch.parent = ::getpid();

  char* const stack = child_stack_top();
  if (stack == nullptr) return {0, ENOMEM, StartStage::fork};
  const pid_t pid = ::clone(child_main, stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &launch);
  if (pid < 0) return {0, errno, StartStage::fork};
  if (launch.error == 0) return {pid, 0, StartStage::execute};
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {0, launch.error, launch.stage};
}

}  // namespace weir::base::internal
