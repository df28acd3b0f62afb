#include "schema/sample_sheet.hpp"

#include "base/error.hpp"
#include "real_files.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace weir::schema::test {
namespace {

TEST_SUITE_BEGIN("sample sheet");

constexpr const char* k_rules = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "array",
  "items": {
    "type": "object",
    "properties": {
      "sample": {"type": "string", "pattern": "^\\S+$", "errorMessage": "no blanks in names"},
      "reads": {"type": "string", "format": "file-path", "exists": true},
      "lanes": {"type": "integer", "minimum": 1},
      "paired": {"type": "boolean"},
      "ratio": {"type": "number"},
      "any": {}
    },
    "required": ["sample", "reads"]
  },
  "uniqueEntries": ["sample"]
})";

class Sheet {
 public:
  explicit Sheet(const std::string& text, const std::string& name = "sheet.csv")
      : files_(dir_.path()), schema_(k_rules, "rules.json", options()) {
    base::write_file(dir_.path() / "a.fq", "x");
    base::write_file(dir_.path() / name, text);
    sheet_.emplace(name, schema_, files_);
  }
  [[nodiscard]] std::string entries() const { return sheet_->entries().dump(); }
  [[nodiscard]] const SampleSheet& sheet() const { return *sheet_; }
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> texts;
    for (const Fault& fault : sheet_->check(schema_).faults) texts.push_back(fault_text(fault));
    return texts;
  }

 private:
  JsonSchema::Options options() {
    JsonSchema::Options options;
    options.files = &files_;
    return options;
  }
  base::TempDir dir_;
  FolderFiles files_;
  JsonSchema schema_;
  std::optional<SampleSheet> sheet_;
};

using Texts = std::vector<std::string>;

TEST_CASE("cells are read as the types of their columns") {
  const Sheet sheet(
      "sample,reads,lanes,paired,ratio,any\n"
      "001,a.fq,2,TRUE,0.5,7\n"
      "1e5,a.fq,007,false,3,1e5\n"
      "true,a.fq,,,,007\n"
      "x,a.fq,,,,TRUE\n");
  CHECK(
      sheet.entries() ==
      R"([{"sample":"001","reads":"a.fq","lanes":2,"paired":true,"ratio":0.5,"any":7},)"
      R"({"sample":"1e5","reads":"a.fq","lanes":7,"paired":false,"ratio":3,"any":100000.0},)"
      R"({"sample":"true","reads":"a.fq","any":"007"},{"sample":"x","reads":"a.fq","any":true}])");
  CHECK(sheet.faults() == Texts{});
}

TEST_CASE("an empty text in a list is no path") {
  const Sheet sheet(R"([{"sample": "a", "reads": ""}])", "sheet.json");
  CHECK(sheet.faults() == Texts{"sheet.json, row 1, column 'reads': is empty and names no file"});
}

TEST_CASE("quotes, blanks, CRLF, a byte order mark, blank lines and trailing separators") {
  const Sheet sheet(
      "\xEF\xBB\xBFsample,reads,,\r\n\"a \"\"b\"\", c\" , a.fq ,,\r\n\r\n\"x\ny\",a.fq\r\n");
  CHECK(sheet.entries() ==
        R"([{"sample":"a \"b\", c","reads":"a.fq"},{"sample":"x\ny","reads":"a.fq"}])");
}

TEST_CASE("every fault is told with row and column") {
  const Sheet sheet(
      "sample,reads,lanes\n"
      "s 1,a.fq,0\n"
      "s2,none.fq,x\n"
      ",a.fq,1\n"
      "s2,a.fq,1,9\n");
  CHECK(sheet.faults() ==
        Texts{"sheet.csv, row 5: has more than 3 fields",
              "sheet.csv, row 5: is there more than once (sample: s2)",
              "sheet.csv, row 2, column 'sample' (s 1): does not match the pattern ^\\S+$ (no "
              "blanks in names)",
              "sheet.csv, row 2, column 'lanes' (0): must be at least 1",
              "sheet.csv, row 3, column 'reads' (none.fq): there is no such file or folder",
              "sheet.csv, row 3, column 'lanes' (x): must be integer, not string",
              "sheet.csv, row 4, column 'sample': is required"});
}

TEST_CASE("rows are lines, also behind a field of several lines") {
  const Sheet sheet("sample,reads\n\"a\nb\",a.fq\nc c,a.fq\n");
  CHECK(sheet.faults().size() == 2);
  CHECK(sheet.faults()[1].starts_with("sheet.csv, row 4, column 'sample' (c c)"));
}

TEST_CASE("columns that the schema does not know, and those that are there twice") {
  const Sheet sheet("sample,reads,extra,sample\ns,a.fq,1,t\n");
  CHECK(sheet.sheet().unknown_columns() == Texts{"extra"});
  CHECK(sheet.faults() == Texts{"sheet.csv, row 1, column 'sample': the column is there twice"});
}

TEST_CASE("the kind is told by the ending, else by the first line") {
  CHECK(Sheet("sample\treads\ns\ta.fq\n", "x.tsv").entries() ==
        R"([{"sample":"s","reads":"a.fq"}])");
  CHECK(Sheet("sample\treads\ns\ta.fq\n", "x.txt").entries() ==
        R"([{"sample":"s","reads":"a.fq"}])");
  CHECK(Sheet("sample\ns\nt\n", "x.txt").entries() == R"([{"sample":"s"},{"sample":"t"}])");
  CHECK(Sheet(R"([{"sample":"s","reads":"a.fq","lanes":null}])", "x.json").entries() ==
        R"([{"sample":"s","reads":"a.fq"}])");
  CHECK(Sheet("- sample: s\n  reads: a.fq\n- sample: t t\n  reads: a.fq\n", "x.yml").faults() ==
        Texts{"x.yml, row 2, column 'sample' (t t): does not match the pattern ^\\S+$ (no blanks "
              "in names)"});
  CHECK_THROWS_WITH(Sheet("sample,a\tb\ns\n", "x.txt"),
                    "cannot tell what kind of sheet 'x.txt' is");
}

TEST_CASE("a sheet whose schema has its items within alternatives is a list of lists") {
  const base::TempDir dir;
  FolderFiles files(dir.path());
  const JsonSchema schema(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "anyOf": [
      {"type": "array", "items": {"anyOf": [
        {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        {"type": "array", "items": {"type": "string"}, "minItems": 2}]}},
      {"type": "object"}]
  })",
                          "rules.json", {.files = &files});
  base::write_file(dir.path() / "sheet.csv", "id,target\na,b\n");
  const SampleSheet sheet("sheet.csv", schema, files);
  CHECK(sheet.entries().dump() == R"([["id","target"],["a","b"]])");
  CHECK(sheet.check(schema).ok());
}

TEST_CASE("a quote without end names its line") {
  CHECK_THROWS_WITH(Sheet("sample,reads\n\"s,a.fq\n"), "a quote in line 2 is never closed");
}

TEST_CASE("check_sheet_file makes a fault of what cannot be read") {
  const base::TempDir dir;
  FolderFiles files(dir.path());
  base::write_file(dir.path() / "rules.json", k_rules);
  base::write_file(dir.path() / "s.json", "[{]");
  const Findings found = check_sheet_file("s.json", "rules.json", files);
  REQUIRE(found.faults.size() == 1);
  CHECK(found.faults[0].file == "s.json");
  CHECK(found.faults[0].row == 1);
}

}  // namespace
}  // namespace weir::schema::test
