#pragma once

#include <cstdint>
#include <span>

namespace weir::genomics {

constexpr unsigned k_huffman_length_max = 15;  ///< of deflate's codes, in bits

/// One code word as deflate wants it in its stream: first bit lowest.
struct HuffmanWord {
  std::uint16_t bits = 0;
  std::uint8_t length = 0;  ///< in bits; 0: the symbol has none
};

/// Lengths of a Huffman code for symbols that occur that often, none above `limit` bits. At least
/// two symbols get a word, since some inflaters refuse codes of one. Where words had to be
/// shortened the code is complete, but not always the best one.
void huffman_lengths(std::span<const std::uint32_t> frequencies, unsigned limit,
                     std::span<std::uint8_t> lengths);

/// The canonical code of these lengths (RFC 1951, section 3.2.2).
void huffman_words(std::span<const std::uint8_t> lengths, std::span<HuffmanWord> words);

}  // namespace weir::genomics
