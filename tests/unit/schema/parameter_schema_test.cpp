#include "schema/parameter_schema.hpp"

#include "base/error.hpp"
#include "real_files.hpp"
#include "schema/parameter_help.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace weir::schema::test {
namespace {

TEST_SUITE_BEGIN("parameter schema");

constexpr const char* k_schema = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "pipeline", "type": "object",
  "$defs": {
    "other": {"title": "Other", "properties": {"spare": {"type": "integer"}}},
    "io": {
      "title": "Input and output", "type": "object", "required": ["input", "outdir"],
      "properties": {
        "input": {"type": "string", "format": "file-path", "exists": true,
                  "schema": "assets/sheet.json", "description": "The sheet of samples."},
        "outdir": {"type": "string", "format": "directory-path",
                   "description": "Where results go."},
        "mode": {"type": "string", "enum": ["fast", "exact"], "default": "fast",
                 "description": "How."}
      }
    },
    "limits": {
      "title": "Limits", "type": "object",
      "properties": {
        "cpus": {"type": "integer", "minimum": 1, "default": 0, "hidden": true},
        "tag": {"type": ["string", "integer"]},
        "genome": {"type": "object", "properties": {"fasta": {"type": "string"}}}
      }
    }
  },
  "allOf": [{"$ref": "#/$defs/io"}, {"$ref": "#/$defs/limits"}],
  "properties": {"help": {"type": ["boolean", "string"], "description": "Show help."}}
})";

class Pipeline {
 public:
  explicit Pipeline(const char* text = k_schema) : files_(dir_.path()) {
    base::make_folders(dir_.path() / "assets");
    base::make_folders(dir_.path() / "out");
    base::write_file(dir_.path() / "assets/sheet.json", R"({
      "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array",
      "items": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}})");
    base::write_file(dir_.path() / "good.csv", "id\ns1\n");
    base::write_file(dir_.path() / "bad.csv", "id,x\n,2\n");
    ParameterSchema::Options options;
    options.files = &files_;
    schema_.emplace(text, "nextflow_schema.json", options);
  }
  std::vector<std::string> faults(const std::string& params,
                                  const ParameterSchema::CheckOptions& options = {}) {
    std::vector<std::string> texts;
    for (const Fault& fault : schema_->check(Json::parse(params), options).faults) {
      const bool warning = fault.severity == Fault::Severity::warning;
      texts.push_back((warning ? "warning: " : "") + fault_text(fault));
    }
    return texts;
  }
  ParameterSchema& schema() { return *schema_; }

 private:
  base::TempDir dir_;
  FolderFiles files_;
  std::optional<ParameterSchema> schema_;
};

using Texts = std::vector<std::string>;

TEST_CASE("parameters in order, sheets within") {
  Pipeline pipeline;
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "mode": null})") == Texts{});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": 0, "mode": "fats"})") ==
        Texts{"--mode (fats): must be one of: fast, exact; did you mean 'fast'",
              "--cpus (0): must be at least 1"});
  CHECK(pipeline.faults(R"({"input": "bad.csv", "outdir": "good.csv"})") ==
        Texts{"bad.csv, row 2, column 'id': is required",
              "--outdir (good.csv): is a file, not a folder"});
  CHECK(pipeline.faults(R"({"input": "out"})") ==
        Texts{"--outdir: is required", "--input (out): is a folder, not a file"});
}

TEST_CASE("what is empty counts as not given") {
  Pipeline pipeline;
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": "", "mode": {}})") ==
        Texts{});
  CHECK(pipeline.faults(R"({"input": "", "outdir": "out"})") == Texts{"--input: is required"});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": false})") == Texts{});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": true})") ==
        Texts{"--cpus (true): must be integer, not boolean"});
}

TEST_CASE("a pattern of names is not the name of a file") {
  Pipeline pipeline;
  CHECK(pipeline.faults(R"({"input": "good*", "outdir": "out"})") ==
        Texts{"--input (good*): is a pattern of names, not the name of one"});
}

TEST_CASE("remote files are left alone, and that is said") {
  Pipeline pipeline;
  const Findings found = pipeline.schema().check(
      Json::parse(R"({"input": "s3://bucket/sheet.csv", "outdir": "s3://bucket/out"})"), {});
  CHECK(found.ok());
  REQUIRE(found.faults.size() == 2);
  CHECK(found.faults[0].severity == Fault::Severity::unchecked);
  CHECK(found.faults[0].keyword == "exists");
  CHECK(found.faults[1].keyword == "schema");
}

TEST_CASE("parameters that nobody knows") {
  Pipeline pipeline;
  const std::string params = R"({"input": "good.csv", "outdir": "out", "outdri": "x", )"
                             R"("genome": {"gtf": 1}, "igenomes": {"a": 1}})";
  ParameterSchema::CheckOptions options;
  options.ignored = {"igenomes"};
  CHECK(pipeline.faults(params, options) ==
        Texts{"warning: --outdri (x): is not a parameter of this pipeline; did you mean '--outdir'",
              "warning: --genome.gtf (1): is not a parameter of this pipeline; did you mean "
              "'--genome'"});
  options.unknown = ParameterSchema::Unknown::fail;
  CHECK(pipeline.schema().check(Json::parse(params), options).errors == 2);
  options.unknown = ParameterSchema::Unknown::skip;
  CHECK(pipeline.faults(params, options) == Texts{});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "profile": "test"})", options) ==
        Texts{"--profile (test): is an option of the run, not a parameter: write -profile"});
}

TEST_CASE("texts of the command line become what the schema wants, or stay texts") {
  Pipeline pipeline;
  ParameterSchema::CheckOptions options;
  options.from_command_line = {"cpus", "tag", "outdir"};
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "001", "cpus": "4", "tag": "1e5"})",
                        options) == Texts{});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": "four"})", options) ==
        Texts{"--cpus (four): must be integer, not string"});
  CHECK(pipeline.faults(R"({"input": "good.csv", "outdir": "out", "cpus": "4"})") ==
        Texts{"--cpus (4): must be integer, not string"});
}

TEST_CASE("integers are those that 64 bits hold, wherever they are written") {
  Pipeline pipeline;
  const std::string range = "must be an integer from -9223372036854775808 to 9223372036854775807";
  const std::string rest = R"(, "input": "good.csv", "outdir": "out"})";
  const auto of_command_line = [&](const std::string& text) {
    return pipeline.faults("{\"spare\": 1, \"cpus\": \"" + text + "\"" + rest,
                           {.from_command_line = {"cpus"}});
  };
  const auto of_file = [&](const std::string& number) {
    return pipeline.faults("{\"spare\": 1, \"cpus\": " + number + rest);
  };
  CHECK(of_command_line("9223372036854775807") == Texts{});
  CHECK(of_command_line("9223372036854775808") == Texts{"--cpus (9223372036854775808): " + range});
  CHECK(of_command_line("1.5") == Texts{"--cpus (1.5): must be integer, not number"});
  CHECK(of_command_line("1e400") == Texts{"--cpus (1e400): must be integer, not string"});
  CHECK(of_file("9223372036854775807") == Texts{});
  CHECK(of_file("9223372036854775808") == Texts{"--cpus (9223372036854775808): " + range});
  CHECK(of_file("18446744073709551616") == Texts{"--cpus (1.8446744073709552e+19): " + range});
  CHECK(of_file("-9223372036854775809") ==
        Texts{"--cpus (-9.223372036854776e+18): " + range,
              "--cpus (-9.223372036854776e+18): must be at least 1"});
}

TEST_CASE("values of secrets are in no message") {
  Pipeline pipeline(R"({"$schema": "https://json-schema.org/draft/2020-12/schema",
    "properties": {"token": {"type": "integer", "writeOnly": true},
                   "pass": {"type": "integer", "format": "password"},
                   "db": {"type": "object", "properties": {
                     "key": {"type": "integer", "writeOnly": true}, "name": {"type": "string"}}},
                   "plain": {"type": "integer"}}})");
  CHECK(pipeline.schema().secret_names() == Texts{"token", "pass", "db.key"});
  CHECK(pipeline.faults(R"({"token": "a", "pass": "b", "db": {"key": "c"}, "plain": "d"})",
                        {.secret = {"plain"}}) ==
        Texts{"--token (***): must be integer, not string",
              "--pass (***): must be integer, not string",
              "--db.key (***): must be integer, not string",
              "--plain (***): must be integer, not string"});
}

TEST_CASE("lint tells of groups that are not enforced and of defaults that do not fit") {
  Pipeline pipeline;
  Texts texts;
  for (const Fault& fault : pipeline.schema().lint().faults) texts.push_back(fault_text(fault));
  CHECK(texts == Texts{"--cpus: its default '0' must be at least 1",
                       "the group 'Other' is not listed in 'allOf', so that nothing in it is "
                       "checked"});
}

TEST_CASE("draft-07 with definitions") {
  Pipeline pipeline(R"({"$schema": "http://json-schema.org/draft-07/schema",
    "definitions": {"io": {"title": "IO", "required": ["input"],
                           "properties": {"input": {"type": "string"}}}},
    "allOf": [{"$ref": "#/definitions/io"}]})");
  CHECK(pipeline.faults("{}") == Texts{"--input: is required"});
  CHECK(pipeline.schema().groups()[1].title == "IO");
  CHECK(pipeline.schema().find("input")->is_required);
}

TEST_CASE("help: ungrouped first, groups by title, hidden ones counted") {
  Pipeline pipeline;
  HelpOptions options;
  options.width = 70;
  CHECK(help_text(pipeline.schema(), options) ==
        "  --help    [boolean or string]  Show help.\n"
        "\n"
        "Input and output\n"
        "  --input   [string]             The sheet of samples. (required)\n"
        "  --outdir  [string]             Where results go. (required)\n"
        "  --mode    [string]             How. (accepted: fast, exact)\n"
        "                                 [default: fast]\n"
        "\n"
        "Limits\n"
        "  --tag     [string or integer]\n"
        "  --genome  [object]             (has members: see --help genome)\n"
        "\n"
        "Other\n"
        "  --spare   [integer]\n"
        "\n"
        "1 hidden parameter is not shown; --show-hidden shows it\n");
}

TEST_CASE("help of one parameter shows all that the schema says") {
  Pipeline pipeline;
  CHECK(help_text_of(pipeline.schema(), "mode", {}) ==
        "--mode\n"
        "    type          string\n"
        "    enum          fast, exact\n"
        "    default       fast\n"
        "    description   How.\n");
  CHECK_THROWS_WITH(static_cast<void>(help_text_of(pipeline.schema(), "mod", {})),
                    "the pipeline has no parameter 'mod'");
}

}  // namespace
}  // namespace weir::schema::test
