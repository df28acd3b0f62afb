#include "genomics_fixture.hpp"

#include "base/text.hpp"

namespace weir::genomics {

TEST_SUITE_BEGIN("alignment");

TEST_CASE_FIXTURE(ProcessFixture, "an unsorted SAM becomes what samtools sort makes of it") {
  const ProcessRequest made = request("reads.sam", random_sam(2000));
  const ProcessReport report = process(made);
  CHECK(report.records == 2000);
  CHECK_FALSE(report.was_sorted);
  CHECK(report.index == IndexType::bai);
  const std::string data = publish(made, report);
  CHECK(output_of({"samtools", "quickcheck", data}).empty());
  const std::string sorted = (folder() / "sorted.bam").string();
  (void)output_of({"samtools", "sort", "--no-PG", "-o", sorted, made.source.string()});
  CHECK(output_of({"samtools", "view", data}) == output_of({"samtools", "view", sorted}));
  CHECK(output_of({"samtools", "view", "-H", "--no-PG", data}) ==
        "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:two\tLN:100000\n@SQ\tSN:one\tLN:50000\n");
  (void)output_of({"samtools", "index", sorted});
  for (const char* region : {"one", "two:1-1000", "two:39000-50000", "one:777-778", "*"}) {
    CHECK(output_of({"samtools", "view", data, region}) ==
          output_of({"samtools", "view", sorted, region}));
  }
  CHECK(output_of({"samtools", "idxstats", data}) == output_of({"samtools", "idxstats", sorted}));
}

TEST_CASE_FIXTURE(ProcessFixture, "a sorted BAM keeps its bytes and only gets an index") {
  const base::fs::path sam = write("reads.sam", random_sam(500));
  const base::fs::path bam = folder() / "in.bam";
  (void)output_of({"samtools", "sort", "-o", bam.string(), sam.string()});
  const ProcessRequest made = request(bam);
  const ProcessReport report = process(made);
  CHECK(report.reused_source);
  CHECK(report.was_sorted);
  CHECK_FALSE(base::file_info(made.data_path));
  REQUIRE(report.outputs.size() == 1);
  CHECK(report.outputs[0].kind == ArtifactKind::index);
  CHECK(report.source_sha256 == base::sha256_file(bam));
  const std::string data = publish(made, report);
  const std::string count = output_of({"samtools", "view", "-c", data, "one:1-20000"});
  (void)output_of({"samtools", "index", bam.string()});
  CHECK(count == output_of({"samtools", "view", "-c", bam.string(), "one:1-20000"}));
}

TEST_CASE_FIXTURE(ProcessFixture, "a header that lies about the order is found out") {
  const base::fs::path sam =
      write("reads.sam", base::replace_all(random_sam(300), "SO:queryname", "SO:coordinate"));
  const base::fs::path bam = folder() / "in.bam";
  (void)output_of({"samtools", "view", "-b", "-o", bam.string(), sam.string()});
  const ProcessReport report = process(request(bam));
  CHECK_FALSE(report.reused_source);
  CHECK(has_finding(report, "lying_sort_order", 1, 0));
}

TEST_CASE_FIXTURE(ProcessFixture, "GO and SS leave the header, a missing @HD line is added") {
  const std::string record = "r\t4\t*\t0\t0\t*\t*\t0\t0\tA\tI\n";
  const ProcessRequest grouped =
      request("a.sam", "@HD\tVN:1.5\tGO:query\tSS:x:y\n@SQ\tSN:c\tLN:9\n" + record);
  CHECK(output_of({"samtools", "view", "-H", "--no-PG", publish(grouped, process(grouped))}) ==
        "@HD\tVN:1.5\tSO:coordinate\n@SQ\tSN:c\tLN:9\n");
  const ProcessRequest bare = request("b.sam", "@SQ\tSN:c\tLN:9\n" + record);
  CHECK(output_of({"samtools", "view", "-H", "--no-PG", publish(bare, process(bare))}) ==
        "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:c\tLN:9\n");
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a read beyond 2^29 gets a CSI index, and BAI is refused when forced") {
  const std::string sam =
      "@SQ\tSN:long\tLN:700000000\nr\t0\tlong\t600000000\t30\t4M\t*\t0\t0\tACGT\tIIII\n";
  ProcessRequest made = request("long.sam", sam);
  const ProcessReport report = process(made);
  CHECK(report.index == IndexType::csi);
  CHECK(output_of({"samtools", "view", "-c", publish(made, report), "long:600000001-600000002"}) ==
        "1\n");
  made.index = IndexType::bai;
  CHECK(refusal_of(made).code() == "index_range");
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a reference longer than 2^29 with reads below it still has a BAI") {
  const ProcessReport report = process(
      request("a.sam", "@SQ\tSN:long\tLN:700000000\nr\t0\tlong\t6\t30\t4M\t*\t0\t0\tACGT\tIIII\n"));
  CHECK(report.index == IndexType::bai);
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "more CIGAR operations than BAM can count are kept in a CG field") {
  std::string cigar;
  std::string bases;
  for (int i = 0; i < 40000; ++i) {
    cigar += "1M1I";
    bases += "AC";
  }
  const ProcessRequest made =
      request("cg.sam", "@SQ\tSN:c\tLN:90000\nr\t0\tc\t11\t30\t" + cigar + "\t*\t0\t0\t" + bases +
                            "\t*\nb\t0\tc\t1\t3\t1M\t*\t0\t0\tA\t*\n");
  const ProcessReport report = process(made);
  const std::string data = publish(made, report);
  CHECK(output_of({"samtools", "view", data, "c:39999-39999"}).find(cigar) != std::string::npos);
  const ProcessRequest again = request(base::fs::path(data));
  CHECK(process(again).reused_source);
}

TEST_CASE_FIXTURE(ProcessFixture, "an empty BAM is a valid result") {
  const ProcessReport report = process(request("e.sam", "@SQ\tSN:c\tLN:9\n"));
  CHECK(report.records == 0);
  CHECK(report.outputs.size() == 2);
}

TEST_CASE_FIXTURE(ProcessFixture, "alignments past the end of their reference are counted") {
  const ProcessReport report =
      process(request("p.sam", "@SQ\tSN:c\tLN:5\nr\t0\tc\t4\t30\t4M\t*\t0\t0\tACGT\tIIII\n"));
  CHECK(has_finding(report, "past_reference_end", 1, 1));
}

TEST_SUITE_END();

}  // namespace weir::genomics
