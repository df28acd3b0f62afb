#include "processing.hpp"

/// A file of any format and container, as it is recognised.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::fuzz::process({data, size});
  return 0;
}
