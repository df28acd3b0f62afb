#include "base/random.hpp"

#include "base/error.hpp"

#include <sys/random.h>

#include <cerrno>

namespace weir::base {

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  // Requests of up to 256 bytes are never cut short once the generator is seeded; getrandom(2).
  while (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) {
    if (errno != EINTR) throw system_error("draw", "random bytes", errno);
  }
  return value;
}

std::string random_hex(std::size_t digits) {
  static constexpr char k_digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(digits);
  std::uint64_t pool = 0;
  while (text.size() < digits) {
    if (text.size() % 16 == 0) pool = random_u64();
    text += k_digits[pool & 15];
    pool >>= 4;
  }
  return text;
}

}  // namespace weir::base
