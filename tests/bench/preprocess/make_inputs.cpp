// Inputs of the preprocessing benchmark, to standard output; always the same for the same
// arguments.
//
//   bench_inputs reads|binned_reads|vcf|bed|gff3|gtf COUNT
#include "genome.hpp"

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  using namespace weir::bench;
  const std::string_view kind = argc == 3 ? argv[1] : "";
  const std::int64_t count = argc == 3 ? std::atoll(argv[2]) : 0;
  if (kind == "reads" || kind == "binned_reads") {
    write_reads(count, kind == "binned_reads");
  } else if (kind == "vcf") {
    write_variants(count);
  } else if (kind == "bed") {
    write_intervals(count);
  } else if (kind == "gff3" || kind == "gtf") {
    write_genes(count, kind == "gtf");
  } else {
    std::fputs("usage: bench_inputs reads|binned_reads|vcf|bed|gff3|gtf COUNT\n", stderr);
    return 2;
  }
  return std::fclose(stdout) == 0 ? 0 : 1;
}
