#pragma once

#include "lang/arena.hpp"
#include "lang/diagnostics.hpp"
#include "lang/source.hpp"
#include "lang/token.hpp"

#include <cstddef>

namespace weir::lang {

/// Larger sources are refused.
inline constexpr std::size_t k_source_bytes_max = std::size_t{8} << 20;

/// The tokens of a script (or configuration) in one pass, in time and memory linear in its size.
///
/// Everything that is wrong with characters, literals and brackets is reported here; the list is
/// complete all the same, so that the parser can go on. `arena` takes the texts of strings with
/// escapes.
[[nodiscard]] TokenList tokenize(const SourceMap& sources, FileId file, Arena& arena,
                                 Diagnostics& diagnostics);

}  // namespace weir::lang
