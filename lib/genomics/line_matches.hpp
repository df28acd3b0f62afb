#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::genomics {

/// A step of an LZ77 parse: bytes as they are, then a copy of earlier ones.
struct Match {
  std::uint16_t literals = 0;
  std::uint16_t length = 0;    ///< of the copy, 4 to 258
  std::uint16_t distance = 0;  ///< back to where it is copied from, 1 to 32768; may be < length
};

/// Finds what a text repeats of itself, for texts whose lines are long and much alike, such as GFF
/// and VCF: most of a line is copied in a few long pieces.
///
/// Hash chains of five bytes. Where a match of n bytes is known, only a text that goes on in the
/// same way is better, so the search goes on in the chain of the five bytes that end with byte n
/// (the one that differs), which is short, rather than in that of the first five, which lists every
/// line. The idea is the one of LZ4 HC's optimal levels (lz4 1.9, lz4hc.c, "chain swap").
/// One object serves one thread.
class LineMatches {
 public:
  struct Effort {
    int candidates = 16;          ///< looked at for each match
    std::uint32_t enough = 130;   ///< a match of that length is taken at once
    std::uint32_t patience = 64;  ///< after a shorter one the next byte is tried, too
  };
  static constexpr std::size_t k_content_bytes_max = 0xffff;

  explicit LineMatches(const Effort& effort);

  /// The steps, in order; what follows the last one are literals. Valid until the next call. Any
  /// content gives a correct parse. Depends on the content and the effort alone.
  [[nodiscard]] std::span<const Match> find(std::span<const std::uint8_t> content);

 private:
  struct Found {
    std::uint32_t length = 0;
    std::uint32_t distance = 0;  ///< 0: nothing
  };

  [[nodiscard]] static int worth(const Found& match);
  void begin(std::span<const std::uint8_t> content);
  void insert(std::uint32_t at);
  void insert(std::uint32_t from, std::uint32_t to);
  [[nodiscard]] Found repeated(std::uint32_t at, std::uint32_t distance) const;
  [[nodiscard]] Found longer(std::uint32_t at, Found best);
  [[nodiscard]] Found nearby(std::uint32_t at, Found best);
  [[nodiscard]] std::uint32_t equal_bytes(std::uint32_t earlier, std::uint32_t at,
                                          std::uint32_t limit) const;

  Effort effort_;
  const std::uint8_t* text_ = nullptr;
  std::uint32_t size_ = 0;
  // Places are stored plus one, so that zero is none.
  std::vector<std::uint16_t> newest_;        ///< place with that hash of five bytes
  std::vector<std::uint16_t> before_;        ///< the place before with the same hash
  std::vector<std::uint16_t> newest_short_;  ///< searched place with that hash of four bytes
  std::vector<Match> matches_;
};

}  // namespace weir::genomics
