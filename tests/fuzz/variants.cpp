#include "processing.hpp"

/// The uncompressed content of a BCF file, or the text of a VCF file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::fuzz::process_content_or_text({data, size}, "BCF", weir::genomics::Format::vcf);
  return 0;
}
