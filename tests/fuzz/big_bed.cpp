#include "processing.hpp"

/// A bigBed or bigWig file: the header, trees and data sections that our own reader follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const bool wig = weir::fuzz::text_of(bytes).substr(0, 4).find('\x26') != std::string_view::npos;
  weir::fuzz::process(bytes,
                      wig ? weir::genomics::Format::big_wig : weir::genomics::Format::big_bed);
  return 0;
}
