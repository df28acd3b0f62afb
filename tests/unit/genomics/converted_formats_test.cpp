// Formats that become others on the way, and what is asked for by options.
#include "genomics/contig_table.hpp"
#include "genomics_fixture.hpp"

#include <algorithm>

namespace weir::genomics {
namespace {

void append(std::string& to, std::uint64_t value, int bytes, bool big_endian) {
  for (int i = 0; i < bytes; ++i) {
    const int place = big_endian ? bytes - 1 - i : i;
    to.push_back(static_cast<char>(value >> (8 * place) & 0xff));
  }
}

/// A bigBed of one chromosome "c" with one block, uncompressed.
std::string big_bed(bool big_endian, std::uint64_t index_offset_shift = 0) {
  std::string block;
  const auto u = [&](std::string& to, std::uint64_t value, int bytes) {
    append(to, value, bytes, big_endian);
  };
  for (const unsigned start : {10U, 20U}) {
    u(block, 0, 4);
    u(block, start, 4);
    u(block, start + 5, 4);
    block += "name" + std::to_string(start) + '\0';
    block.back() = '\0';
  }
  const std::string sql =
      "table t \"a table\" (string chrom; \"c\" uint chromStart; \"s\" uint "
      "chromEnd; \"e\" string name; \"n\")";
  std::string tree;
  u(tree, 0x78ca8c91, 4);
  for (const unsigned value : {1U, 1U, 8U}) u(tree, value, 4);
  u(tree, 1, 8);
  u(tree, 0, 8);
  u(tree, 1, 1);
  u(tree, 0, 1);
  u(tree, 1, 2);
  tree += 'c';
  u(tree, 0, 4);
  u(tree, 1000, 4);
  const std::uint64_t sql_at = 64;
  const std::uint64_t tree_at = sql_at + sql.size() + 1;
  const std::uint64_t data_at = tree_at + tree.size();
  const std::uint64_t index_at = data_at + 8 + block.size();
  std::string file;
  u(file, 0x8789f2eb, 4);
  u(file, 4, 2);
  u(file, 0, 2);
  u(file, tree_at, 8);
  u(file, data_at, 8);
  u(file, index_at + index_offset_shift, 8);
  u(file, 4, 2);
  u(file, 4, 2);
  u(file, sql_at, 8);
  u(file, 0, 8);
  u(file, 0, 4);  // not compressed
  u(file, 0, 8);
  file += sql + '\0';
  file.resize(tree_at);
  file += tree;
  u(file, 2, 8);
  file += block;
  u(file, 0x2468ace0, 4);
  u(file, 256, 4);
  u(file, 1, 8);
  for (const unsigned value : {0U, 10U, 0U, 25U}) u(file, value, 4);
  u(file, index_at, 8);
  u(file, 512, 4);
  u(file, 0, 4);
  u(file, 1, 1);
  u(file, 0, 1);
  u(file, 1, 2);
  for (const unsigned value : {0U, 10U, 0U, 25U}) u(file, value, 4);
  u(file, data_at + 8, 8);
  u(file, block.size(), 8);
  u(file, 0x8789f2eb, 4);
  return file;
}

const std::string k_variants =
    "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
    "##contig=<ID=c2>\n##contig=<ID=c1>\n##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

}  // namespace

TEST_SUITE_BEGIN("converted formats");

TEST_CASE_FIXTURE(ProcessFixture,
                  "a bigBed in either byte order gives its lines under autoSql's names") {
  for (const bool big_endian : {false, true}) {
    CHECK(sorted("a.bb", big_bed(big_endian)) ==
          "#chrom\tchromStart\tchromEnd\tname\nc\t10\t15\tname10\nc\t20\t25\tname20\n");
  }
  CHECK(refusal_of(request("a.bb", big_bed(false, 1 << 20))).code() == "bbi_corrupt");
  const std::string whole = big_bed(false);
  for (std::size_t length = 4; length < whole.size(); length += 7) {
    CAPTURE(length);
    const ProcessRequest made = request("a.bb", whole.substr(0, length));
    try {
      (void)process(made);  // the closing magic number alone is not missed
      CHECK(length >= whole.size() - 4);
    } catch (const Error& error) {
      CHECK(error.code() == "bbi_corrupt");
    }
  }
}

TEST_CASE_FIXTURE(ProcessFixture,
                  "each GTF line becomes one GFF3 line; missing parents are marked") {
  const std::string text =
      "#!genome-build x\n"
      "c\tsrc\tCDS\t10\t20\t.\t+\t0\tgene_id \"g;1\"; transcript_id \"t1\"; tag \"a\"; tag "
      "\"b,c\"; ID "
      "\"own\";\n"
      "c\tsrc\texon\t5\t25\t.\t+\t.\tgene_id \"g;1\"; transcript_id \"t1\"; exon_id \"e1\"; n 7;\n"
      "d\tsrc\tgene\t1\t9\t.\t-\t.\tgene_id \"g;1\"; gene_name \"G\";\n"
      "c\tsrc\tregion\t2\t3\t.\t.\t.\tgene_id \"\"; transcript_id \"\";\n";
  CHECK(sorted("a.gtf", text) ==
        "##gff-version 3\n#!genome-build x\n"
        "c\tsrc\tregion\t2\t3\t.\t.\t.\tgene_id=;transcript_id=\n"
        "c\tsrc\tgene\t5\t25\t.\t+\t.\tID=g%3B1;gene_id=g%3B1;weir_inferred=1\n"
        "c\tsrc\tmRNA\t5\t25\t.\t+\t.\tID=t1;Parent=g%3B1;gene_id=g%3B1;transcript_id=t1;weir_"
        "inferred="
        "1\n"
        "c\tsrc\texon\t5\t25\t.\t+\t.\tID=e1.t1;Parent=t1;gene_id=g%3B1;transcript_id=t1;exon_id="
        "e1;n=7\n"
        "c\tsrc\tCDS\t10\t20\t.\t+\t0\tParent=t1;gene_id=g%3B1;transcript_id=t1;tag=a,b%2Cc;gtf_ID="
        "own\n"
        "d\tsrc\tgene\t1\t9\t.\t-\t.\tID=g%3B1.d;Name=G;gene_id=g%3B1;gene_name=G\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "GTF keeps its form, or widens CDS features, when asked to") {
  const std::string text =
      "c\ts\tCDS\t10\t20\t.\t+\t0\ttranscript_id \"t\";\nc\ts\tstop_codon\t21\t23\t.\t+\t0\t"
      "transcript_id \"t\";\n";
  ProcessRequest kept = request("a.gtf", text);
  kept.options.keep_gtf = true;
  const ProcessReport report = process(kept);
  CHECK(report.data_suffix == ".gtf.gz");
  CHECK(content(kept, report) == text);
  ProcessRequest widened = request("a.gtf", text);
  widened.options.cds_includes_stop = true;
  CHECK(content(widened, process(widened)).find("CDS\t10\t23\t") != std::string::npos);
}

TEST_CASE_FIXTURE(ProcessFixture, "BCF is sorted as bcftools sorts, and turns to and from VCF") {
  const std::string vcf = k_variants +
                          "c1\t7\t.\tA\tT\t.\tPASS\tDP=1\nc2\t9\t.\tC\tT\t.\tPASS\tDP=2\n"
                          "c2\t3\t.\tG\tGT\t.\tPASS\tDP=3\n";
  ProcessRequest to_bcf = request("a.vcf", vcf);
  to_bcf.options.to = Format::bcf;
  const ProcessReport made = process(to_bcf);
  CHECK(made.index == IndexType::csi);
  const std::string bcf = publish(to_bcf, made);
  const std::string wanted = output_of({"bcftools", "sort", (folder() / "a.vcf").string()});
  const std::string records = wanted.substr(wanted.find("\nc") + 1);
  CHECK(output_of({"bcftools", "view", "-H", bcf}) == records);
  CHECK(output_of({"bcftools", "view", "-H", "-r", "c2:9", bcf}) ==
        "c2\t9\t.\tC\tT\t.\tPASS\tDP=2\n");

  const std::string shuffled = (folder() / "b.bcf").string();
  output_of(
      {"bcftools", "view", "--no-version", "-Ob", "-o", shuffled, (folder() / "a.vcf").string()});
  ProcessRequest sort = request(shuffled);
  CHECK(output_of({"bcftools", "view", "-H", publish(sort, process(sort))}) == records);
  ProcessRequest back = request(shuffled);
  back.options.to = Format::vcf;
  back.expanded_bytes_max = 10;  // the last piece, which here is the only one, counts too
  CHECK(refusal_of(back).code() == "expansion_limit");
  back.expanded_bytes_max = 100000;
  const ProcessReport text = process(back);
  CHECK(text.data_suffix == ".vcf.gz");
  CHECK(content(back, text) == k_variants + records);
}

TEST_CASE_FIXTURE(ProcessFixture, "a table is sorted by the columns that were named") {
  ProcessRequest made = request("a.tsv", "name\tat\tchrom\nx\t5\tc\ny\t3\tc\n");
  made.options.columns = parse_columns("chrom,at");
  made.options.columns->skip = 1;
  const ProcessReport report = process(made);
  CHECK(content(made, report) == "name\tat\tchrom\ny\t3\tc\nx\t5\tc\n");
  CHECK(output_of({"tabix", publish(made, report), "c:5-5"}) == "x\t5\tc\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "positions of a table count from 0 when asked to") {
  const std::string text = "%chrom\tfrom\tto\nc\t9\t12\nc\t0\t1\n";
  ProcessRequest zero = request("a.tsv", text);
  zero.options.columns = parse_columns("1,2,3");
  zero.options.columns->zero_based = true;
  zero.options.columns->comment = '%';
  const ProcessReport report = process(zero);
  CHECK(content(zero, report) == "%chrom\tfrom\tto\nc\t0\t1\nc\t9\t12\n");
  const std::string data = publish(zero, report);
  CHECK(output_of({"tabix", data, "c:1-1"}) == "c\t0\t1\n");
  CHECK(output_of({"tabix", data, "c:10-10"}) == "c\t9\t12\n");
  CHECK(output_of({"tabix", data, "c:13-13"}).empty());
  CHECK(output_of({"tabix", data, "c:9-9"}).empty());
  // From 1, ends included: position 0 is none, and the line of names is no record.
  ProcessRequest one = request("b.tsv", "%chrom\tfrom\tto\nc\t9\t12\nc\t1\t1\n");
  one.options.columns = parse_columns("1,2,3");
  one.options.columns->comment = '%';
  const std::string closed = publish(one, process(one));
  CHECK(output_of({"tabix", closed, "c:12-12"}) == "c\t9\t12\n");
  CHECK(output_of({"tabix", closed, "c:9-9"}) == "c\t9\t12\n");
  CHECK(output_of({"tabix", closed, "c:8-8"}).empty());
  ProcessRequest wrong = request("a.tsv", text);
  wrong.options.columns = one.options.columns;
  CHECK(refusal_of(wrong).code() == "start_zero");
}

TEST_CASE_FIXTURE(ProcessFixture, "contigs are renamed and ordered as asked") {
  ProcessRequest made = request("a.bed", "c10\t1\t2\nc2\t1\t2\nold\t1\t2\n");
  made.options.contig_order = ContigOrder::natural;
  made.options.aliases = {{"old", "c1"}};
  CHECK(content(made, process(made)) == "c1\t1\t2\nc2\t1\t2\nc10\t1\t2\n");
  CHECK(natural_less("c2", "c10"));
  CHECK_FALSE(natural_less("c10", "c2"));
  CHECK(natural_less("c", "c1"));
  CHECK((natural_less("c01", "c1") != natural_less("c1", "c01")));
}

TEST_CASE_FIXTURE(ProcessFixture, "the order of contigs is that of a list, others after by bytes") {
  ProcessRequest made = request("a.bed", "a\t1\t2\nz\t1\t2\nc\t1\t2\nb\t1\t2\n");
  made.options.contig_order = ContigOrder::listed;
  made.options.contigs = {"z", "c", "absent"};
  const ProcessReport report = process(made);
  CHECK(content(made, report) == "z\t1\t2\nc\t1\t2\na\t1\t2\nb\t1\t2\n");
  CHECK(output_of({"tabix", publish(made, report), "b:1-9"}) == "b\t1\t2\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "a table's contigs are renamed in the column that names them") {
  ProcessRequest made = request("a.tsv", "1\tat\tchrom\n1\t5\t1\n1\t3\t1\n;1\t3\t1\n");
  made.options.columns = parse_columns("3,2");
  made.options.columns->skip = 1;
  made.options.columns->comment = ';';
  made.options.aliases = {{"1", "chr1"}, {"chrom", "not this one"}};
  const ProcessReport report = process(made);
  CHECK(content(made, report) == "1\tat\tchrom\n;1\t3\t1\n1\t3\tchr1\n1\t5\tchr1\n");
  CHECK(output_of({"tabix", publish(made, report), "chr1:5-5"}) == "1\t5\tchr1\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "VCF that becomes BCF keeps its options") {
  ProcessRequest made = request("a.vcf", "1\t7\t.\tA\tT\t.\tPASS\t.\n");
  made.format = Format::vcf;
  made.options.to = Format::bcf;
  made.options.vcf_header =
      "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  made.options.add_contigs = true;
  made.options.aliases = {{"1", "chr1"}};
  const std::string bcf = publish(made, process(made));
  CHECK(output_of({"bcftools", "view", "-H", bcf}) == "chr1\t7\t.\tA\tT\t.\tPASS\t.\n");
  // Of BCF by way of text, too.
  ProcessRequest back = request(bcf);
  back.options.to = Format::vcf;
  back.options.aliases = {{"chr1", "c"}};
  CHECK(content(back, process(back)).find("\nc\t7\t") != std::string::npos);
}

TEST_CASE_FIXTURE(ProcessFixture, "variants at one position come by their alleles when asked") {
  ProcessRequest made =
      request("a.vcf", k_variants +
                           "c1\t7\t.\tT\tA\t.\tPASS\tDP=1\n"
                           "c1\t7\t.\ta\tT,G\t.\tPASS\tDP=2\nc1\t7\t.\tA\tT\t.\tPASS\tDP=3\n");
  made.options.ties = VariantTies::alleles;
  const std::string text = content(made, process(made));
  CHECK(text.substr(k_variants.size()) ==
        "c1\t7\t.\tA\tT\t.\tPASS\tDP=3\nc1\t7\t.\ta\tT,G\t.\tPASS\tDP=2\nc1\t7\t.\tT\tA\t."
        "\tPASS\tDP=1\n");
}

TEST_CASE_FIXTURE(ProcessFixture, "a .gzi is what bgzip makes") {
  ProcessRequest made = request("a.vcf", random_vcf(20'000));
  made.gzi_path = folder() / "gzi";
  const ProcessReport report = process(made);
  const std::string data = publish(made, report);
  output_of({"bgzip", "-r", data});
  CHECK(base::read_file(data + ".gzi") == base::read_file(made.gzi_path));
}

TEST_CASE_FIXTURE(ProcessFixture, "bedGraph, the last format added, is one of all") {
  CHECK(sorted("a.bedGraph", "track type=bedGraph\nc\t5\t9\t-1.5e3\nc\t1\t5\t0\n") ==
        "#track type=bedGraph\nc\t1\t5\t0\nc\t5\t9\t-1.5e3\n");
}

}  // namespace weir::genomics
