#include "base/error.hpp"
#include "genomics/bgzf.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

/// What the codec of repeating lines makes of any content is that content to libdeflate. The first
/// byte chooses level and length; the rest is repeated up to it, each time with one byte changed,
/// since matches far back need more content than a fuzzer makes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::genomics;
  if (size < 2) return 0;
  const std::size_t length = std::min((data[0] / 3 + 1) * std::size_t{800}, k_bgzf_payload_bytes);
  std::vector<std::uint8_t> content;
  for (std::size_t i = 0; content.size() < length; ++i) {
    const std::size_t at = 1 + i % (size - 1);
    const std::size_t round = i / (size - 1);
    const bool changed = round > 0 && (round * 31) % (size - 1) == at - 1;
    content.push_back(static_cast<std::uint8_t>(changed ? data[at] + round : data[at]));
  }
  BlockDeflater deflater(CodecChoice{.level = 5 + data[0] % 3, .lines_repeat = true});
  std::vector<std::uint8_t> block;
  (void)deflater.deflate(content, block);
  std::vector<std::uint8_t> back(content.size());
  WEIR_ASSERT(BlockInflater().inflate(block, back));
  WEIR_ASSERT(back == content);
  return 0;
}
