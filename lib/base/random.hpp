#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::base {

/// From the kernel's generator.
[[nodiscard]] std::uint64_t random_u64();
/// Lower-case hexadecimal, `digits` long.
[[nodiscard]] std::string random_hex(std::size_t digits);

}  // namespace weir::base
