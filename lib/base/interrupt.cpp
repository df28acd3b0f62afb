#include "base/interrupt.hpp"

#include "base/error.hpp"

#include <array>
#include <csignal>
#include <cstddef>

namespace weir::base {
namespace {

constexpr std::array k_signals{SIGINT, SIGTERM, SIGHUP};

// What a signal handler may touch: lock-free atomics only.
std::atomic<bool> g_requested{false};
std::atomic<int> g_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);
std::array<struct sigaction, k_signals.size()> g_former;
bool g_watching = false;

void note(int number) {
  int none = 0;
  g_signal.compare_exchange_strong(none, number);
  g_requested = true;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  WEIR_ASSERT(!g_watching);
  g_watching = true;
  g_requested = false;
  g_signal = 0;
  struct sigaction action {};
  action.sa_handler = note;
  // The second one ends the program; system calls go on after the first.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (std::size_t i = 0; i < k_signals.size(); ++i) {
    ::sigaction(k_signals.at(i), nullptr, &g_former.at(i));
    // Somebody who started us with nohup meant it.
    if (g_former.at(i).sa_handler != SIG_IGN) ::sigaction(k_signals.at(i), &action, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  for (std::size_t i = 0; i < k_signals.size(); ++i)
    ::sigaction(k_signals.at(i), &g_former.at(i), nullptr);
  g_watching = false;
}

const std::atomic<bool>& InterruptWatch::requested() const {
  return g_requested;
}

int InterruptWatch::signal_number() const {
  return g_signal;
}

}  // namespace weir::base
