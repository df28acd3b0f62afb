#include "engine/task_observer.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;

namespace {

TaskEvent event(TaskEvent::Kind kind, int attempt = 1) {
  TaskEvent one;
  one.kind = kind;
  one.name = "P (1)";
  one.hash = "abcdef0123456789abcdef0123456789";
  one.cause = "Process `P (1)` terminated with an error exit status (1)";
  one.attempt = attempt;
  return one;
}

}  // namespace

TEST_SUITE("task log") {
  TEST_CASE("lines are those that upstream's log has") {
    using Kind = TaskEvent::Kind;
    CHECK(log_line(event(Kind::submitted)) == "[ab/cdef01] Submitted process > P (1)");
    CHECK(log_line(event(Kind::submitted, 2)) == "[ab/cdef01] Re-submitted process > P (1)");
    CHECK(log_line(event(Kind::cached)) == "[ab/cdef01] Cached process > P (1)");
    CHECK(log_line(event(Kind::stored)) == "[skipping] Stored process > P (1)");
    CHECK(log_line(event(Kind::ignored)) ==
          "[ab/cdef01] NOTE: Process `P (1)` terminated with an error exit status (1) -- Error is "
          "ignored");
    CHECK(log_line(event(Kind::retried, 1)) ==
          "[ab/cdef01] NOTE: Process `P (1)` terminated with an error exit status (1) -- Execution "
          "is retried (1)");
    CHECK(log_line(event(Kind::completed)).empty());
  }
}
