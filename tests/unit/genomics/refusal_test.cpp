// Section 4 of the preprocess design as a table: what must be refused, by which code, at which
// line. The good twin of each input is in the tests of its format.
#include "genomics_fixture.hpp"

namespace weir::genomics {
namespace {

struct Case {
  std::string file;
  std::string content;
  std::string code;
  std::int64_t line = 0;
};

const std::string k_vcf = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
const std::string k_sam = "@SQ\tSN:c\tLN:100\n";
const std::string k_read = "r\t0\tc\t5\t30\t4M\t*\t0\t0\tACGT\tIIII\n";

const std::vector<Case> k_cases = {
    {"a.bed", "", "empty_source"},
    {"a.bed", "c\t5\t3\n", "start_after_end", 1},
    {"a.bed", "c\t1\t2\nc\t-5\t3\n", "negative_start", 2},
    {"a.bed", "c\t1e3\t3000\n", "bad_integer", 1},
    {"a.bed", "c\t1,000\t3000\n", "bad_integer", 1},
    {"a.bed", "c\t+5\t30\n", "bad_integer", 1},
    {"a.bed", "c\t0x5\t30\n", "bad_integer", 1},
    {"a.bed", "c\t5.0\t30\n", "bad_integer", 1},
    {"a.bed", "c\t010\t30\n", "bad_integer", 1},
    {"a.bed", "c\t1\t2\nc\t7\n", "too_few_columns", 2},
    {"a.bed", "c 1 2\n", "spaces_not_tabs", 1},
    {"a.bed", " c\t1\t2\n", "bad_contig_name", 1},
    {"a.bed", "\t1\t2\n", "bad_contig_name", 1},
    {"a.bed", "c\xff\t1\t2\n", "bad_contig_name", 1},
    {"a.bed", "c\t1\t9000000000\n", "coordinate_overflow", 1},
    {"a.bed", "c\t1\t99999999999999999999\n", "coordinate_overflow", 1},
    {"a.bed", std::string("c\t1\t2\nc\t\0\t2\n", 12), "nul_byte", 2},
    {"a.bed", "c\t1\t2\rc\t3\t4\r", "cr_only", 1},
    {"a.bed",
     std::string("\xff\xfe"
                 "c\0\t\0",
                 6),
     "utf16", 1},
    {"a.gff3", "##gff-version 3\nc\ts\tgene\t0\t5\t.\t+\t.\tID=a\n", "start_zero", 2},
    {"a.gff3", "##gff-version 3\nc\ts\tgene\t9\t5\t.\t+\t.\tID=a\n", "start_after_end", 2},
    {"a.gff3", "##gff-version 3\nc s gene 1 5 . + . ID=a\n", "spaces_not_tabs", 2},
    {"a.vcf", "c\t5\t.\tA\tT\t.\t.\t.\n", "no_vcf_header", 1},
    {"a.vcf", "##fileformat=VCFv4.2\nc\t5\t.\tA\tT\t.\t.\t.\n", "no_vcf_header", 2},
    {"a.vcf", "##fileformat=VCFv4.2\n#CHROM POS ID REF ALT QUAL FILTER INFO\n", "bad_vcf_header",
     2},
    {"a.vcf", "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\ts\n",
     "bad_vcf_header", 2},
    {"a.vcf", k_vcf + "c\t5\t.\tA\tT\t.\t.\t.\tGT\n", "bad_columns", 3},
    {"a.vcf", k_vcf + "c\tfive\t.\tA\tT\t.\t.\t.\n", "bad_integer", 3},
    {"a.vcf", k_vcf + "c\t05\t.\tA\tT\t.\t.\t.\n", "bad_integer", 3},
    {"a.vcf", k_vcf + "c\t5\t.\tA\n", "too_few_columns", 3},
    {"a.vcf", k_vcf + "c\t5\t.\t\tT\t.\t.\t.\n", "bad_value", 3},
    {"a.vcf", k_vcf + "c\t5\t.\tA\tT\t.\t.\t.\n" + k_vcf, "header_in_body", 4},
    {"a.sam", k_read, "no_sam_header", 1},
    {"a.sam", "@SQ SN:c LN:100\n" + k_read, "spaces_not_tabs", 1},
    {"a.sam", k_sam + k_sam + k_read, "duplicate_sq"},
    {"a.sam", "@SQ\tSN:c\n" + k_read, "bad_sam_header", 1},
    {"a.sam", "@SQ\tSN:c\tLN:many\n" + k_read, "bad_sam_header", 1},
    {"a.sam", "@SQ\tSN:c\tLN:9\n@RG\t!D:x\n" + k_read, "bad_sam_header", 2},
    {"a.sam", "@SQ\tSN:c\tLN:5000000000\n" + k_read, "coordinate_overflow", 1},
    {"a.sam", k_sam + "r\t0\td\t5\t30\t4M\t*\t0\t0\tACGT\tIIII\n", "unknown_reference", 2},
    {"a.sam", k_sam + "r\tx\tc\t5\t30\t4M\t*\t0\t0\tACGT\tIIII\n", "bad_integer", 2},
    {"a.sam", k_sam + "r\t0\tc\t5000000000\t30\t4M\t*\t0\t0\tACGT\tIIII\n", "coordinate_overflow",
     2},
    {"a.sam", k_sam + "r\t0\tc\t5\t30\t4M\t*\t0\t0\tACGT\tIII\n", "bad_value", 2},
    {"a.sam", k_sam + "r\t0\tc\t5\t30\t3M\t*\t0\t0\tACGT\tIIII\n", "bad_record", 2},
    {"a.sam", k_sam + "r 0 c 5 30 4M * 0 0 ACGT IIII\n", "spaces_not_tabs", 2},
    {"a.sam", k_sam + k_read + "r\t0\tc\t5\n", "too_few_columns", 3},
    {"a.vcf", R"({"htsget": {"urls": [{"url": "http://127.0.0.1:9/x"}]}})", "not_genomic"},
    {"a.bed", "<!DOCTYPE html>\n<html></html>\n", "not_genomic"},
    {"a.bed", "BZh91AY&SYcut", "archive_damaged"},
    {"a.bed", "7z\xbc\xaf\x27\x1c", "unsupported_container"},
    {"a.bedpe", "c\t1\t2\td\t3\t4\n", "unsupported_format"},
    {"a.gff3", "##gff-version 3\nc\ts\tgene\t1\t5\t.\t+\t.\tID=a\vb\n", "control_byte", 2},
    {"a.gff3", "##gff-version 3\nc\ts\tgene\t1\t5\t.\t+\t.\tID=a\rb\n", "control_byte", 2},
    {"a.gtf", "c\ts\tgene\t1\t5\t.\t+\t.\tgene_id \"a=b\n", "bad_value", 1},
    {"a.gtf", "#x\nc\ts\tgene\t9\t5\t.\t+\t.\tgene_id \"a\";\n", "start_after_end", 2},
    {"a.bedgraph", "c\t1\t2\thigh\n", "bad_value", 1},
    {"a.tagAlign", "c\t1\t2\tN\t0\n", "too_few_columns", 1},
    {"a.csv", "name,size\na,1\n", "no_position_columns", 1},
    {"a.csv", "chrom,start\n\"c,1\n", "bad_value", 2},
    {"a.tsv", "chrom\tstart\n", "no_records"},
    {"a.bb", std::string("\xeb\xf2\x89\x87\4\0", 6), "bbi_corrupt"},
    {"a.bed",
     "\xfd"
     "7zXZ" +
         std::string("\0abc", 4),
     "archive_damaged"},
    {"a.bed", "PK\3\4rest", "archive_damaged"},
    {"a.bam", "not a BAM at all\n", "format_mismatch"},
    {"a", "what is this\n", "unknown_format"},
    {"a.bcf", std::string("BCF\2\2", 5), "bad_bcf_header"},
    {"a.bcf", std::string("BCF\2\1\0\0\0\0", 9), "bad_bcf_header"},
    {"a.cram", std::string("CRAM\3\0", 6), "cram_corrupt"},
};

}  // namespace

TEST_SUITE_BEGIN("refusals");

TEST_CASE_FIXTURE(ProcessFixture, "each bad input has its code and its line") {
  for (const Case& each : k_cases) {
    CAPTURE(each.content);
    CAPTURE(each.code);
    const ProcessRequest made = request(each.file, each.content);
    const Error error = refusal_of(made);
    CHECK(error.code() == each.code);
    CHECK(error.kind() == ErrorKind::input);
    CHECK(error.place().file == each.file);
    CHECK(error.place().line == each.line);
    CHECK(error.message().find(folder().string()) == std::string::npos);
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "a header that would take gigabytes for its numbers is refused") {
  const std::string header =
      "##fileformat=VCFv4.2\n##contig=<ID=c>\n##FILTER=<ID=q,Description=\"x\",IDX=90000000>\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const std::string length{static_cast<char>(header.size() + 1), 0, 0, 0};
  const std::string bcf = "BCF\2\2" + length + header + std::string(1, '\0');
  ProcessRequest sorted = request("a.bcf", bgzf_of(bcf));
  CHECK(refusal_of(sorted).code() == "bad_bcf_header");
  sorted.options.to = Format::vcf;
  CHECK(refusal_of(sorted).code() == "bad_bcf_header");
  ProcessRequest encoded = request("a.vcf", header + "c\t1\t.\tA\tC\t.\t.\t.\n");
  encoded.options.to = Format::bcf;
  CHECK(refusal_of(encoded).code() == "bad_vcf_header");
}

TEST_CASE_FIXTURE(ProcessFixture, "a file is refused the same way when it is compressed") {
  for (const Case& each : k_cases) {
    if (each.content.empty() || each.code == "unsupported_container" ||
        each.code == "archive_damaged" || each.code == "bbi_corrupt" || each.code == "cram_corrupt")
      continue;
    CAPTURE(each.content);
    const Error error = refusal_of(request(each.file + ".gz", bgzf_of(each.content)));
    CHECK(error.code() == each.code);
    CHECK(error.place().line == each.line);
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "BGZF that is cut or damaged is refused with the place") {
  const std::string whole = bgzf_of(random_vcf(4000));
  const std::size_t first =
      *bgzf_block_length({reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size()});
  const Error inside = refusal_of(request("a.vcf.gz", whole.substr(0, first + 500)));
  CHECK(inside.code() == "bgzf_truncated");
  CHECK(inside.place().byte_offset == static_cast<std::int64_t>(first));
  CHECK(refusal_of(request("a.vcf.gz", whole.substr(0, first + 5))).code() == "bgzf_truncated");
  CHECK(refusal_of(request("a.vcf.gz", whole.substr(0, first))).code() == "bgzf_no_eof");
  CHECK(refusal_of(request("a.vcf.gz", bgzf_of(random_vcf(10), false))).code() == "bgzf_no_eof");
  std::string damaged = whole;
  damaged[first + 300] = static_cast<char>(~damaged[first + 300]);
  const Error crc = refusal_of(request("a.vcf.gz", damaged));
  CHECK(crc.code() == "bgzf_crc");
  CHECK(crc.place().byte_offset == static_cast<std::int64_t>(first));
  CHECK(refusal_of(request("a.vcf.gz", whole + "garbage behind the end block")).code() ==
        "trailing_garbage");
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "a missing end block may be accepted, zeros behind it are only warned of") {
  const std::string text = sorted("s.vcf", random_vcf(10));
  ProcessRequest made = request("a.vcf.gz", bgzf_of(text, false));
  made.accept_missing_eof = true;
  const ProcessReport report = process(made);
  CHECK_FALSE(report.reused_source);
  CHECK(has_finding(report, "accepted_no_eof", 1, 0));
  const ProcessReport padded =
      process(request("b.vcf.gz", bgzf_of(text) + std::string(1000, '\0')));
  CHECK_FALSE(padded.reused_source);
  CHECK(has_finding(padded, "trailing_zeros", 1, 0));
}

TEST_CASE_FIXTURE(ProcessFixture, "gzip of several members is read whole, a cut one is refused") {
  const std::string a = (folder() / "a").string();
  base::write_file(a, "c\t1\t2\n");
  const std::string one = output_of({"gzip", "-c", a});
  CHECK(process(request("a.bed.gz", one + one)).records == 2);
  CHECK(refusal_of(request("a.bed.gz", one + one.substr(0, one.size() - 6))).code() ==
        "gzip_truncated");
  CHECK(refusal_of(request("a.bed.gz", one + "garbage")).code() == "trailing_garbage");
  CHECK(has_finding(process(request("a.bed.gz", one + std::string(70000, '\0'))), "trailing_zeros",
                    1, 0));
  std::string damaged = one;
  damaged[one.size() - 8] = static_cast<char>(~damaged[one.size() - 8]);
  CHECK(refusal_of(request("a.bed.gz", damaged)).code() == "gzip_crc");
  base::write_file(a, one);
  const std::string twice = output_of({"gzip", "-c", a});
  CHECK(has_finding(process(request("a.bed.gz", twice)), "nested_compression", 1, 0));
}

TEST_CASE_FIXTURE(ProcessFixture, "a bomb of zeros dies at once, one of good lines at the limit") {
  const std::string zeros = (folder() / "zeros").string();
  base::write_file(zeros, std::string(std::size_t{64} << 20, '\0'));
  CHECK(refusal_of(request("a.bed.gz", output_of({"gzip", "-1c", zeros}))).code() == "nul_byte");
  std::string lines;
  for (int i = 0; i < 100000; ++i) lines += "c\t1\t2\n";
  ProcessRequest made = request("b.bed.gz", bgzf_of(lines));
  made.expanded_bytes_max = 300000;
  CHECK(refusal_of(made).code() == "expansion_limit");
  made.expanded_bytes_max = 3000000;
  CHECK(process(made).records == 100000);
}

TEST_CASE_FIXTURE(ProcessFixture, "a line longer than the limit is refused") {
  ProcessRequest made = request("a.bed", "c\t1\t2\nc\t3\t4\t" + std::string(100000, 'x') + '\n');
  CHECK(process(made).records == 2);
  made.line_bytes_max = 5000;
  CHECK(refusal_of(made).code() == "line_too_long");
  CHECK(refusal_of(made).place().line == 2);
}

TEST_CASE_FIXTURE(ProcessFixture, "damaged BAM records are refused by number") {
  const base::fs::path bam = folder() / "in.bam";
  (void)output_of({"samtools", "view", "-b", "-u", "-o", bam.string(),
                   write("a.sam", random_sam(50)).string()});
  const std::string good = output_of({"bgzip", "-dc", bam.string()});
  const std::size_t first = good.find("read0") - 36;
  std::string name_length = good;
  name_length[first + 12] = '\0';
  CHECK(refusal_of(request("b.bam", bgzf_of(name_length))).code() == "bad_record");
  std::string reference = good;
  reference[first + 4] = '\7';
  CHECK(refusal_of(request("c.bam", bgzf_of(reference))).code() == "unknown_reference");
  std::string length = good;
  length[first + 3] = '\x7f';
  const Error huge = refusal_of(request("d.bam", bgzf_of(length)));
  CHECK(huge.code() == "bad_record");
  CHECK(huge.place().line == 1);
  CHECK(refusal_of(request("e.bam", bgzf_of(good.substr(0, good.size() - 3)))).code() ==
        "bad_record");
  CHECK(refusal_of(request("f.bam", bgzf_of(good.substr(0, 20)))).code() == "bad_bam_header");
  std::string odd_line = good;
  odd_line[good.find("@SQ")] = 'P';
  CHECK(refusal_of(request("g.bam", bgzf_of(odd_line))).code() == "bad_bam_header");
}

TEST_CASE_FIXTURE(ProcessFixture, "a CIGAR of another length than its read is refused") {
  const base::fs::path bam = folder() / "in.bam";
  const std::string sam = "@SQ\tSN:c\tLN:100\nr\t0\tc\t5\t30\t4M\t*\t0\t0\tACGT\tIIII\n";
  (void)output_of(
      {"samtools", "view", "-b", "-u", "-o", bam.string(), write("a.sam", sam).string()});
  std::string content = output_of({"bgzip", "-dc", bam.string()});
  const std::size_t cigar = content.find(std::string_view("r\0\x40\0\0\0", 6)) + 2;
  CHECK(process(request("a.bam", bgzf_of(content))).records == 1);
  content[cigar] = '\x50';  // 5M
  CHECK(refusal_of(request("b.bam", bgzf_of(content))).code() == "bad_record");
}

TEST_CASE_FIXTURE(ProcessFixture, "only regular files are read") {
  CHECK(refusal_of(request(base::fs::path("/dev/null"))).code() == "not_regular");
  CHECK(refusal_of(request(folder())).code() == "not_regular");
  const base::fs::path link = folder() / "link.bed";
  base::make_symlink(write("a.bed", "c\t1\t2\n"), link);
  ProcessRequest made = request(link);
  CHECK(process(made).records == 1);
  made.follow_links = false;
  CHECK_THROWS_AS((void)process(made), Error);
  made.source = folder() / "absent.bed";
  CHECK_THROWS_AS((void)process(made), Error);
}

TEST_CASE_FIXTURE(ProcessFixture, "content that contradicts the forced format is refused") {
  ProcessRequest made = request("a.bed", k_vcf + "c\t5\t.\tA\tT\t.\t.\t.\n");
  CHECK(inspect(made).format == Format::vcf);
  made.format = Format::bed;
  const Error error = refusal_of(made);
  CHECK(error.code() == "format_mismatch");
  CHECK(error.message().find("vcf, not bed") != std::string::npos);
}

TEST_CASE_FIXTURE(ProcessFixture, "cancelling ends the work") {
  const std::atomic<bool> cancelled{true};
  ProcessRequest made = request("a.bed", "c\t1\t2\n");
  made.cancelled = &cancelled;
  CHECK(refusal_of(made).kind() == ErrorKind::cancelled);
}

TEST_CASE_FIXTURE(ProcessFixture, "settings that make no sense are usage errors") {
  ProcessRequest made = request("a.bed", "c\t1\t2\n");
  made.level = 13;
  CHECK(refusal_of(made).kind() == ErrorKind::usage);
  made.level = 6;
  made.threads = 0;
  CHECK(refusal_of(made).kind() == ErrorKind::usage);
  made.threads = 1;
  made.memory_limit_bytes = 1000;
  CHECK(refusal_of(made).kind() == ErrorKind::usage);
}

TEST_SUITE_END();

}  // namespace weir::genomics
