#pragma once

#include "genomics/format.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir::fuzz {

/// Takes a file of these bytes from its first byte to the checked pair of artifacts, so that index
/// writer and checks run, too. `format` is taken for granted if given. The policy for bad lines,
/// and whether all fits into memory, follow from the size, so that an input always does the same.
/// What is refused as input is no finding; whatever else is thrown is.
void process(std::span<const std::uint8_t> bytes, std::optional<genomics::Format> format = {});

/// As `process`. What begins with `magic` is the content of a BGZF file: it is compressed first,
/// since a change in a compressed byte would only ever meet the checksum. All else is text of the
/// format.
void process_content_or_text(std::span<const std::uint8_t> bytes, std::string_view magic,
                             genomics::Format text);

[[nodiscard]] inline std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace weir::fuzz
