// The same source and parameters give the same bytes, whatever the threads, the memory, and the way
// through the sorter.
#include "genomics_fixture.hpp"

#include "base/text.hpp"

namespace weir::genomics {
namespace {

struct Hashes {
  std::string data;
  std::string index;
  std::int64_t runs = 0;
  friend bool operator==(const Hashes& a, const Hashes& b) {
    return a.data == b.data && a.index == b.index;
  }
};

Hashes hashes_of(const ProcessRequest& request) {
  const ProcessReport report = process(request);
  REQUIRE(report.outputs.size() == 2);
  return {report.outputs[0].sha256, report.outputs[1].sha256, report.runs_spilled};
}

/// Compares one, two and four threads, in memory and spilled.
void check_all_ways(ProcessRequest request) {
  request.threads = 1;
  const Hashes first = hashes_of(request);
  CHECK(first.runs == 0);
  for (const std::size_t threads : {2U, 4U}) {
    request.threads = threads;
    CHECK(hashes_of(request) == first);
  }
  request.memory_limit_bytes = k_memory_limit_min_bytes;
  for (const std::size_t threads : {1U, 2U}) {
    request.threads = threads;
    const Hashes spilled = hashes_of(request);
    CHECK(spilled.runs > 1);
    CHECK(spilled == first);
  }
}

std::string random_intervals(std::size_t lines, bool gff) {
  std::mt19937 random(3);
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::string contig = "chr" + std::to_string(random() % 30);
    const auto start = 1 + random() % 5000;  // many ties
    const auto end = start + random() % 40;
    if (gff) {
      const std::string id = std::to_string(i);
      text += contig + "\tx\t" + (i % 3 == 0 ? "gene" : "exon") + '\t' + std::to_string(start) +
              '\t' + std::to_string(end) + "\t.\t+\t.\tID=f" + id +
              (i % 3 == 0 ? "" : ";Parent=f" + std::to_string(i - i % 3)) + '\n';
    } else {
      text += contig + '\t' + std::to_string(start) + '\t' + std::to_string(end) + "\tname" +
              std::to_string(i) + '\n';
    }
  }
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("determinism");

TEST_CASE_FIXTURE(ProcessFixture, "VCF") {
  check_all_ways(request("a.vcf", random_vcf(250000)));
}

TEST_CASE_FIXTURE(ProcessFixture, "SAM") {
  check_all_ways(request("a.sam", random_sam(220000)));
}

TEST_CASE_FIXTURE(ProcessFixture, "BED") {
  check_all_ways(request("a.bed", random_intervals(400000, false)));
}

TEST_CASE_FIXTURE(ProcessFixture, "GFF3") {
  check_all_ways(request("a.gff3", random_intervals(300000, true)));
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a source larger than memory and in order is reused, with the same index") {
  const ProcessRequest unsorted = request("a.vcf", random_vcf(250000));
  REQUIRE(process(unsorted).outputs.size() == 2);
  ProcessRequest made = request(unsorted.data_path);
  made.name = "a.vcf.gz";
  const ProcessReport whole = process(made);
  made.memory_limit_bytes = k_memory_limit_min_bytes;
  const ProcessReport streamed = process(made);
  CHECK(whole.reused_source);
  CHECK(streamed.reused_source);
  CHECK(streamed.records == 250000);
  CHECK(whole.outputs[0].sha256 == streamed.outputs[0].sha256);
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a large file in order until its last record is sorted after all") {
  const ProcessRequest unsorted = request("a.vcf", random_vcf(250000));
  const ProcessReport report = process(unsorted);
  const std::string text = output_of({"sh", "-c",
                                      "bgzip -dc '" + unsorted.data_path.string() + "' > '" +
                                          (folder() / "late.vcf").string() + "'"});
  const std::string late =
      base::read_file(folder() / "late.vcf") + "chr2\t1\tlate\tA\tT\t.\t.\t.\n";
  ProcessRequest made = request("late.vcf.gz", bgzf_of(late));
  const ProcessReport whole = process(made);
  made.memory_limit_bytes = k_memory_limit_min_bytes;
  const ProcessReport spilled = process(made);
  CHECK_FALSE(spilled.reused_source);
  CHECK(spilled.runs_spilled > 1);
  CHECK(whole.outputs[0].sha256 == spilled.outputs[0].sha256);
  CHECK(whole.outputs[1].sha256 == spilled.outputs[1].sha256);
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a large reused file with a late far end gets CSI in a second pass") {
  const ProcessRequest unsorted = request("a.vcf", random_vcf(250000));
  REQUIRE(process(unsorted).outputs.size() == 2);
  (void)output_of({"sh", "-c",
                   "bgzip -dc '" + unsorted.data_path.string() + "' > '" +
                       (folder() / "far.vcf").string() + "'"});
  const std::string far =
      base::read_file(folder() / "far.vcf") + "chr1\t600000000\tfar\tA\tT\t.\t.\t.\n";
  ProcessRequest made = request("far.vcf.gz", bgzf_of(far));
  made.memory_limit_bytes = k_memory_limit_min_bytes;
  const ProcessReport report = process(made);
  CHECK(report.reused_source);
  CHECK(report.index == IndexType::csi);
  CHECK(output_of({"tabix", publish(made, report), "chr1:600000000-600000000"}).find("far") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "spilling leaves nothing in the scratch folder and respects its limit") {
  ProcessRequest made = request("a.vcf", random_vcf(250000));
  made.memory_limit_bytes = k_memory_limit_min_bytes;
  made.scratch_folder = folder() / "scratch";
  base::make_folders(made.scratch_folder);
  CHECK(process(made).runs_spilled > 1);
  CHECK(base::list_folder(made.scratch_folder).empty());
  made.scratch_bytes_max = 1000;
  const Error error = refusal_of(made);
  CHECK(error.code() == "scratch_full");
  CHECK(error.kind() == ErrorKind::temporary);
}

TEST_CASE_FIXTURE(ProcessFixture, "the level and the codec change the bytes, not the content") {
  ProcessRequest made = request("a.vcf", random_vcf(3000));
  const std::string six = content(made, process(made));
  const ProcessRequest before = made;
  made.level = 1;
  const ProcessReport one = process(made);
  CHECK(content(made, one) == six);
  CHECK(output_parameters(made) != output_parameters(before));
  made.codec = Codec::isal;
  const ProcessReport fast = process(made);
  CHECK(content(made, fast) == six);
  CHECK(fast.outputs[0].sha256 != one.outputs[0].sha256);
}

TEST_SUITE_END();

/// Variants in order, more than the smallest memory limit holds at a time.
std::string large_sorted_vcf(std::string_view last_line) {
  std::string text =
      "##fileformat=VCFv4.2\n##contig=<ID=c>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const std::string rest = "\t.\tA\tT\t.\tPASS\t" + std::string(120, 'x') + '\n';
  for (int place = 1; place <= 400'000; ++place) text += "c\t" + std::to_string(place) + rest;
  return bgzf_of(text.append(last_line));
}

TEST_CASE_FIXTURE(ProcessFixture, "a source in order is copied while it is read, when asked for") {
  const std::string small = bgzf_of(
      "##fileformat=VCFv4.2\n##contig=<ID=c>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
      "c\t7\t.\tA\tT\t.\t.\t.\n");
  for (const std::string& bytes : {small, large_sorted_vcf("")}) {
    ProcessRequest made = request("a.vcf.gz", bytes);
    made.memory_limit_bytes = k_memory_limit_min_bytes;
    made.copy_reused = true;
    const ProcessReport report = process(made);
    CHECK(report.reused_source);
    CHECK(report.copied_source);
    CHECK(base::read_file(made.data_path) == bytes);
    made.copy_reused = false;
    made.data_path += ".none";
    CHECK_FALSE(process(made).copied_source);
    CHECK_FALSE(base::fs::exists(made.data_path));
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "a copy is given up when the last record is out of order") {
  ProcessRequest made = request("a.vcf.gz", large_sorted_vcf("c\t5\tlast\tA\tT\t.\tPASS\t.\n"));
  made.memory_limit_bytes = k_memory_limit_min_bytes;
  made.copy_reused = true;
  const ProcessReport report = process(made);
  CHECK_FALSE(report.reused_source);
  CHECK_FALSE(report.copied_source);
  CHECK(report.records == 400'001);
  CHECK(output_of({"tabix", publish(made, report), "c:5-5"}).find("\tlast\t") != std::string::npos);
}

}  // namespace weir::genomics
