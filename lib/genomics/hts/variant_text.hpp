#pragma once

#include "genomics/loader.hpp"
#include "genomics/problem.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Gives the records of a BCF file as VCF text through htslib. Reads plain, gzip and BGZF files.
/// Throws Error (`bad_bcf_header`, `bad_record` with the record's number). All references must
/// outlive the loader.
[[nodiscard]] std::unique_ptr<Loader> make_bcf_text_loader(const SourceFile& source,
                                                           SourceHasher& hasher,
                                                           const LoadOptions& options);

/// Turns VCF record lines into BCF records through htslib. One object serves one thread.
class BcfLineEncoder {
 public:
  /// `header`: lines with their ends, #CHROM line included. Throws Error (`bad_vcf_header`).
  BcfLineEncoder(const std::string& header, const std::string& file);
  BcfLineEncoder(BcfLineEncoder&&) noexcept;
  BcfLineEncoder& operator=(BcfLineEncoder&&) noexcept;
  ~BcfLineEncoder();
  /// The header as BCF has it (6.2), magic number included.
  [[nodiscard]] std::string header_bytes() const;
  /// Appends the record with its lengths to `to`; or the problem that refuses the line.
  [[nodiscard]] std::optional<Problem> encode(std::string_view line, std::vector<std::uint8_t>& to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::genomics
