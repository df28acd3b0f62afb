#include "genome.hpp"

#include <algorithm>

namespace weir::bench {
namespace {

struct Call {
  std::string text;
  int alternative_alleles = 0;
  int depth = 0;
  bool missing = false;
};

/// One sample: genotype, allele depths, quality and likelihoods that agree with each other.
Call call_sample(Random& random, double frequency) {
  Call call;
  const int depth = std::max(0, static_cast<int>(random.normal(31, 8)));
  if (depth == 0) {
    call.missing = true;
    call.text = "./.:0,0:0:.:0,0,0";
    return call;
  }
  call.depth = depth;
  call.alternative_alleles =
      (random.chance(frequency) ? 1 : 0) + (random.chance(frequency) ? 1 : 0);
  int alternative = call.alternative_alleles * depth / 2;
  if (call.alternative_alleles == 1) {
    alternative =
        std::clamp(static_cast<int>(random.normal(depth * 0.49, std::sqrt(depth) / 2)), 1, depth);
  } else if (call.alternative_alleles == 0 && random.chance(0.03)) {
    alternative = 1;
  }
  const int quality = call.alternative_alleles == 1 ? 99 : std::min(99, 3 * depth);
  const auto noise = static_cast<int>(random.below(60));
  std::array<int, 3> likelihoods{};
  if (call.alternative_alleles == 0) likelihoods = {0, quality, quality * 27 / 2 + noise};
  if (call.alternative_alleles == 1)
    likelihoods = {alternative * 30 + noise, 0, (depth - alternative) * 30 + noise};
  if (call.alternative_alleles == 2) likelihoods = {depth * 38 + noise, 3 * depth, 0};
  std::array<char, 96> text{};
  static constexpr std::array<const char*, 3> k_genotypes = {"0/0", "0/1", "1/1"};
  std::snprintf(text.data(), text.size(), "%s:%d,%d:%d:%d:%d,%d,%d",
                k_genotypes[static_cast<std::size_t>(call.alternative_alleles)],
                depth - alternative, alternative, depth, quality, likelihoods[0], likelihoods[1],
                likelihoods[2]);
  call.text = text.data();
  return call;
}

void write_header() {
  std::fputs(
      "##fileformat=VCFv4.2\n"
      "##FILTER=<ID=PASS,Description=\"All filters passed\">\n"
      "##FILTER=<ID=LowQual,Description=\"Low quality\">\n"
      "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths of alleles\">\n"
      "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n"
      "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Quality of the genotype\">\n"
      "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
      "##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">\n",
      stdout);
  static constexpr std::array<const char*, 13> k_info = {
      "AC,Number=A,Type=Integer",         "AF,Number=A,Type=Float",
      "AN,Number=1,Type=Integer",         "DP,Number=1,Type=Integer",
      "BaseQRankSum,Number=1,Type=Float", "FS,Number=1,Type=Float",
      "ExcessHet,Number=1,Type=Float",    "MLEAC,Number=A,Type=Integer",
      "MLEAF,Number=A,Type=Float",        "MQ,Number=1,Type=Float",
      "MQRankSum,Number=1,Type=Float",    "QD,Number=1,Type=Float",
      "SOR,Number=1,Type=Float"};
  for (const char* const field : k_info)
    std::printf("##INFO=<ID=%s,Description=\"As GATK has it\">\n", field);
  for (const Contig& contig : k_contigs)
    std::printf("##contig=<ID=%s,length=%lld>\n", contig.name,
                static_cast<long long>(contig.length));
  std::fputs("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG001\tHG002\tHG003\tHG004\n",
             stdout);
}

}  // namespace

/// A joint call of four samples, its records in random order.
void write_variants(std::int64_t records) {
  Random random(11);
  write_header();
  for (std::int64_t i = 0; i < records; ++i) {
    const Place place = random_place(random, 100);
    std::string reference(1, random_base(random));
    std::string alternative(1, reference[0] == 'A' ? 'G' : reference[0] == 'G' ? 'A' : 'T');
    if (alternative == reference) alternative = "C";
    if (random.chance(0.13)) {
      const std::string more =
          random_bases(random, 1 + static_cast<std::size_t>(random.exponential(2.5)));
      (random.chance(0.5) ? reference : alternative) += more;
    }
    const double frequency = random.real() * random.real();
    std::array<Call, 4> calls;
    int count = 0;
    int depth = 0;
    int number = 8;
    bool het = false;
    for (Call& call : calls) {
      call = call_sample(random, frequency);
      count += call.alternative_alleles;
      depth += call.depth;
      number -= call.missing ? 2 : 0;
      het = het || call.alternative_alleles == 1;
    }
    count = std::max(count, 1);
    const double share = number > 0 ? static_cast<double>(count) / number : 0;
    const double quality = count * 480 * std::abs(random.normal(1, 0.35)) + 30;
    const std::string id =
        random.chance(0.85) ? "rs" + std::to_string(1000 + random.below(1600000000)) : ".";
    std::printf("%s\t%lld\t%s\t%s\t%s\t%.2f\t%s\tAC=%d;AF=%.3f;AN=%d;",
                k_contigs[place.contig].name, static_cast<long long>(place.position), id.c_str(),
                reference.c_str(), alternative.c_str(), quality, quality > 60 ? "PASS" : "LowQual",
                count, share, number);
    if (het) std::printf("BaseQRankSum=%.3f;", random.normal(0.1, 1.2));
    std::printf("DP=%d;ExcessHet=%.4f;FS=%.3f;MLEAC=%d;MLEAF=%.3f;MQ=%.2f;", depth,
                het ? std::abs(random.normal(2.5, 1.5)) : 3.0103,
                std::max(0.0, random.normal(0.5, 2.4)), count, share,
                random.chance(0.82) ? 60.0 : 60 - random.real() * 25);
    if (het) std::printf("MQRankSum=%.2f;", random.chance(0.7) ? 0 : random.normal(-0.2, 0.9));
    std::printf("QD=%.2f;SOR=%.3f\tGT:AD:DP:GQ:PL", std::min(36.0, std::abs(random.normal(19, 7))),
                std::abs(random.normal(0.75, 0.4)));
    for (const Call& call : calls) std::printf("\t%s", call.text.c_str());
    std::putchar('\n');
  }
}

}  // namespace weir::bench
