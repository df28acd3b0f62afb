// An option either works for a file or refuses it: nothing goes by in silence.
#include "genomics_fixture.hpp"

#include <functional>

namespace weir::genomics {
namespace {

using Give = std::function<void(ProcessRequest&)>;

struct Idle {
  std::string option;
  std::string file;
  Give give;
};

const std::string k_vcf =
    "##fileformat=VCFv4.2\n##contig=<ID=c>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    "c\t7\t.\tA\tT\t.\t.\t.\n";
const std::string k_sam = "@SQ\tSN:c\tLN:99\nr\t0\tc\t5\t30\t1M\t*\t0\t0\tA\tI\n";

/// A file of each kind, by name.
class IdleFixture : public ProcessFixture {
 public:
  IdleFixture() {
    write("a.vcf", k_vcf);
    write("a.sam", k_sam);
    write("a.bed", "c\t1\t2\n");
    write("a.gff3", "##gff-version 3\nc\ts\tgene\t1\t2\t.\t+\t.\tID=a\n");
    write("a.gtf", "c\ts\texon\t1\t2\t.\t+\t.\tgene_id \"g\";\n");
    write("a.tsv", "c\t1\t2\n");
    make({"samtools", "view", "--no-PG", "-b", "-o", path("a.bam"), path("a.sam")});
    make({"samtools", "view", "--no-PG", "-C", "--output-fmt-option", "no_ref=1", "-o",
          path("a.cram"), path("a.sam")});
    make({"bcftools", "view", "--no-version", "-Ob", "-o", path("a.bcf"), path("a.vcf")});
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder() / name).string();
  }

 private:
  static void make(std::vector<std::string> argv) { (void)output_of(std::move(argv)); }
};

std::vector<Idle> idle_options() {
  const Give alias = [](ProcessRequest& r) { r.options.aliases = {{"c", "chr"}}; };
  const Give by_bytes = [](ProcessRequest& r) { r.options.contig_order = ContigOrder::bytes; };
  const Give natural = [](ProcessRequest& r) { r.options.contig_order = ContigOrder::natural; };
  const Give alleles = [](ProcessRequest& r) { r.options.ties = VariantTies::alleles; };
  const Give add = [](ProcessRequest& r) { r.options.add_contigs = true; };
  const Give header = [](ProcessRequest& r) { r.options.vcf_header = k_vcf; };
  const Give dict = [](ProcessRequest& r) { r.options.sam_header = "@SQ\tSN:c\tLN:99\n"; };
  const Give reference = [](ProcessRequest& r) { r.options.reference = "ref.fa"; };
  const Give keep = [](ProcessRequest& r) { r.options.keep_gtf = true; };
  const Give stops = [](ProcessRequest& r) { r.options.cds_includes_stop = true; };
  const Give swap = [](ProcessRequest& r) { r.options.fix_swap = true; };
  const Give spaces = [](ProcessRequest& r) { r.options.fix_spaces = true; };
  const Give columns = [](ProcessRequest& r) { r.options.columns = parse_columns("1,2,3"); };
  const Give to_bam = [](ProcessRequest& r) { r.options.to = Format::bam; };
  const Give contigs_max = [](ProcessRequest& r) { r.options.contigs_max = 1; };
  const Give tbi = [](ProcessRequest& r) { r.index = IndexType::tbi; };
  const Give level = [](ProcessRequest& r) { r.level = 9; };
  const Give fast = [](ProcessRequest& r) { r.codec = Codec::isal; };
  const Give named_alias = [](ProcessRequest& r) {
    r.options.aliases = {{"c", "chr"}};
    r.options.columns = parse_columns("chrom,at");
  };
  return {
      {"--alias", "a.bam", alias},          {"--alias", "a.sam", alias},
      {"--alias", "a.cram", alias},         {"--alias", "a.bcf", alias},
      {"--alias", "a.tsv", alias},          {"--alias", "a.tsv", named_alias},
      {"--contig-order", "a.vcf", natural}, {"--contig-order", "a.vcf", by_bytes},
      {"--contig-order", "a.bam", natural}, {"--contig-order", "a.sam", natural},
      {"--contig-order", "a.cram", natural}, {"--contig-order", "a.bcf", natural},
      {"--ties=alleles", "a.bed", alleles}, {"--add-contigs", "a.bcf", add},
      {"--header", "a.bed", header},        {"--dict", "a.bam", dict},
      {"--reference", "a.bam", reference},  {"--keep-gtf", "a.gff3", keep},
      {"--cds-includes-stop", "a.bed", stops}, {"--fix swap", "a.vcf", swap},
      {"--fix swap", "a.tsv", swap},        {"--fix spaces", "a.gff3", spaces},
      {"--columns", "a.bed", columns},      {"--to", "a.vcf", to_bam},
      {"--contigs-max", "a.bam", contigs_max}, {"--index-type", "a.tsv", tbi},
      {"--level", "a.cram", level},         {"--fast", "a.tsv", fast},
  };
}

}  // namespace

TEST_CASE_FIXTURE(IdleFixture, "an option that does nothing for a file refuses it") {
  for (const Idle& idle : idle_options()) {
    CAPTURE(idle.option);
    CAPTURE(idle.file);
    ProcessRequest made = request(folder() / idle.file);
    idle.give(made);
    const Error error = refusal_of(made);
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.code() == "option_without_effect");
    CHECK(error.message().find(idle.option + " does nothing for ") != std::string::npos);
    CHECK_FALSE(error.hint().empty());
    CHECK_FALSE(base::fs::exists(made.data_path));
    // Before anybody works on it, too.
    CHECK_THROWS_AS((void)inspect(made), Error);
  }
}

TEST_CASE_FIXTURE(IdleFixture, "a header is not given to a file that has one") {
  ProcessRequest sam = request(folder() / "a.sam");
  sam.options.sam_header = "@SQ\tSN:d\tLN:99\n";
  ProcessRequest vcf = request(folder() / "a.vcf");
  vcf.options.vcf_header = k_vcf;
  ProcessRequest bcf = vcf;
  bcf.options.to = Format::bcf;
  for (const ProcessRequest& made : {sam, vcf, bcf}) {
    const Error error = refusal_of(made);
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.message().find("has a header already") != std::string::npos);
  }
}

}  // namespace weir::genomics
