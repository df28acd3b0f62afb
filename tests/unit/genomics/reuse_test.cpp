// A BGZF source that is in order is its own artifact. It is read in runs of a few megabytes, so
// these sources are longer than one.
#include "genomics_fixture.hpp"

namespace weir::genomics {
namespace {

constexpr std::string_view k_header =
    "##fileformat=VCFv4.2\n##contig=<ID=chr1>\n##INFO=<ID=X,Number=1,Type=String,Description=\"x\">"
    "\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

std::string variant(std::int64_t position, std::size_t info_bytes = 1000) {
  return "chr1\t" + std::to_string(position) + "\t.\tA\tT\t.\tPASS\tX=" +
         std::string(info_bytes, static_cast<char>('a' + position % 26)) + '\n';
}

/// 40 MB of variants in order: three runs.
std::string long_body() {
  std::string text;
  for (std::int64_t position = 1; position <= 40'000; ++position) text += variant(position);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("reuse");

TEST_CASE_FIXTURE(ProcessFixture, "a source of several runs that is in order is the artifact") {
  const ProcessRequest made = request("a.vcf.gz", bgzf_of(std::string(k_header) + long_body()));
  const ProcessReport report = process(made);
  CHECK(report.reused_source);
  CHECK(report.was_sorted);
  CHECK(report.records == 40'000);
  const std::string data = publish(made, report);
  CHECK(output_of({"tabix", data, "chr1:39999-40000"}) == variant(39'999) + variant(40'000));
}

TEST_CASE_FIXTURE(ProcessFixture, "the last line of several runs can still ask for sorting") {
  const std::string body = long_body();
  const ProcessRequest made =
      request("a.vcf.gz", bgzf_of(std::string(k_header) + body + variant(7, 10)));
  const ProcessReport report = process(made);
  CHECK_FALSE(report.reused_source);
  CHECK_FALSE(report.was_sorted);
  CHECK(report.records == 40'001);
  const std::string data = publish(made, report);
  CHECK(output_of({"tabix", data, "chr1:6-7"}) == variant(6) + variant(7) + variant(7, 10));
}

TEST_CASE_FIXTURE(ProcessFixture, "what is longer than a run of a source in order is not refused") {
  constexpr std::size_t k_long = 20'000'000;
  SUBCASE("a record") {
    const ProcessRequest made = request(
        "a.vcf.gz", bgzf_of(std::string(k_header) + variant(1) + variant(2, k_long) + variant(3)));
    const ProcessReport report = process(made);
    CHECK(report.records == 3);
    CHECK(report.was_sorted);
  }
  SUBCASE("the header") {
    std::string header(k_header);
    header.insert(header.find("#CHROM"), "##note=" + std::string(k_long, 'n') + '\n');
    const ProcessReport report = process(request("a.vcf.gz", bgzf_of(header + variant(1))));
    CHECK(report.records == 1);
    CHECK(report.was_sorted);
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "damage behind the first run refuses a source in order") {
  std::string bytes = bgzf_of(std::string(k_header) + long_body());
  bytes[bytes.size() - 60] = static_cast<char>(bytes[bytes.size() - 60] ^ 0x55);
  CHECK(refusal_of(request("a.vcf.gz", bytes)).code() == "bgzf_crc");
}

TEST_SUITE_END();

}  // namespace weir::genomics
