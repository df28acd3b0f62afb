#include "genomics_fixture.hpp"

#include "base/text.hpp"
#include "genomics/contig_table.hpp"
#include "genomics/line_parser.hpp"

#include <map>

namespace weir::genomics {

namespace {

const std::string k_vcf_header =
    "##fileformat=VCFv4.2\n##contig=<ID=chr2>\n##contig=<ID=chr1>\n#"
    "CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

}  // namespace

TEST_SUITE_BEGIN("line formats");

TEST_CASE("columns end at the first tab, wherever it stands") {
  for (std::size_t before = 0; before <= 40; ++before) {
    for (std::size_t after = 0; after <= 20; ++after) {
      // Neighbours of the tab in value, and in a word's bytes.
      const std::string first = std::string(before, before % 2 == 0 ? '\b' : '\n');
      const std::string second = std::string(after, '\x89');
      const std::string line = first + '\t' + second;
      std::string_view rest = line;
      CHECK(take_column(rest) == first);
      CHECK(rest == second);
      CHECK(rest.data() != nullptr);
      CHECK(take_column(rest) == second);
      CHECK(rest.data() == nullptr);
      CHECK(take_column(rest).empty());
    }
  }
}

TEST_CASE("a cache of contigs tells names of every length apart, whatever part of them differs") {
  ContigTable table;
  ContigCache cache(table);
  std::map<std::string, std::uint32_t> known;
  for (std::size_t size = 1; size <= 24; ++size) {
    const std::string name(size, 'c');
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = name;
      other[at] = 'd';
      CHECK(!cache.find(other));
      known[other] = cache.identify(other);
    }
    known[name] = cache.identify(name);
  }
  CHECK(table.size() == known.size());
  for (const auto& [name, identifier] : known) {
    CHECK(cache.find(std::string(name)) == identifier);
    CHECK(table.name(identifier) == name);
  }
}

TEST_CASE("whole numbers of every length, and what is none at any place of them") {
  const std::string digits = "123456789012345678";
  for (std::size_t size = 1; size <= digits.size(); ++size) {
    CAPTURE(size);
    std::string text = digits.substr(0, size);
    CHECK(parse_whole_number(text) == std::stoll(text));
    CHECK(parse_whole_number(std::string(size, '9')) == std::stoll(std::string(size, '9')));
    CHECK(parse_whole_number(std::string(size, '0')) == 0);
    CHECK(parse_position(std::string(size, '0')).has_value() == (size == 1));
    for (char& c : text) {
      const char digit = c;
      for (const char other :
           {'/', ':', ' ', '-', '?', 'p', '\0', '\x7f', '\x80', '\xb0', '\xff'}) {
        c = other;
        CHECK_FALSE(parse_whole_number(text).has_value());
      }
      c = digit;
    }
  }
  CHECK_FALSE(parse_whole_number("").has_value());
  CHECK_FALSE(parse_whole_number("1234567890123456789").has_value());
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "VCF records follow the header's contigs, then position, then input order") {
  const std::string out =
      sorted("a.vcf", k_vcf_header +
                          "chr1\t5\tb\tA\tT\t.\t.\t.\nchr2\t9\tx\tA\tT\t.\t.\t.\n"
                          "chr1\t5\ta\tA\tC\t.\t.\t.\nchr2\t3\ty\tA\tT\t.\t.\t.\n");
  CHECK(out == k_vcf_header +
                   "chr2\t3\ty\tA\tT\t.\t.\t.\nchr2\t9\tx\tA\tT\t.\t.\t.\n"
                   "chr1\t5\tb\tA\tT\t.\t.\t.\nchr1\t5\ta\tA\tC\t.\t.\t.\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "undeclared contigs come last by bytes and are counted") {
  const ProcessRequest made = request(
      "a.vcf",
      k_vcf_header + "z\t1\t.\tA\tT\t.\t.\t.\nm\t1\t.\tA\tT\t.\t.\t.\nchr1\t1\t.\tA\tT\t.\t.\t.\n");
  const ProcessReport report = process(made);
  CHECK(content(made, report).substr(k_vcf_header.size()) ==
        "chr1\t1\t.\tA\tT\t.\t.\t.\nm\t1\t.\tA\tT\t.\t.\t.\nz\t1\t.\tA\tT\t.\t.\t.\n");
  CHECK(has_finding(report, "undeclared_contig", 2, 0));
}

TEST_CASE_FIXTURE(ProcessFixture, "a header-only VCF is a valid pair without records") {
  const ProcessRequest made = request("h.vcf", k_vcf_header);
  const ProcessReport report = process(made);
  CHECK(report.records == 0);
  CHECK(output_of({"tabix", "-l", publish(made, report)}).empty());
  CHECK(content(made, report) == k_vcf_header);
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a sorted BGZF VCF keeps its bytes, a sorted plain one is compressed") {
  const std::string text = k_vcf_header + "chr2\t3\ty\tA\tT\t.\t.\t.\nchr1\t5\tb\tA\tT\t.\t.\t.\n";
  const ProcessRequest packed = request("a.vcf.gz", bgzf_of(text));
  const ProcessReport reused = process(packed);
  CHECK(reused.reused_source);
  CHECK(reused.index == IndexType::tbi);
  CHECK(output_of({"tabix", publish(packed, reused), "chr1:5-5"}) == "chr1\t5\tb\tA\tT\t.\t.\t.\n");
  const ProcessReport plain = process(request("a.vcf", text));
  CHECK(plain.was_sorted);
  CHECK_FALSE(plain.reused_source);
}

TEST_CASE_FIXTURE(ProcessFixture, "blocks of any size in a reused file are addressed rightly") {
  const std::string text = sorted("r.vcf", random_vcf(3000));
  const ProcessRequest made = request("r.vcf.gz", bgzf_of(text, true, 701));
  const ProcessReport report = process(made);
  CHECK(report.reused_source);
  const std::string data = publish(made, report);
  const std::string all = output_of({"tabix", data, "chr2", "chr10", "chr1"});
  CHECK(all == text.substr(text.find("INFO\n") + 5));
}

TEST_CASE_FIXTURE(ProcessFixture, "the span of a variant comes from REF, END and symbolic SVLEN") {
  const ProcessRequest made = request("s.vcf", k_vcf_header +
                                                   "chr2\t100\tref\tAAAAA\tA\t.\t.\t.\n"
                                                   "chr2\t200\tend\tA\t<DEL>\t.\t.\tEND=250\n"
                                                   "chr2\t300\tback\tA\t<DEL>\t.\t.\tEND=20\n");
  const ProcessReport report = process(made);
  const std::string data = publish(made, report);
  CHECK(output_of({"tabix", data, "chr2:104-104"}).find("ref") != std::string::npos);
  CHECK(output_of({"tabix", data, "chr2:250-250"}).find("end") != std::string::npos);
  CHECK(has_finding(report, "end_before_pos", 1, 7));
}

TEST_CASE_FIXTURE(ProcessFixture, "BED lines sort by name bytes, start, end, input order") {
  CHECK(
      sorted("a.bed", "chr2\t1\t2\nchr10\t5\t9\tb\nchr10\t5\t9\ta\nchr10\t5\t7\tc\nchr1\t8\t8\n") ==
      "chr1\t8\t8\nchr10\t5\t7\tc\nchr10\t5\t9\tb\nchr10\t5\t9\ta\nchr2\t1\t2\n");
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "repairs lose nothing, are counted, and every line stays reachable") {
  const ProcessRequest made = request(
      "a.bed",
      "\xef\xbb\xbftrack name=x\r\nchr1\t10\t20\r\n\r\n#note\r\nchr1\t5\t6\r\nchr1\t30\t40");
  const ProcessReport report = process(made);
  CHECK(content(made, report) == "#track name=x\n#note\nchr1\t5\t6\nchr1\t10\t20\nchr1\t30\t40\n");
  CHECK(has_finding(report, "bom", 1, 1));
  CHECK(has_finding(report, "ucsc_lines", 1, 1));
  CHECK(has_finding(report, "crlf", 5, 1));
  CHECK(has_finding(report, "blank_lines", 1, 3));
  CHECK(has_finding(report, "no_final_newline", 1, 6));
  CHECK(output_of({"tabix", publish(made, report), "chr1"}) ==
        "chr1\t5\t6\nchr1\t10\t20\nchr1\t30\t40\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "strict refuses a repair, lenient drops and counts wrong lines") {
  ProcessRequest made = request("a.bed", "chr1\t1\t2\n\nchr1\t9\t3\nchr1\tx\t4\n");
  CHECK(refusal_of(made).code() == "start_after_end");
  CHECK(refusal_of(made).place().line == 3);
  made.policy = LinePolicy::strict;
  CHECK(refusal_of(made).code() == "blank_lines");
  made.policy = LinePolicy::lenient;
  const ProcessReport report = process(made);
  CHECK(report.records == 1);
  CHECK(has_finding(report, "start_after_end", 1, 3));
  CHECK(has_finding(report, "bad_integer", 1, 4));
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "GFF3 puts parents before children and leaves FASTA and markers out") {
  const std::string cds = "c\ts s\tCDS\t5\t9\t.\t+\t0\tID=d;Parent=m\n";
  const std::string exon = "c\ts s\texon\t5\t9\t.\t+\t.\tID=e;Parent=m\n";
  const std::string mrna = "c\ts s\tmRNA\t5\t90\t.\t+\t.\tID=m;Parent=g\n";
  const std::string gene = "c\ts s\tgene\t5\t90\t.\t+\t.\tID=g\n";
  const std::string first = "b\ts s\tgene\t50\t90\t.\t+\t.\tID=z\n";
  const ProcessRequest made =
      request("a.gff3", "# made by hand\n##gff-version 3\n##sequence-region c 1 99\n" + cds + exon +
                            mrna + gene + "###\n" + first + "##FASTA\n>c\nACGT\n");
  const ProcessReport report = process(made);
  CHECK(content(made, report) == "##gff-version 3\n# made by hand\n##sequence-region c 1 99\n" +
                                     first + gene + mrna + exon + cds);
  CHECK(has_finding(report, "embedded_fasta", 1, 10));
  CHECK(has_finding(report, "gff_markers", 1, 8));
  const std::string region = output_of({"tabix", publish(made, report), "c:1-99"});
  CHECK(base::split(region, '\n').size() == 5);
}

TEST_CASE_FIXTURE(ProcessFixture, "parents that name each other in a circle do not hang the sort") {
  CHECK(
      sorted(
          "a.gff3",
          "##gff-version "
          "3\nc\t.\texon\t5\t9\t.\t+\t.\tID=a;Parent=b\nc\t.\texon\t5\t9\t.\t+\t.\tID=b;Parent=a\n")
          .size() > 0);
}

TEST_CASE_FIXTURE(ProcessFixture, "narrowPeak needs its ten columns and warns of odd values") {
  const std::string good = "chr1\t10\t20\tp\t2000\t.\t1\t2\t3\t15\n";
  const ProcessReport report = process(request("a.narrowPeak", good));
  CHECK(has_finding(report, "score_range", 1, 1));
  CHECK(has_finding(report, "peak_outside", 1, 1));
  CHECK(refusal_of(request("b.narrowPeak", "chr1\t10\t20\tp\t5\n")).code() == "too_few_columns");
  CHECK(refusal_of(request("c.bedGraph", "chr1\t10\t20\tmuch\n")).code() == "bad_value");
}

TEST_CASE_FIXTURE(ProcessFixture, "an end beyond 2^29 gets CSI unless TBI is forced") {
  ProcessRequest made = request("a.bed", "chr1\t600000000\t600000010\tfar\nchr1\t1\t2\n");
  const ProcessReport report = process(made);
  CHECK(report.index == IndexType::csi);
  CHECK(output_of({"tabix", publish(made, report), "chr1:600000005-600000006"}) ==
        "chr1\t600000000\t600000010\tfar\n");
  made.index = IndexType::tbi;
  CHECK(refusal_of(made).code() == "index_range");
  made.index = IndexType::bai;
  CHECK(refusal_of(made).kind() == ErrorKind::usage);
}

TEST_CASE_FIXTURE(ProcessFixture, "mixed and odd names are warned of") {
  const ProcessReport report = process(request("a.bed", "chr1\t1\t2\n1\t1\t2\na:b\t1\t2\n"));
  CHECK(has_finding(report, "mixed_naming", 1, 0));
  CHECK(has_finding(report, "odd_contig_name", 1, 0));
}

TEST_CASE_FIXTURE(ProcessFixture, "a file without records is refused unless allowed") {
  ProcessRequest made = request("a.bed", "# nothing here\n");
  CHECK(refusal_of(made).code() == "no_records");
  made.allow_empty = true;
  CHECK(process(made).records == 0);
}

TEST_SUITE_END();

}  // namespace weir::genomics
