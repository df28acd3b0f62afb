#include "processing.hpp"

#include <array>

/// Text of intervals, read as one of the formats that hold such: which one, its first byte says
/// ('0' BED, '1' narrowPeak, …); the text follows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using weir::genomics::Format;
  constexpr std::array k_formats{Format::bed,       Format::narrow_peak, Format::broad_peak,
                                 Format::bed_graph, Format::gff3,        Format::gtf,
                                 Format::tsv,       Format::tag_align,   Format::gapped_peak};
  if (size == 0) return 0;
  const std::size_t number = data[0] >= '0' ? data[0] - '0' : data[0];
  weir::fuzz::process({data + 1, size - 1}, k_formats[number % k_formats.size()]);
  return 0;
}
