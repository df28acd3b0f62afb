#pragma once

#include "genomics/bgzf.hpp"
#include "genomics/problem.hpp"
#include "genomics/source.hpp"
#include "genomics/work.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace weir::genomics {

/// Gives decompressed bytes from front to back. One thread calls it; it may use several inside.
class Loader {
 public:
  virtual ~Loader() = default;
  /// Writes the next bytes to `to`, at most `room`; 0 only at the end, after all end checks passed.
  /// `room` must be at least `k_load_room_min`. Throws Error for damaged input.
  [[nodiscard]] virtual std::size_t load(std::uint8_t* to, std::size_t room) = 0;
  /// Bytes of the source consumed so far.
  [[nodiscard]] virtual std::uint64_t source_position() const = 0;
  /// The blocks of what was loaded, when the source itself can be addressed by virtual offsets;
  /// else null.
  [[nodiscard]] virtual BlockMap* blocks() { return nullptr; }
  /// What was found in the container and did not refuse it.
  [[nodiscard]] virtual const ProblemTally& tally() const = 0;
};

constexpr std::size_t k_load_room_min = k_bgzf_block_bytes_max;

struct LoadOptions {
  Work work;
  std::size_t piece_bytes = std::size_t{4} << 20;  ///< read at a time
  bool accept_missing_eof = false;
  std::uint64_t expanded_bytes_max = ~std::uint64_t{0};
};

/// Throws Error (expansion_limit) when more bytes were decompressed than the options allow.
void check_expansion(std::uint64_t expanded, const LoadOptions& options, const SourceFile& source);

/// A loader for the container that the file is in. `hasher` (may be null) gets every byte of the
/// source in order, once, by the time `load` returned 0. Both references must outlive the loader.
[[nodiscard]] std::unique_ptr<Loader> make_loader(const SourceFile& source, Container container,
                                                  SourceHasher* hasher, const LoadOptions& options);

/// Decompresses gzip members that another loader gives. Looks for a file compressed twice.
[[nodiscard]] std::unique_ptr<Loader> make_gzip_loader(std::unique_ptr<Loader> inner,
                                                       const SourceFile& source,
                                                       const LoadOptions& options);

}  // namespace weir::genomics
