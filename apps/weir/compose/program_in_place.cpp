#include "compose/program_in_place.hpp"

#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <optional>

namespace weir::app {
namespace {

/// Whether Ctrl-C reaches this process's group.
bool has_terminal() {
  const base::Fd terminal(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC));
  return terminal && ::tcgetpgrp(terminal.get()) == ::getpgrp();
}

}  // namespace

ExitStatus run_in_place(const std::vector<std::string>& program,
                        const std::vector<std::string>& environment,
                        const std::vector<int>& inherited) {
  constexpr int k_first = 100;
  base::SpawnOptions options;
  options.argv = program;
  options.environment = environment;
  options.stdin_fd = STDIN_FILENO;
  options.group = base::SpawnOptions::Group::inherit;
  for (std::size_t i = 0; i < inherited.size(); ++i)
    options.extra_fds.emplace_back(inherited[i], k_first + static_cast<int>(i));
  base::EventLoop loop;
  std::optional<base::Child> child;
  // First, so that none is lost or ends weir alone.
  for (const int signal : {SIGTERM, SIGHUP, SIGINT}) {
    loop.on_signal(signal, [&child](int number) {
      if (number != SIGINT || !has_terminal()) child->signal_group(number);
    });
  }
  child.emplace(base::spawn(options));
  loop.on_readable(child->pidfd(), [&loop] { loop.stop(); });
  loop.run();
  return static_cast<ExitStatus>(child->wait().status);
}

}  // namespace weir::app
