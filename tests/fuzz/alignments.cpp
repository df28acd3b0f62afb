#include "processing.hpp"

/// The uncompressed content of a BAM file, or the text of a SAM file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  if (weir::fuzz::text_of(bytes).starts_with("BAM\1")) {
    weir::fuzz::process_in_blocks(bytes);
  } else {
    weir::fuzz::process(bytes, weir::genomics::Format::sam);
  }
  return 0;
}
