#include "engine/retry_policy.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;

TEST_SUITE("retry policy") {
  constexpr FailureDecision retry{.strategy = ErrorStrategy::retry, .max_retries = 2};

  TEST_CASE("a task is retried as often as maxRetries says") {
    CHECK(effective_strategy(retry, {.of_task = 1, .of_process = 1}, false) ==
          ErrorStrategy::retry);
    CHECK(effective_strategy(retry, {.of_task = 2, .of_process = 2}, false) ==
          ErrorStrategy::retry);
    CHECK(effective_strategy(retry, {.of_task = 3, .of_process = 3}, false) ==
          ErrorStrategy::terminate);
  }

  TEST_CASE("maxErrors counts the failures of all tasks of the process") {
    FailureDecision decision = retry;
    decision.max_errors = 3;
    CHECK(effective_strategy(decision, {.of_task = 1, .of_process = 2}, false) ==
          ErrorStrategy::retry);
    CHECK(effective_strategy(decision, {.of_task = 1, .of_process = 3}, false) ==
          ErrorStrategy::terminate);
  }

  TEST_CASE("what a retry cannot help is neither retried nor ignored") {
    CHECK(effective_strategy(retry, {}, true) == ErrorStrategy::terminate);
    CHECK(effective_strategy({.strategy = ErrorStrategy::ignore}, {}, true) ==
          ErrorStrategy::terminate);
    CHECK(effective_strategy({.strategy = ErrorStrategy::finish}, {}, true) ==
          ErrorStrategy::finish);
  }

  TEST_CASE("ignore, finish and terminate happen as asked") {
    for (const ErrorStrategy asked :
         {ErrorStrategy::ignore, ErrorStrategy::finish, ErrorStrategy::terminate})
      CHECK(effective_strategy({.strategy = asked}, {.of_task = 9, .of_process = 9}, false) ==
            asked);
  }

  TEST_CASE("arity is read and applied") {
    CHECK(parse_arity("1")->is_single());
    CHECK(parse_arity("0..1")->takes(0));
    CHECK_FALSE(parse_arity("1..3")->takes(4));
    CHECK(parse_arity("2..*")->takes(1000));
    CHECK_FALSE(parse_arity("2..*")->takes(1));
    for (const char* bad : {"", "x", "1..", "3..1", "-1", "1...2", "*"})
      CHECK_FALSE(parse_arity(bad).has_value());
  }
}
