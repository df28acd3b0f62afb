#include "processing.hpp"

/// The uncompressed content of a BAM file, or the text of a SAM file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::fuzz::process_content_or_text({data, size}, "BAM\1", weir::genomics::Format::sam);
  return 0;
}
