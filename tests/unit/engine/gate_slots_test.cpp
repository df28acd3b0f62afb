#include "engine/internal/gate_slots.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace weir::engine;
using weir::engine::internal::GateSlots;

namespace {

GateSpecPtr gate(const std::string& name, int max_concurrency) {
  auto spec = std::make_shared<GateSpec>();
  spec->name = name;
  spec->max_concurrency = max_concurrency;
  return spec;
}

struct Started {
  std::vector<std::string> names;
  std::function<void()> note(const std::string& name) {
    return [this, name] { names.push_back(name); };
  }
};

}  // namespace

TEST_CASE("a gate has no more processes than it may, and one that waits holds up no other gate") {
  GateSlots slots(3);
  Started started;
  const GateSpecPtr narrow = gate("narrow", 1);
  const GateSpecPtr wide = gate("wide", 8);
  slots.want(narrow, started.note("n1"));
  slots.want(narrow, started.note("n2"));
  slots.want(narrow, started.note("n3"));
  slots.want(wide, started.note("w1"));
  slots.want(wide, started.note("w2"));
  slots.want(wide, started.note("w3"));
  CHECK(started.names == std::vector<std::string>{"n1", "w1", "w2"});
  CHECK(slots.give_back(narrow));
  CHECK(started.names.size() == 3);
  slots.give();
  CHECK(started.names.back() == "n2");
  CHECK(slots.give_back(wide));
  slots.give();
  CHECK(started.names.back() == "w3");
  CHECK_FALSE(slots.is_idle());
}

TEST_CASE("after all processes are gone those that wait start, and late ends are not counted") {
  GateSlots slots(1);
  Started started;
  const GateSpecPtr one = gate("one", 1);
  slots.want(one, started.note("first"));
  slots.want(one, started.note("second"));
  slots.forget_running();
  CHECK_FALSE(slots.give_back(one));
  slots.give();
  CHECK(started.names == std::vector<std::string>{"first", "second"});
  slots.want(one, started.note("third"));
  slots.clear();
  CHECK(slots.give_back(one));
  slots.give();
  CHECK(started.names.size() == 2);
  CHECK(slots.is_idle());
}
