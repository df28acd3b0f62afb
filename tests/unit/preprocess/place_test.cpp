#include "preprocess/place.hpp"

#include "base/hash.hpp"
#include "preprocess_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;
using namespace weir::preprocess;

namespace {

struct Made : Scene {
  std::filesystem::path source = input("calls.vcf", vcf_text());
  Result result = run(*this, request_of(source));
  std::filesystem::path out = dir.path() / "deep" / "out";

  Placed put(PlaceMode mode) {
    return place(request_of(source), result, dir.path() / "cache", out, mode);
  }
};

}  // namespace

TEST_CASE("the stem of a name is what is left without the endings that say its format") {
  CHECK(stem_of("calls.vcf") == "calls");
  CHECK(stem_of("calls.vcf.gz") == "calls");
  CHECK(stem_of("calls.vcf.bgz") == "calls");
  CHECK(stem_of("a.b.bam") == "a.b");
  CHECK(stem_of("notes.v2") == "notes.v2");
  CHECK(stem_of(".vcf") == ".vcf");
  CHECK(stem_of("plain") == "plain");
}

TEST_CASE("results are linked or copied under their natural names") {
  Made made;
  SUBCASE("linked") {
    const Placed placed = made.put(PlaceMode::link);
    CHECK(std::filesystem::hard_link_count(placed.data) == 2);
  }
  SUBCASE("copied") {
    const Placed placed = made.put(PlaceMode::copy);
    CHECK(std::filesystem::hard_link_count(placed.data) == 1);
    CHECK((base::file_info(placed.data)->mode & 0200) != 0);
  }
  const Placed placed = made.put(PlaceMode::link);
  CHECK(placed.data == made.out / "calls.vcf.gz");
  CHECK(placed.index == made.out / "calls.vcf.gz.tbi");
  CHECK(base::sha256_file(placed.data) == made.result.data.sha256);
  CHECK(base::sha256_file(placed.index) == made.result.index->sha256);
  CHECK(std::filesystem::last_write_time(placed.index) >=
        std::filesystem::last_write_time(placed.data));
  CHECK(base::list_folder(made.out).size() == 2);
}

TEST_CASE("older results are replaced, also by themselves") {
  Made made;
  base::make_folders(made.out);
  base::write_file(made.out / "calls.vcf.gz", "old");
  made.put(PlaceMode::link);
  made.put(PlaceMode::link);
  made.put(PlaceMode::copy);
  CHECK(base::sha256_file(made.out / "calls.vcf.gz") == made.result.data.sha256);
  CHECK(base::list_folder(made.out).size() == 2);
}

TEST_CASE("a result never replaces its own input by other bytes") {
  Made made;
  base::copy_file(made.source, made.dir.path() / "x.vcf.gz");
  const Result result = run(made, request_of(made.dir.path() / "x.vcf.gz"));
  const std::string before = base::sha256_file(made.dir.path() / "x.vcf.gz");
  CHECK(error_of([&] {
          static_cast<void>(place(request_of(made.dir.path() / "x.vcf.gz"), result,
                                  made.dir.path() / "cache", made.dir.path(), PlaceMode::link));
        }).code() == "would_replace_input");
  CHECK(base::sha256_file(made.dir.path() / "x.vcf.gz") == before);
}

TEST_CASE("an input that needs no change stays, and gets its index beside it") {
  Made made;
  made.put(PlaceMode::copy);
  const std::filesystem::path sorted = made.out / "calls.vcf.gz";
  base::remove_file(made.out / "calls.vcf.gz.tbi");
  const auto inode = base::file_info(sorted)->inode;
  const Result result = run(made, request_of(sorted));
  const Placed placed =
      place(request_of(sorted), result, made.dir.path() / "cache", made.out, PlaceMode::link);
  CHECK(base::file_info(placed.data)->inode == inode);
  CHECK(base::file_info(placed.index).has_value());
}
