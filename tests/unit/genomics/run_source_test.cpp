#include "genomics/run_source.hpp"

#include "genomics/bam_records.hpp"
#include "genomics/sam_loader.hpp"
#include "genomics/text_records.hpp"
#include "genomics_fixture.hpp"

namespace weir::genomics {
namespace {

/// Records of a source, read in runs of little memory; and how many runs there were.
struct Counted {
  std::int64_t records = 0;
  std::size_t runs = 0;
};

Counted count(const ProcessRequest& request) {
  constexpr Work k_work{.threads = 2};
  const SourceFile source(request);
  SourceHasher hasher(false);
  const LoadOptions options{.work = k_work, .piece_bytes = std::size_t{1} << 18};
  SortInput input{make_loader(source, Container::plain, &hasher, options), nullptr};
  if (request.source.extension() == ".sam") {
    input.loader = make_sam_loader(std::move(input.loader), {.file = "a.sam", .work = k_work});
    input.format = std::make_unique<BamRecords>("a.sam", LinePolicy::normal);
  } else {
    input.format = std::make_unique<TextRecords>(make_vcf_parser(), TextOptions{.file = "a.vcf"},
                                                 k_work.threads);
  }
  MemoryBudget budget(request);
  budget.run_bytes = std::size_t{1} << 20;
  Counted counted;
  {
    RunSource runs(input, {.source = source,
                           .budget = budget,
                           .expanded_bytes_max = 0,
                           .work = k_work,
                           .hasher = hasher});
    do {
      REQUIRE(runs.load_next());
      ++counted.runs;
    } while (!runs.at_end());
    counted.records = runs.records();
    hasher.finish();
  }
  return counted;
}

}  // namespace

TEST_SUITE_BEGIN("run source");

TEST_CASE_FIXTURE(ProcessFixture,
                  "an input that ends just where memory does has an empty last run") {
  for (const bool sam : {false, true}) {
    bool last_run_was_empty = false;
    for (std::size_t records = 4000; records < 16000; records += 300) {
      const std::string name = sam ? "a.sam" : "a.vcf";
      const Counted counted = count(request(name, sam ? random_sam(records) : random_vcf(records)));
      CHECK(counted.records == static_cast<std::int64_t>(records));
      last_run_was_empty = last_run_was_empty || counted.runs == 2;
    }
    CHECK(last_run_was_empty);
  }
}

TEST_SUITE_END();

}  // namespace weir::genomics
