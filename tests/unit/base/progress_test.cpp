#include "base/progress.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir::base;
using std::chrono::seconds;

namespace {

constexpr std::int64_t k_mib = 1 << 20;

}  // namespace

TEST_CASE("a line tells stage, share, bytes, rate and time left") {
  const Progress progress{"calls.vcf", "load", 50 * k_mib, 200 * k_mib, seconds(5)};
  CHECK(progress_line(progress, 120) ==
        "calls.vcf  load  [#####...............]   25%  50.0 MB of 200.0 MB  10.0 MB/s  15s left");
}

TEST_CASE("what is not known is left out") {
  CHECK(progress_line({"x.bam", "fetch", 3 * k_mib, 0, seconds(3)}, 100) ==
        "x.bam  fetch  3.0 MB  1.0 MB/s");
  CHECK(progress_line({"x.bam", "sort", 0, 100, seconds(0)}, 100) ==
        "x.bam  sort  [....................]    0%  0 B of 100 B");
}

TEST_CASE("more done than there was to do is all of it") {
  const std::string line = progress_line({"x", "load", 300, 200, seconds(1)}, 100);
  CHECK(line.find("100%") != std::string::npos);
  CHECK(line.find("0s left") != std::string::npos);
}

TEST_CASE("a narrow terminal loses the bar first, then the numbers; the line always fits") {
  const Progress progress{"a/long/way/to/calls.vcf", "load", 50 * k_mib, 200 * k_mib, seconds(5)};
  CHECK(progress_line(progress, 70).find("[") == std::string::npos);
  CHECK(progress_line(progress, 70).find("calls.vcf") != std::string::npos);
  CHECK(progress_line(progress, 30) == "…/way/to/calls.vcf  load   25%");
  for (std::size_t columns = 1; columns < 130; ++columns) {
    std::size_t cells = 0;
    for (const char c : progress_line(progress, columns))
      cells += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    CHECK(cells <= columns);
  }
}

TEST_CASE("a name cannot speak to the terminal") {
  CHECK(progress_line({"a\033[2Jb", "load", 1, 0, seconds(0)}, 100) == "a\\x1b[2Jb  load  1 B");
}
