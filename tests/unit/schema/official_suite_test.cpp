#include "base/error.hpp"
#include "base/file.hpp"
#include "suite.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>

// Where WEIR_JSON_SCHEMA_SUITE names a checkout of json-schema-org/JSON-Schema-Test-Suite, all of
// its tests of both drafts are run, but for keywords that are not served.

namespace weir::schema::test {
namespace {

namespace fs = std::filesystem;

TEST_SUITE_BEGIN("official suite");

/// Of keywords that JsonSchema says it does not serve.
bool is_left_out(const std::string& name) {
  return name == "vocabulary.json" || name == "content.json" || name == "format.json" ||
         name == "default.json";
}

void run(const fs::path& suite, const std::string& folder, const std::string& dialect) {
  JsonSchema::Options options;
  options.load = [&](const std::string& uri) -> std::optional<std::string> {
    const std::string prefix = "http://localhost:1234/";
    if (!uri.starts_with(prefix)) return std::nullopt;
    return base::try_read_file(suite / "remotes" / uri.substr(prefix.size()));
  };
  Tally tally;
  for (const std::string& name : base::list_folder(suite / "tests" / folder)) {
    if (!name.ends_with(".json") || is_left_out(name)) continue;
    run_suite(folder + "/" + name, Json::parse(base::read_file(suite / "tests" / folder / name)),
              dialect, options, tally);
  }
  // Host names with punycode are not checked letter by letter, so hostname.json is left out.
  for (const char* const format : {"date", "date-time", "duration", "email", "ipv4", "ipv6",
                                   "json-pointer", "time", "uri", "uuid"}) {
    const fs::path file =
        suite / "tests" / folder / "optional" / "format" / (std::string(format) + ".json");
    if (const auto text = base::try_read_file(file))
      run_suite(folder + "/format/" + format, Json::parse(*text), dialect, options, tally);
  }
  MESSAGE(folder << ": " << tally.right << " right, " << tally.wrong << " wrong, " << tally.refused
                 << " of schemas that are refused");
  CHECK(tally.right > 1'000);
  CHECK(tally.refused < 10);
}

TEST_CASE("both drafts answer as the official suite says") {
  const char* const suite = std::getenv("WEIR_JSON_SCHEMA_SUITE");
  if (suite == nullptr) {
    MESSAGE("skipped: WEIR_JSON_SCHEMA_SUITE is not set");
    return;
  }
  run(suite, "draft2020-12", "https://json-schema.org/draft/2020-12/schema");
  run(suite, "draft7", "http://json-schema.org/draft-07/schema#");
}

}  // namespace
}  // namespace weir::schema::test
