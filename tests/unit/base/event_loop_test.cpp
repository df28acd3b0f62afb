#include "base/event_loop.hpp"
#include "base/fd.hpp"

#include <doctest/doctest.h>

#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

using namespace weir::base;
using namespace std::chrono_literals;

TEST_SUITE("event loop") {
  TEST_CASE("run returns when nothing is left to wait for") {
    EventLoop loop;
    loop.run();
    int runs = 0;
    loop.post([&] { ++runs; });
    loop.run();
    loop.post([&] { ++runs; });
    loop.run();
    CHECK(runs == 2);
  }

  TEST_CASE("timers fire in the order of their delays") {
    EventLoop loop;
    std::string order;
    loop.after(2ms, [&] { order += 'b'; });
    loop.after(1ms, [&] { order += 'a'; });
    loop.run();
    CHECK(order == "ab");
  }

  TEST_CASE("a cancelled timer never fires") {
    EventLoop loop;
    bool fired = false;
    const EventLoop::Id id = loop.after(1ms, [&] { fired = true; });
    loop.after(0ms, [&] { loop.cancel(id); });
    loop.run();
    CHECK_FALSE(fired);
  }

  TEST_CASE("a readable descriptor is told until it is cancelled, and stays open") {
    EventLoop loop;
    Pipe pipe = make_pipe();
    write_all(pipe.write.get(), "xyz", "pipe");
    std::string got;
    EventLoop::Id id = 0;
    id = loop.on_readable(pipe.read.get(), [&] {
      char c = 0;
      CHECK(read_some(pipe.read.get(), &c, 1, "pipe") == 1);
      got += c;
      if (got.size() == 3) loop.cancel(id);
    });
    loop.run();
    CHECK(got == "xyz");
    write_all(pipe.write.get(), "!", "pipe");
    char c = 0;
    CHECK(read_some(pipe.read.get(), &c, 1, "pipe") == 1);
  }

  TEST_CASE("other threads come in by post, and hold keeps the loop waiting for them") {
    EventLoop loop;
    loop.hold();
    bool arrived = false;
    std::thread other([&] {
      loop.post([&] {
        arrived = true;
        loop.release();
      });
    });
    loop.run();
    other.join();
    CHECK(arrived);
  }

  TEST_CASE("signals arrive as events") {
    EventLoop loop;
    int seen = 0;
    EventLoop::Id id = 0;
    id = loop.on_signal(SIGUSR1, [&](int signal) {
      seen = signal;
      loop.cancel(id);
    });
    ::kill(::getpid(), SIGUSR1);
    loop.run();
    CHECK(seen == SIGUSR1);
  }

  TEST_CASE("an exception from a handler reaches the caller of run, and the loop goes on") {
    EventLoop loop;
    loop.post([] { throw std::runtime_error("handler"); });
    bool later = false;
    loop.post([&] { later = true; });
    CHECK_THROWS_AS(loop.run(), std::runtime_error);
    loop.run();
    CHECK(later);
  }
}
