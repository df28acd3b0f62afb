#include "base/interrupt.hpp"

#include <doctest/doctest.h>

#include <csignal>

using weir::base::InterruptWatch;

namespace {

bool is_default(int number) {
  struct sigaction action {};
  ::sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_DFL;
}

}  // namespace

TEST_CASE("the first signal is noted, and the second one would end the program") {
  const bool before = is_default(SIGTERM);
  {
    const InterruptWatch watch;
    CHECK_FALSE(watch.requested());
    CHECK(watch.signal_number() == 0);
    ::raise(SIGTERM);
    CHECK(watch.requested());
    CHECK(watch.signal_number() == SIGTERM);
    CHECK(is_default(SIGTERM));
    ::raise(SIGINT);
    CHECK(watch.signal_number() == SIGTERM);
  }
  CHECK(is_default(SIGTERM) == before);
}

TEST_CASE("a signal that is ignored from the start stays ignored") {
  auto* former = ::signal(SIGHUP, SIG_IGN);
  {
    const InterruptWatch watch;
    ::raise(SIGHUP);
    CHECK_FALSE(watch.requested());
  }
  ::signal(SIGHUP, former);
}
