#include "base/error.hpp"
#include "base/file.hpp"
#include "genomics/processor.hpp"

#include <cstdint>
#include <string_view>

/// A file of any format from its bytes to its artifacts. It may be refused as input, not otherwise.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace genomics = weir::genomics;
  const weir::base::TempDir folder;
  genomics::ProcessRequest request;
  request.source = folder.path() / "input";
  request.data_path = folder.path() / "data";
  request.index_path = folder.path() / "index";
  request.scratch_folder = folder.path();
  request.memory_limit_bytes = genomics::k_memory_limit_min_bytes;
  request.expanded_bytes_max = 1 << 24;
  weir::base::write_file(request.source, {reinterpret_cast<const char*>(data), size});
  try {
    (void)genomics::process(request);
  } catch (const weir::Error& error) {
    if (error.kind() != weir::ErrorKind::input) throw;
  }
  return 0;
}
