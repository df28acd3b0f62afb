#pragma once

#include "genomics/processor.hpp"
#include "genomics/source.hpp"

#include <cstdint>
#include <string>

namespace weir::genomics {

/// The .gzi index of a BGZF file, as bgzip writes it: the number of blocks after the first, then
/// where each begins, compressed and uncompressed, all as 64-bit little-endian numbers.
[[nodiscard]] std::string make_gzi(int fd, std::uint64_t file_bytes, const std::string& name);

/// Writes it for the data of a finished report, when the request names a place for it. Throws Error
/// (input) when the data is no BGZF.
void add_gzi(const ProcessRequest& request, const SourceFile& source, ProcessReport& report);

}  // namespace weir::genomics
