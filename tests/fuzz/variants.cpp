#include "processing.hpp"

/// The uncompressed content of a BCF file, or the text of a VCF file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  if (weir::fuzz::text_of(bytes).starts_with("BCF")) {
    weir::fuzz::process_in_blocks(bytes);
  } else {
    weir::fuzz::process(bytes, weir::genomics::Format::vcf);
  }
  return 0;
}
