#include "suite.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace weir::schema::test {

void run_suite(const std::string& name, const Json& groups, const std::string& dialect,
               const JsonSchema::Options& options, Tally& tally) {
  for (const Json& group : groups) {
    Json source = group["schema"];
    if (source.is_object() && !source.contains("$schema")) source["$schema"] = dialect;
    const std::string about = name + ": " + group["description"].get<std::string>();
    try {
      const JsonSchema schema(source.dump(), "suite.json", options);
      for (const Json& test : group["tests"]) {
        const Findings found = schema.validate(test["data"]);
        const bool right = found.ok() == test["valid"].get<bool>();
        ++(right ? tally.right : tally.wrong);
        CHECK_MESSAGE(right, about << ": " << test["description"].get<std::string>()
                                   << (found.ok() ? "" : ": " + fault_text(found.faults.front())));
        if (!test.contains("error")) continue;
        REQUIRE_MESSAGE(found.faults.size() == 1, about);
        CHECK_MESSAGE(fault_text(found.faults.front()) == test["error"].get<std::string>(), about);
      }
    } catch (const Error& error) {
      tally.refused += group["tests"].size();
      if (group.contains("refused")) {
        CHECK_MESSAGE(error.message() == group["refused"].get<std::string>(), about);
      } else {
        MESSAGE(about << " is refused: " << error.message());
      }
    }
  }
}

}  // namespace weir::schema::test
