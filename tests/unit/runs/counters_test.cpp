#include "runs/counters.hpp"

#include "runs_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::runs;

TEST_CASE("nothing is said about a percentage before there is a task") {
  Counters counters;
  CHECK_FALSE(counters.fraction().has_value());
  CHECK(counters.to_json().find(R"("percent":null)") != std::string::npos);
}

TEST_CASE("a retried attempt is no failure of the run, an ignored one is completed") {
  Counters counters;
  counters.note(a_task(1, "submitted"));
  counters.note(a_task(1, "running"));
  counters.note(a_task(1, "failed"));
  counters.note(a_task(1, "retried"));
  CHECK(counters.total() == 0);
  counters.note(a_task(1, "submitted", 2));
  counters.note(a_task(1, "completed", 2));
  counters.note(a_task(2, "submitted"));
  counters.note(a_task(2, "failed"));
  counters.note(a_task(2, "ignored"));
  CHECK(counters.totals().retries == 1);
  CHECK(counters.totals().failed == 2);
  CHECK(counters.total() == 2);
  CHECK(counters.completed() == 2);
}

TEST_CASE("a state told again changes nothing") {
  Counters counters;
  for (int i = 0; i < 3; ++i) {
    counters.note(a_task(1, "submitted"));
    counters.note(a_task(1, "running"));
  }
  for (int i = 0; i < 3; ++i) counters.note(a_task(1, "completed"));
  CHECK(counters.total() == 1);
  CHECK(counters.completed() == 1);
  CHECK(counters.to_json().find(R"("running":0)") != std::string::npos);
}

TEST_CASE("what an engine does not tell is null, not a guess") {
  Counters counters;
  counters.set_running_known(false);
  counters.note(a_task(1, "submitted"));
  CHECK(counters.to_json().find(R"("running":null,"submitted":1)") != std::string::npos);
  counters.set_source("none");
  CHECK(counters.to_json().find(R"("percent":null)") != std::string::npos);
}

TEST_CASE("a percentage is never rounded up to a hundred") {
  Counters counters;
  for (int i = 1; i <= 2000; ++i) counters.note(a_task(i, i == 1 ? "submitted" : "cached"));
  CHECK(counters.to_json().find(R"("percent":99.9)") != std::string::npos);
}

TEST_CASE("a task that ended well and then missed an output has failed, whatever becomes of it") {
  for (const std::string became : {"failed", "ignored", "retried"}) {
    Counters counters;
    counters.note(a_task(1, "submitted"));
    counters.note(a_task(1, "completed"));
    counters.note(a_task(1, became));
    counters.note(a_task(1, became));
    CHECK(counters.totals().succeeded == 0);
    CHECK(counters.totals().failed == 1);
    CHECK(counters.total() == (became == "retried" ? 0 : 1));
  }
}
