#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

namespace weir::bench {

/// A small generator whose numbers are the same everywhere (SplitMix64, Steele et al. 2014);
/// `<random>`'s distributions are not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// [0, 1)
  double real() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// [0, end)
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(real() * static_cast<double>(end));
  }
  bool chance(double probability) { return real() < probability; }
  double exponential(double mean) { return -mean * std::log1p(-real()); }
  /// Irwin-Hall with twelve terms: near enough to a normal distribution.
  double normal(double mean, double deviation) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += real();
    return mean + deviation * sum;
  }

 private:
  std::uint64_t state_;
};

struct Contig {
  const char* name;
  std::int64_t length;
};

/// Primary sequences of GRCh38.
inline constexpr std::array<Contig, 24> k_contigs = {{
    {"chr1", 248956422},  {"chr2", 242193529},  {"chr3", 198295559},  {"chr4", 190214555},
    {"chr5", 181538259},  {"chr6", 170805979},  {"chr7", 159345973},  {"chr8", 145138636},
    {"chr9", 138394717},  {"chr10", 133797422}, {"chr11", 135086622}, {"chr12", 133275309},
    {"chr13", 114364328}, {"chr14", 107043718}, {"chr15", 101991189}, {"chr16", 90338345},
    {"chr17", 83257441},  {"chr18", 80373285},  {"chr19", 58617616},  {"chr20", 64444167},
    {"chr21", 46709983},  {"chr22", 50818468},  {"chrX", 156040895},  {"chrY", 57227415},
}};

struct Place {
  std::size_t contig = 0;
  std::int64_t position = 0;  ///< 1-based
};

/// Anywhere in the genome, with `room` bases behind it.
inline Place random_place(Random& random, std::int64_t room) {
  std::int64_t total = 0;
  for (const Contig& contig : k_contigs) total += contig.length;
  std::int64_t at = random.below(total);
  for (std::size_t i = 0; i < k_contigs.size(); ++i) {
    if (at < k_contigs[i].length) return {i, 10001 + at % (k_contigs[i].length - room - 20000)};
    at -= k_contigs[i].length;
  }
  return {};
}

inline char random_base(Random& random) {
  const double r = random.real();  // 41 % GC
  return r < 0.295 ? 'A' : r < 0.5 ? 'C' : r < 0.705 ? 'G' : 'T';
}

inline std::string random_bases(Random& random, std::size_t count) {
  std::string bases(count, 'A');
  for (char& base : bases) base = random_base(random);
  return bases;
}

// One file of each kind, to standard output.
void write_reads(std::int64_t reads, bool binned);
void write_variants(std::int64_t records);
void write_intervals(std::int64_t lines);
void write_genes(std::int64_t lines, bool gtf);

}  // namespace weir::bench
