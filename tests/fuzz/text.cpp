#include "base/text.hpp"
#include "base/error.hpp"
#include "base/glob.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers, durations, sizes, globs and printable text of base.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)weir::base::parse_int64(text);
  (void)weir::base::parse_double(text);
  (void)weir::base::parse_duration(text);
  (void)weir::base::parse_bytes(text);
  WEIR_ASSERT(weir::base::is_utf8(weir::base::printable(text)));
  const std::size_t half = text.find('\n');
  if (half == std::string_view::npos || half > 64) return 0;
  try {
    (void)weir::base::Glob(text.substr(0, half)).matches(text.substr(half + 1).substr(0, 256));
  } catch (const weir::Error&) {
    // a pattern may be refused
  }
  return 0;
}
