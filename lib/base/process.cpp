#include "base/process.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace weir::base {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

std::string path_variable_of(const std::optional<std::vector<std::string>>& environment) {
  if (environment) return variable_in(*environment, "PATH").value_or("/usr/bin:/bin");
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "PATH=", 5) == 0) return *entry + 5;
  }
  return "/usr/bin:/bin";
}

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  void duplicate(int from, int to) { posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void open_null(int to) {
    posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", O_RDONLY, 0);
  }
  /// Closes everything above the standard streams but the targets of `kept`.
  void close_others(const std::vector<std::pair<int, int>>& kept) {
    int last = 2;
    for (const auto& pair : kept) last = std::max(last, pair.second);
    for (int fd = 3; fd < last; ++fd) {
      const bool wanted = std::any_of(kept.begin(), kept.end(),
                                      [fd](const auto& pair) { return pair.second == fd; });
      if (!wanted) posix_spawn_file_actions_addclose(&actions_, fd);
    }
    posix_spawn_file_actions_addclosefrom_np(&actions_, last + 1);
  }
  void change_folder(const std::string& folder) {
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  explicit Attributes(SpawnOptions::Group group) {
    posix_spawnattr_init(&attributes_);
    int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    if (group == SpawnOptions::Group::own) flags |= POSIX_SPAWN_SETPGROUP;
    if (group == SpawnOptions::Group::own_session) flags |= POSIX_SPAWN_SETSID;
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// Descriptors that a child gets by number, those among ours that stand below the highest of these
/// numbers moved above it: else one could be written over before its turn.
class GivenFds {
 public:
  explicit GivenFds(const std::vector<std::pair<int, int>>& given) : given_(given) {
    int last = 2;
    for (const auto& pair : given_) last = std::max(last, pair.second);
    for (auto& [ours, theirs] : given_) {
      if (ours > last || ours == theirs) continue;
      Fd moved(::fcntl(ours, F_DUPFD_CLOEXEC, last + 1));
      if (!moved) throw system_error("duplicate", "a descriptor for a child", errno);
      ours = moved.get();
      moved_.push_back(std::move(moved));
    }
  }
  [[nodiscard]] const std::vector<std::pair<int, int>>& pairs() const { return given_; }

 private:
  std::vector<std::pair<int, int>> given_;
  std::vector<Fd> moved_;
};

ProcessExit exit_of(const siginfo_t& info, const rusage& usage) {
  ProcessExit exit;
  if (info.si_code == CLD_EXITED) {
    exit.status = info.si_status;
  } else {
    exit.signal = info.si_status;
    exit.status = 128 + info.si_status;
  }
  const auto micros = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  exit.user_time = micros(usage.ru_utime);
  exit.system_time = micros(usage.ru_stime);
  exit.max_rss_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  return exit;
}

/// waitid(2) as the kernel has it, with the resource usage that glibc's wrapper leaves out.
std::optional<ProcessExit> wait_pid(pid_t pid, int flags) {
  siginfo_t info{};
  rusage usage{};
  long result = 0;
  do {
    result = ::syscall(SYS_waitid, P_PID, pid, &info, WEXITED | flags, &usage);
  } while (result != 0 && errno == EINTR);
  if (result != 0) throw system_error("wait for process", std::to_string(pid), errno);
  if (info.si_pid == 0) return std::nullopt;
  return exit_of(info, usage);
}

/// write(2) whose broken pipe is an answer (EPIPE), never a signal, whatever the program does with
/// SIGPIPE.
ssize_t write_without_signal(int fd, std::string_view bytes) {
  sigset_t pipe_only;
  sigemptyset(&pipe_only);
  sigaddset(&pipe_only, SIGPIPE);
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (written < 0 && error == EPIPE && sigismember(&before, SIGPIPE) == 0) {
    const timespec no_wait{};
    ::sigtimedwait(&pipe_only, nullptr, &no_wait);  // takes the signal that this write raised
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

void drain(int fd, std::string& into, bool& open) {
  constexpr std::size_t k_output_bytes_max = std::size_t{1} << 20;
  std::array<char, 16384> buffer;
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got <= 0) {
    open = false;
    return;
  }
  const std::size_t room = k_output_bytes_max - std::min(into.size(), k_output_bytes_max);
  into.append(buffer.data(), std::min(static_cast<std::size_t>(got), room));
}

}  // namespace

ProcessExit Child::wait() {
  auto exit = wait_pid(pid_, 0);
  WEIR_ASSERT(exit.has_value());
  return *exit;
}

std::optional<ProcessExit> Child::try_wait() {
  return wait_pid(pid_, WNOHANG);
}

void Child::signal_group(int signal) const {
  if (::kill(-pid_, signal) != 0) ::kill(pid_, signal);
}

std::optional<std::string> find_program(const std::string& name, const std::string& path_variable) {
  // As execvp(3): a folder that may not be searched is passed over.
  const auto runnable = [](const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos)
    return runnable(name) ? std::optional(name) : std::nullopt;
  std::size_t begin = 0;
  while (begin <= path_variable.size() && !name.empty()) {
    const std::size_t end = std::min(path_variable.find(':', begin), path_variable.size());
    const std::string folder = path_variable.substr(begin, end - begin);
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (runnable(candidate)) return candidate;
    begin = end + 1;
  }
  return std::nullopt;
}

Child spawn(const SpawnOptions& options) {
  WEIR_ASSERT(!options.argv.empty());
  const std::string& name = options.argv.front();
  const auto program = find_program(name, path_variable_of(options.environment));
  if (!program) {
    // By its path, and there: it is something else that is missing.
    if (name.find('/') != std::string::npos && ::access(name.c_str(), F_OK) == 0) {
      throw Error(ErrorKind::cannot_begin, "'" + name + "' is no program that may be executed")
          .with_hint("look at its type and its permissions: chmod +x");
    }
    throw Error(ErrorKind::cannot_begin, "cannot find the program '" + name + "'")
        .with_hint("install it, or give its path");
  }
  FileActions actions;
  if (!options.directory.empty()) actions.change_folder(options.directory);
  if (options.stdin_fd < 0) {
    actions.open_null(0);
  } else {
    actions.duplicate(options.stdin_fd, 0);
  }
  if (options.stdout_fd >= 0) actions.duplicate(options.stdout_fd, 1);
  if (options.stderr_fd >= 0) actions.duplicate(options.stderr_fd, 2);
  const GivenFds given(options.extra_fds);
  for (const auto& [ours, theirs] : given.pairs()) actions.duplicate(ours, theirs);
  actions.close_others(given.pairs());

  const Attributes attributes(options.group);
  const std::vector<char*> argv = pointers(options.argv);
  const std::vector<char*> environment =
      options.environment ? pointers(*options.environment) : std::vector<char*>{};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program->c_str(), actions.get(), attributes.get(),
                                  argv.data(), options.environment ? environment.data() : environ);
  if (error != 0) {
    Error failure = system_error("start", name, error);
    if (error == EAGAIN || error == ENOMEM || error == EMFILE) throw failure;
    throw Error(ErrorKind::cannot_begin, failure.message());
  }
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (pidfd < 0) throw system_error("watch process", std::to_string(pid), errno);
  return Child(pid, Fd(pidfd));
}

CommandResult run_command(SpawnOptions options, std::string_view input) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  options.stdin_fd = in.read.get();
  options.stdout_fd = out.write.get();
  options.stderr_fd = err.write.get();
  Child child = spawn(options);
  in.read.reset();
  out.write.reset();
  err.write.reset();
  set_nonblocking(in.write.get(), true);
  CommandResult result;
  bool out_open = true;
  bool err_open = true;
  if (input.empty()) in.write.reset();
  while (out_open || err_open) {
    std::array<pollfd, 3> polls{pollfd{out_open ? out.read.get() : -1, POLLIN, 0},
                                pollfd{err_open ? err.read.get() : -1, POLLIN, 0},
                                pollfd{in.write ? in.write.get() : -1, POLLOUT, 0}};
    if (::poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR)
      throw system_error("wait for", options.argv[0], errno);
    if (polls[0].revents != 0) drain(out.read.get(), result.output, out_open);
    if (polls[1].revents != 0) drain(err.read.get(), result.errors, err_open);
    if (polls[2].revents != 0) {
      const ssize_t written = write_without_signal(in.write.get(), input);
      if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
      // A program that does not read its input to the end has its reasons.
      if (input.empty() || (written < 0 && errno != EAGAIN && errno != EINTR)) in.write.reset();
    }
  }
  result.exit = child.wait();
  return result;
}

std::string own_executable() {
  std::error_code error;
  const fs::path path = fs::read_symlink("/proc/self/exe", error);
  if (error) throw system_error("find", "the running program", error.value());
  return path.native();
}

}  // namespace weir::base
