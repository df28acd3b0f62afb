#include "genomics/problem.hpp"

#include <doctest/doctest.h>
#include <set>

namespace weir::genomics {

TEST_SUITE_BEGIN("problem");

TEST_CASE("the catalogue is in the order of the enumeration") {
  const std::vector<ProblemInfo> all = problem_catalogue();
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(static_cast<std::size_t>(all[i].problem) == i);
    CHECK_FALSE(all[i].code.empty());
    CHECK_FALSE(all[i].sentence.empty());
  }
}

TEST_CASE("the earliest fatal problem is the one that refuses") {
  ProblemTally tally;
  tally.add(Problem::crlf, {.line = 1, .byte_offset = 0});
  tally.add(Problem::bad_integer, {.line = 9, .byte_offset = 90}, "late");
  tally.add(Problem::start_after_end, {.line = 4, .byte_offset = 40}, "chr1\t9\t3");
  tally.add(Problem::start_after_end, {.line = 7, .byte_offset = 70});
  try {
    tally.refuse_if_fatal(LinePolicy::normal, "x.bed");
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.code() == "start_after_end");
    CHECK(error.place().line == 4);
    CHECK(error.place().byte_offset == 40);
    CHECK(error.message().find("2 places") != std::string::npos);
    CHECK(error.message().find("chr1\t9") != std::string::npos);
  }
  CHECK_NOTHROW(tally.refuse_if_fatal(LinePolicy::lenient, "x.bed"));
  CHECK_THROWS_AS(tally.refuse_if_fatal(LinePolicy::strict, "x.bed"), Error);
}

TEST_SUITE_END();

}  // namespace weir::genomics
