#pragma once

#include "genomics/loader.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

struct BcfFromVcfOptions {
  std::string file;  ///< for messages
  LinePolicy policy = LinePolicy::normal;
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  std::string header;                      ///< for a text without one
  std::vector<std::string> extra_contigs;  ///< to declare behind those of the header
  Work work;
};

/// Gives a VCF text as if it had been a BCF file all along. Each line is checked as for VCF before
/// htslib sees it. Its `blocks()` are null.
[[nodiscard]] std::unique_ptr<Loader> make_bcf_from_vcf_loader(std::unique_ptr<Loader> text,
                                                               const BcfFromVcfOptions& options);

/// Contigs that records of a VCF text use and neither its header nor `header` declares, by bytes.
[[nodiscard]] std::vector<std::string> undeclared_contigs(Loader& text, std::string_view header);

}  // namespace weir::genomics
