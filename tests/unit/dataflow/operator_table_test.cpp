#include "dataflow/operator_table.hpp"

#include "base/error.hpp"
#include "dataflow/sorting.hpp"
#include "flow_harness.hpp"
#include "lang/vocabulary.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

namespace weir::dataflow::test {
namespace {

std::string failure_of(const std::string& script) {
  FlowHarness harness;
  try {
    harness.run(script);
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "";
}

TEST_SUITE("operators") {
  TEST_CASE("no two operators share a name and each has a line of documentation") {
    std::set<std::string_view> names;
    for (const OperatorRow& row : all_operators()) {
      CHECK(names.insert(row.name).second);
      CHECK_FALSE(row.doc.empty());
      CHECK(find_operator(row.name) != nullptr);
    }
    CHECK(find_operator("noSuchOperator") == nullptr);
  }

  TEST_CASE("each operator is a name of the language") {
    for (const OperatorRow& row : all_operators()) {
      const bool conversion = row.name.starts_with("to") && row.name != "toList" &&
                              row.name != "toSortedList" && row.name != "toInteger";
      CAPTURE(row.name);
      CHECK((conversion || lang::find_function(lang::channel_operators(), row.name) != nullptr));
    }
  }

  TEST_CASE("an unknown option is refused with the nearest known one") {
    CHECK(failure_of("channel.of([1, 2]).groupTuple(sise: 2)") ==
          "'groupTuple' has no option 'sise' | did you mean 'size'");
  }

  TEST_CASE("a wrong number of arguments is refused") {
    CHECK(failure_of("channel.of(1).collate(1, 2, true, 4)").find("collate") != std::string::npos);
  }

  TEST_CASE("an error in a closure names the place of the expression") {
    FlowHarness harness;
    try {
      harness.run("channel.of(1, 0).map { x -> 10.intdiv(x) }.view()");
      FAIL("nothing was thrown");
    } catch (const lang::ScriptException& exception) {
      CHECK(exception.class_name() == "ArithmeticException");
      CHECK(exception.span().known());
    }
  }

  TEST_CASE("the published order of collectFile follows from the hash of the entries") {
    CHECK(entry_hash(Value::string("Halo\n")) < entry_hash(Value::string("Hola\n")));
    CHECK(entry_hash(Value::string("Hola\n")) < entry_hash(Value::string("Hello\n")));
  }

  TEST_CASE("murmur3 gives the first half of the reference digest") {
    // MurmurHash3_x64_128 with seed 0 of the empty text, and of "hello" (Appleby's smhasher).
    CHECK(murmur3_hash("") == 0);
    CHECK(static_cast<std::uint64_t>(murmur3_hash("hello")) == 0xcbd8a7b341bd9b02ULL);
  }

  TEST_CASE("three hundred thousand items pass through a chain of operators") {
    FlowHarness harness;
    harness.run(
        "channel.of(1..300000).map { x -> [x % 1000, x] }.filter { r -> r[0] != 1 "
        "}.groupTuple().count().view()");
    CHECK(harness.printed == "999\n");
  }
}

}  // namespace
}  // namespace weir::dataflow::test
