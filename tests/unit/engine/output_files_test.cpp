#include "engine/output_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::engine;
using weir::base::TempDir;
using Names = std::vector<std::string>;

namespace {

struct Case {
  TempDir dir;
  TaskSpec spec;

  Case() {
    spec.name = "P (1)";
    weir::base::make_folders(dir.path() / "out");
    for (const char* file : {"b.txt", "a.txt", "in.txt", ".hidden.txt", "out/c.txt", "odd*name"})
      weir::base::write_file(dir.path() / file, file);
    spec.inputs = {{"/data/in.txt", "in.txt"}};
  }
  PathOutput& output(std::vector<std::string> patterns) {
    spec.path_outputs.push_back({.patterns = std::move(patterns), .type = {}, .arity = {}});
    return spec.path_outputs.back();
  }
  [[nodiscard]] CollectedOutputs collect() const {
    return collect_outputs(spec, dir.path().native());
  }
};

}  // namespace

TEST_SUITE("output files") {
  TEST_CASE("patterns find files in order, without hidden ones and staged inputs") {
    Case one;
    one.output({"*.txt"});
    const auto found = one.collect();
    CHECK(found.failure.empty());
    CHECK(found.paths[0].names == Names{"a.txt", "b.txt"});
    one.spec.path_outputs[0].include_inputs = true;
    CHECK(one.collect().paths[0].names == Names{"a.txt", "b.txt", "in.txt"});
    one.spec.path_outputs[0].hidden = true;
    CHECK(one.collect().paths[0].names == Names{".hidden.txt", "a.txt", "b.txt", "in.txt"});
  }

  TEST_CASE("a plain name is looked for as it is, inputs included") {
    Case one;
    one.output({"in.txt"});
    one.output({"odd*name"}).glob = false;
    one.output({"out"});
    const auto found = one.collect();
    CHECK(found.failure.empty());
    CHECK(found.paths[0].names == Names{"in.txt"});
    CHECK(found.paths[1].names == Names{"odd*name"});
    CHECK(found.paths[2].names == Names{"out"});
  }

  TEST_CASE("two stars take files only, unless the type says otherwise") {
    Case one;
    one.output({"**"});
    CHECK(one.collect().paths[0].names == Names{"a.txt", "b.txt", "odd*name", "out/c.txt"});
    one.spec.path_outputs[0].type = PathOutput::Type::directory;
    CHECK(one.collect().paths[0].names == Names{"out"});
  }

  TEST_CASE("a missing output is named with its process") {
    Case one;
    one.output({"*.bam"});
    CHECK(one.collect().failure == "Missing output file(s) `*.bam` expected by process `P (1)`");
    one.spec.path_outputs[0].optional = true;
    const auto found = one.collect();
    CHECK(found.failure.empty());
    CHECK(found.paths[0].missing);
  }

  TEST_CASE("when only inputs match, the message says so") {
    Case one;
    one.output({"in*.txt"});
    CHECK(one.collect().failure.find("input files are not included") != std::string::npos);
  }

  TEST_CASE("arity is checked, and zero makes an output optional") {
    Case one;
    one.output({"*.txt"}).arity = parse_arity("1");
    CHECK(one.collect().failure ==
          "Incorrect number of output files for process `P (1)` -- expected 1, found 2");
    one.spec.path_outputs[0].arity = parse_arity("1..*");
    CHECK(one.collect().failure.empty());
    one.spec.path_outputs[0].patterns = {"*.bam"};
    one.spec.path_outputs[0].arity = parse_arity("0..1");
    CHECK(one.collect().failure.empty());
  }

  TEST_CASE("every pattern of a list must be there") {
    Case one;
    one.output({"a.txt", "none"});
    CHECK(one.collect().failure.find("`none`") != std::string::npos);
  }

  TEST_CASE("stamped outputs verify until one is gone or of another size") {
    Case one;
    one.output({"*.txt"});
    one.output({"out"});
    const std::string folder = one.dir.path().native();
    Seal seal;
    seal.files = stamp_outputs(one.collect().paths, folder);
    auto verified = verify_outputs(one.spec, seal, folder);
    REQUIRE(verified.has_value());
    CHECK((*verified)[0].names == Names{"a.txt", "b.txt"});
    CHECK((*verified)[1].names == Names{"out"});

    weir::base::write_file(one.dir.path() / "a.txt", "another size");
    CHECK_FALSE(verify_outputs(one.spec, seal, folder).has_value());
    weir::base::write_file(one.dir.path() / "a.txt", "a.txt");
    CHECK(verify_outputs(one.spec, seal, folder).has_value());
    weir::base::remove_file(one.dir.path() / "b.txt");
    CHECK_FALSE(verify_outputs(one.spec, seal, folder).has_value());
  }

  TEST_CASE("a malformed pattern is an error that shows it") {
    Case one;
    one.output({"{a,*"});
    CHECK_THROWS_WITH_AS((void)one.collect(), doctest::Contains("{a,*"), weir::Error);
  }
}
