#include "engine/memory_watch.hpp"

#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>

namespace weir::engine {
namespace {

using namespace std::chrono_literals;

/// A shell that waits for the end of its input, and a child of it that does, too.
struct TwoPrograms {
  base::Pipe input = base::make_pipe();
  base::Pipe output = base::make_pipe();
  base::Child shell;

  TwoPrograms() : shell(start()) {
    output.write.reset();
    char ready = 0;
    REQUIRE(base::read_some(output.read.get(), &ready, 1, "the pipe") == 1);
  }
  ~TwoPrograms() {
    input.write.reset();
    shell.wait();
  }
  base::Child start() {
    base::SpawnOptions options;
    options.argv = {"sh", "-c", "cat <&3 & echo; wait"};
    options.extra_fds = {{input.read.get(), 3}};
    options.stdout_fd = output.write.get();
    return base::spawn(options);
  }
};

TEST_SUITE("memory watch") {
  TEST_CASE("the memory of a tree is that of all its programs") {
    const TwoPrograms programs;
    const auto children = base::descendants_of(programs.shell.pid());
    REQUIRE(children.size() == 1);
    const auto memory = base::memory_of_trees({programs.shell.pid(), children[0], ::getpid()});
    REQUIRE(memory.size() == 3);
    CHECK(memory[1].resident > 0);
    CHECK(memory[1].address_space > memory[1].resident);
    CHECK(memory[0].address_space > memory[1].address_space);
    CHECK(memory[0].address_space_peak >= memory[0].address_space);
    CHECK(memory[2].resident > memory[0].resident);
  }

  TEST_CASE("a task that has run for a moment was seen, one that has not was not") {
    base::EventLoop loop;
    const TwoPrograms programs;
    MemoryWatch watch(loop);
    watch.add(1, programs.shell.pid());
    watch.add(2, programs.shell.pid());
    CHECK_FALSE(watch.remove(2).has_value());
    CHECK_FALSE(watch.remove(3).has_value());
    loop.after(300ms, [&] { loop.stop(); });  // later than the first look
    loop.run();
    const auto seen = watch.remove(1);
    REQUIRE(seen.has_value());
    CHECK(seen->resident > 0);
    CHECK(seen->address_space_peak >= seen->address_space);
    CHECK_FALSE(watch.remove(1).has_value());
  }
}

}  // namespace
}  // namespace weir::engine
