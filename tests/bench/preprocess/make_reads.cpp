#include "genome.hpp"

#include <algorithm>
#include <vector>

namespace weir::bench {
namespace {

constexpr std::int64_t k_length = 150;

/// Base qualities by a Markov chain over the value before: long plateaus near the top, dips that
/// last some bases, more of them towards the end. Drawn once; reads take strings from the bank.
std::vector<std::string> quality_bank(Random& random, bool binned) {
  constexpr std::size_t k_strings = 40000;
  std::vector<std::string> bank(k_strings);
  for (std::string& qualities : bank) {
    const double poor = random.chance(0.12) ? 2.5 : 0.75;
    int value = 38;
    for (std::int64_t i = 0; i < k_length; ++i) {
      const double late = static_cast<double>(i) / k_length;
      const double r = random.real();
      const double dip = poor * (0.02 + 0.06 * late * late);
      if (r < dip) {
        value = static_cast<int>(8 + random.below(20));
      } else if (value < 30 ? r < 0.55 : r < 0.30) {
        value = std::clamp(value + static_cast<int>(random.below(5)) - (value < 36 ? 0 : 2), 2, 41);
      }
      const int shown = !binned ? value : value > 33 ? 37 : value > 20 ? 25 : value > 6 ? 11 : 2;
      qualities.push_back(static_cast<char>('!' + shown));
    }
  }
  return bank;
}

struct Aligned {
  std::string bases, cigar, md;
  std::int64_t changes = 0;
  std::int64_t covered = k_length;
};

/// A read of the reference with the usual share of substitutions, clips and short indels.
Aligned align(Random& random, std::string_view reference) {
  Aligned read;
  const std::string whole = std::to_string(k_length);
  read.bases = reference.substr(0, k_length);
  read.cigar = whole + 'M';
  read.md = whole;
  const double kind = random.real();
  if (kind < 0.70) return read;
  if (kind < 0.955) {
    std::int64_t run = 0;
    read.md.clear();
    const double rate = 0.012;
    for (char& base : read.bases) {
      if (!random.chance(rate)) {
        ++run;
        continue;
      }
      read.md += std::to_string(run) + base;
      run = 0;
      base = base == 'A' ? 'G' : base == 'G' ? 'A' : base == 'C' ? 'T' : 'C';
      ++read.changes;
    }
    read.md += std::to_string(run);
    return read;
  }
  const std::int64_t at = 10 + random.below(k_length - 75);
  if (kind < 0.975) {  // soft clip
    read.bases = std::string(reference.substr(0, static_cast<std::size_t>(k_length - at))) +
                 random_bases(random, static_cast<std::size_t>(at));
    read.covered = k_length - at;
    read.cigar = std::to_string(read.covered) + 'M' + std::to_string(at) + 'S';
    read.md = std::to_string(read.covered);
    return read;
  }
  const std::int64_t gap = 1 + random.below(4);
  const auto cut = static_cast<std::size_t>(at);
  read.changes = gap;
  if (kind < 0.988) {  // deletion
    read.bases = std::string(reference.substr(0, cut)) +
                 std::string(reference.substr(cut + static_cast<std::size_t>(gap),
                                              static_cast<std::size_t>(k_length) - cut));
    read.cigar =
        std::to_string(at) + 'M' + std::to_string(gap) + 'D' + std::to_string(k_length - at) + 'M';
    read.md = std::to_string(at) + '^' +
              std::string(reference.substr(cut, static_cast<std::size_t>(gap))) +
              std::to_string(k_length - at);
    read.covered = k_length + gap;
    return read;
  }
  read.bases = std::string(reference.substr(0, cut)) +
               random_bases(random, static_cast<std::size_t>(gap)) +
               std::string(reference.substr(cut, static_cast<std::size_t>(k_length - at - gap)));
  read.cigar = std::to_string(at) + 'M' + std::to_string(gap) + 'I' +
               std::to_string(k_length - at - gap) + 'M';
  read.md = std::to_string(k_length - gap);
  read.covered = k_length - gap;
  return read;
}

}  // namespace

/// Pairs in the order of a sequencer, which is none: unsorted SAM. Reads fall into windows, as of
/// an exome at 30-fold depth, so that neighbours overlap when they are sorted.
void write_reads(std::int64_t reads, bool binned) {
  constexpr std::int64_t k_window = 1900;
  Random random(7);
  const std::vector<std::string> bank = quality_bank(random, binned);
  const std::int64_t windows = std::max<std::int64_t>(1, reads * k_length / 30 / 1200);
  struct Window {
    Place place;
    std::string bases;
  };
  std::vector<Window> targets;
  for (std::int64_t i = 0; i < windows; ++i)
    targets.push_back({random_place(random, k_window), random_bases(random, k_window)});
  std::fputs("@HD\tVN:1.6\tSO:unsorted\n", stdout);
  for (const Contig& contig : k_contigs)
    std::printf("@SQ\tSN:%s\tLN:%lld\n", contig.name, static_cast<long long>(contig.length));
  std::fputs("@RG\tID:rg1\tSM:s1\tLB:l1\tPL:ILLUMINA\n@PG\tID:bwa\tPN:bwa\tVN:0.7.17\n", stdout);
  const auto quality = [&]() -> const std::string& {
    return bank[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bank.size())))];
  };
  std::int64_t x = 1000;
  for (std::int64_t pair = 0; pair < reads / 2; ++pair) {
    x = (x + random.below(60)) % 32000 + 1000;
    const long long tile = 1101 + pair / 40000 % 78;
    const std::string name = "A00684:261:HNJK2DSX3:" + std::to_string(1 + pair / 3120000) + ':' +
                             std::to_string(tile) + ':' + std::to_string(x) + ':' +
                             std::to_string(1000 + random.below(36000));
    if (random.chance(0.008)) {
      for (const int flags : {77, 141}) {
        std::printf("%s\t%d\t*\t0\t0\t*\t*\t0\t0\t%s\t%s\tAS:i:0\tXS:i:0\tRG:Z:rg1\n", name.c_str(),
                    flags, random_bases(random, k_length).c_str(), quality().c_str());
      }
      continue;
    }
    const Window& window = targets[static_cast<std::size_t>(random.below(windows))];
    const auto insert = static_cast<std::int64_t>(
        std::clamp(random.normal(360, 70), static_cast<double>(k_length + 8), 640.0));
    const std::int64_t at = random.below(k_window - insert - 8);
    const std::string_view bases = window.bases;
    const Aligned left = align(random, bases.substr(static_cast<std::size_t>(at)));
    const std::int64_t second = at + insert - k_length;
    const Aligned right = align(random, bases.substr(static_cast<std::size_t>(second)));
    const bool first_is_left = random.chance(0.5);
    const int duplicate = random.chance(0.09) ? 1024 : 0;
    const char* const contig = k_contigs[window.place.contig].name;
    const std::int64_t quality_of_place = random.chance(0.93) ? 60 : random.below(60);
    const std::int64_t other = random.chance(0.4) ? 19 + random.below(40) : 0;
    const auto print = [&](const Aligned& read, int flags, std::int64_t begin, std::int64_t mate,
                           std::int64_t template_length, const std::string& mate_cigar,
                           std::string qualities, bool reversed) {
      if (reversed) std::reverse(qualities.begin(), qualities.end());
      std::printf(
          "%s\t%d\t%s\t%lld\t%lld\t%s\t=\t%lld\t%lld\t%s\t%s\tNM:i:%lld\tMD:Z:%s\tMC:Z:%s\t"
          "AS:i:%lld\tXS:i:%lld\tRG:Z:rg1\n",
          name.c_str(), flags + duplicate, contig,
          static_cast<long long>(window.place.position) + begin,
          static_cast<long long>(quality_of_place), read.cigar.c_str(),
          static_cast<long long>(window.place.position) + mate,
          static_cast<long long>(template_length), read.bases.c_str(), qualities.c_str(),
          static_cast<long long>(read.changes), read.md.c_str(), mate_cigar.c_str(),
          static_cast<long long>(k_length - 5 * read.changes), static_cast<long long>(other));
    };
    const std::int64_t spread = second + right.covered - at;
    print(left, first_is_left ? 99 : 163, at, second, spread, right.cigar, quality(), false);
    print(right, first_is_left ? 147 : 83, second, at, -spread, left.cigar, quality(), true);
  }
}

}  // namespace weir::bench
