#include "schema/json_schema.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "suite.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace weir::schema::test {
namespace {

TEST_SUITE_BEGIN("json schema");

TEST_CASE("keywords accept and refuse what keywords.json says") {
  Tally tally;
  run_suite("keywords.json", Json::parse(base::read_file(WEIR_SCHEMA_TESTS "/keywords.json")),
            "https://json-schema.org/draft/2020-12/schema", {}, tally);
  CHECK(tally.right > 100);
  CHECK(tally.wrong == 0);
}

TEST_CASE("malformed JSON is refused with its place") {
  try {
    const JsonSchema schema("{\"type\":\n  \"string\",,}", "rules.json", {});
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.place().file == "rules.json");
    CHECK(error.place().line == 2);
    CHECK(error.place().column == 12);
    CHECK(error.kind() == ErrorKind::input);
  }
}

TEST_CASE("other drafts are refused by name") {
  CHECK_THROWS_WITH(
      JsonSchema(R"({"$schema": "http://json-schema.org/draft-04/schema#"})", "old.json", {}),
      "the schema 'old.json' is of the dialect 'http://json-schema.org/draft-04/schema#'");
}

TEST_CASE("a document nested too deeply is refused, not crashed on") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK_THROWS_AS(static_cast<void>(parse_json(deep, "deep.json")), Error);
}

TEST_CASE("a schema that refers to itself without end is told so") {
  const JsonSchema schema(R"({"allOf": [{"$ref": "#"}]})", "loop.json", {});
  CHECK_THROWS_WITH(static_cast<void>(schema.validate(Json(1))),
                    "the schema refers to itself without end");
}

TEST_CASE("a schema whose alternatives multiply runs out of steps") {
  std::string text = R"({"$ref": "#/$defs/s0", "$defs": {)";
  for (int i = 0; i < 60; ++i) {
    text += "\"s" + std::to_string(i) + "\": {\"allOf\": [{\"$ref\": \"#/$defs/s" +
            std::to_string(i + 1) + "\"}, {\"$ref\": \"#/$defs/s" + std::to_string(i + 1) +
            "\"}]}, ";
  }
  text += R"("s60": {"type": "string"}}})";
  const JsonSchema schema(text, "wide.json", {});
  CHECK_THROWS_WITH(static_cast<void>(schema.validate(Json("x"))),
                    "the schema asks for more steps than a document of this size may take");
}

TEST_CASE("a chain of references of any length does not exhaust the stack") {
  std::string text = R"({"$ref": "#/$defs/s0", "$defs": {)";
  for (int i = 0; i < 20'000; ++i) {
    text +=
        "\"s" + std::to_string(i) + "\": {\"$ref\": \"#/$defs/s" + std::to_string(i + 1) + "\"}, ";
  }
  text += R"("s20000": {"type": "string"}}})";
  CHECK_THROWS_WITH(JsonSchema(text, "chain.json", {}),
                    "the schema 'chain.json': its schemas refer to each other in too long a chain");
}

TEST_CASE("a pattern that takes too long is told so, and a schema that is too large") {
  const JsonSchema schema(R"({"pattern": "^(a+)+$"})", "slow.json", {});
  CHECK(schema.validate(Json("aaaa")).ok());
  CHECK_THROWS_WITH(
      static_cast<void>(schema.validate(Json("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"))),
      "the schema's pattern '^(a+)+$' takes too long on "
      "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'");
  const std::string large =
      R"({"description": ")" + std::string(JsonSchema::k_bytes_max, 'x') + R"("})";
  CHECK_THROWS_AS(JsonSchema(large, "large.json", {}), Error);
}

TEST_CASE("faults are all counted, so many are kept") {
  const JsonSchema schema(R"({"items": {"type": "integer"}})", "list.json", {});
  Json list = Json::array();
  for (int i = 0; i < 5'000; ++i) list.push_back("x");
  const Findings found = schema.validate(list);
  CHECK(found.errors == 5'000);
  CHECK(found.faults.size() == Findings::k_kept_max);
  CHECK(found.faults[7].pointer == "/7");
}

TEST_CASE("lenient schemas take numbers and booleans as strings") {
  JsonSchema::Options options;
  options.lenient = true;
  const JsonSchema schema(R"({"items": {"type": "string"}})", "list.json", options);
  CHECK(schema.validate(Json::parse(R"(["a", 1, 1.5, true, null])")).ok());
  CHECK(schema.validate(Json::parse(R"([["a"]])")).errors == 1);
}

}  // namespace
}  // namespace weir::schema::test
