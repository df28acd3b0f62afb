#include "base/internal/host_setup.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <utility>

namespace weir::base::internal {
namespace {

/// Default action for every signal, all of them blocked: only KILL and STOP reach the host, and its
/// programs need no more than an empty mask.
int take_over_signals() {
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t watched;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  return ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

constexpr int k_control = 3;
constexpr int k_standby = 4;

/// Keeps nothing of the controller's descriptors but the sockets, under the numbers above.
void close_foreign_descriptors(HostSockets sockets) {
  const int control = ::fcntl(sockets.control.release(), F_DUPFD_CLOEXEC, k_standby + 1);
  const int standby = ::fcntl(sockets.standby.release(), F_DUPFD_CLOEXEC, k_standby + 1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard = 0; standard < k_control; ++standard) ::dup2(null, standard);
  ::dup3(control, k_control, O_CLOEXEC);
  ::dup3(standby, k_standby, O_CLOEXEC);
  ::close_range(k_standby + 1, ~0U, 0);
}

/// Scheduling attributes as sched_setattr(2) has them; Debian's libc has no declaration of them.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t period_ns = 0;
};

/// The host works for microseconds, and a place is empty until it has: it asks for short slices, so
/// that the kernel (Linux 6.12 and newer; others ignore it) lets it run before tasks that compute.
/// Its programs have the slices that everybody has.
void ask_for_short_slices() {
  constexpr std::uint64_t k_reset_on_fork = 1;
  constexpr std::uint64_t k_slice_ns = 100'000;
  const int nice = ::getpriority(PRIO_PROCESS, 0);
  // Resetting would take a better priority from the programs.
  if (::sched_getscheduler(0) != SCHED_OTHER || nice < 0) return;
  SchedulingAttributes attributes;
  attributes.flags = k_reset_on_fork;
  attributes.nice = nice;
  attributes.runtime_ns = k_slice_ns;
  static_cast<void>(::syscall(SYS_sched_setattr, 0, &attributes, 0U));
}

}  // namespace

HostDescriptors become_host(HostSockets sockets) {
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::prctl(PR_SET_NAME, "weir-host");
  ask_for_short_slices();
  close_foreign_descriptors(std::move(sockets));
  return {k_control, k_standby, take_over_signals()};
}

}  // namespace weir::base::internal
