#include "genomics/line_deflater.hpp"

#include "base/error.hpp"
#include "genomics/huffman_code.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::genomics {
namespace {

constexpr std::size_t k_end_of_block = 256;
constexpr std::size_t k_length_symbol_first = 257;
constexpr std::size_t k_text_symbols = 286;  ///< literals, end of block, lengths
constexpr std::size_t k_distance_symbols = 30;
constexpr std::size_t k_length_symbols = 29;
constexpr std::size_t k_code_symbols = 19;  ///< of the code in which the code lengths are written
/// Three literals and what is left of a byte fit into the bit buffer with it.
constexpr unsigned k_text_word_bits_max = 14;
constexpr unsigned k_code_word_bits_max = 7;

/// Where the values of a symbol begin and how many bits choose among them (RFC 1951, 3.2.5).
struct Range {
  std::uint16_t first = 0;
  std::uint8_t extra_bits = 0;
};

struct Tables {
  std::array<Range, k_length_symbols> lengths;
  std::array<Range, k_distance_symbols> distances;
  std::array<std::uint8_t, 259> length_symbol{};  ///< by length

  constexpr Tables() {
    unsigned first = 3;
    for (unsigned i = 0; i + 1 < k_length_symbols; ++i) {
      const unsigned bits = i < 8 ? 0 : (i - 4) / 4;
      lengths[i] = {static_cast<std::uint16_t>(first), static_cast<std::uint8_t>(bits)};
      for (unsigned k = 0; k < 1U << bits && first + k < 258; ++k)
        length_symbol[first + k] = static_cast<std::uint8_t>(i);
      first += 1U << bits;
    }
    lengths[k_length_symbols - 1] = {258, 0};
    length_symbol[258] = k_length_symbols - 1;
    first = 1;
    for (unsigned i = 0; i < k_distance_symbols; ++i) {
      const unsigned bits = i < 4 ? 0 : (i - 2) / 2;
      distances[i] = {static_cast<std::uint16_t>(first), static_cast<std::uint8_t>(bits)};
      first += 1U << bits;
    }
  }
};

constexpr Tables k_tables;

/// Two symbols share each number of extra bits, that is each power of two.
std::size_t distance_symbol(unsigned distance) {
  const unsigned from_zero = distance - 1;
  if (from_zero < 4) return from_zero;
  const auto bits = static_cast<unsigned>(std::bit_width(from_zero)) - 2;
  return 2 * bits + (from_zero >> bits);
}

struct Frequencies {
  std::array<std::uint32_t, k_text_symbols> text{};
  std::array<std::uint32_t, k_distance_symbols> distance{};

  Frequencies(std::span<const std::uint8_t> content, std::span<const Match> matches) {
    const std::uint8_t* at = content.data();
    for (const Match& match : matches) {
      for (const std::uint8_t* const end = at + match.literals; at < end; ++at) ++text[*at];
      ++text[k_length_symbol_first + k_tables.length_symbol[match.length]];
      ++distance[distance_symbol(match.distance)];
      at += match.length;
    }
    for (const std::uint8_t* const end = content.data() + content.size(); at < end; ++at)
      ++text[*at];
    text[k_end_of_block] = 1;
  }
};

/// Bits, first one lowest, into memory with `k_slack_bytes` to spare.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* to) : begin_(to), to_(to) {}
  /// Up to 57 bits between two calls of `flush`.
  void put(std::uint64_t bits, unsigned count) {
    buffer_ |= bits << held_;
    held_ += count;
  }
  void put(const HuffmanWord& word) { put(word.bits, word.length); }
  void flush() {
    std::memcpy(to_, &buffer_, sizeof buffer_);
    to_ += held_ / 8;
    buffer_ >>= held_ & ~7U;
    held_ &= 7;
  }
  /// Bytes in all, the last one filled up.
  std::size_t finish() {
    flush();
    return static_cast<std::size_t>(to_ - begin_) + (held_ != 0 ? 1 : 0);
  }

 private:
  std::uint8_t* begin_;
  std::uint8_t* to_;
  std::uint64_t buffer_ = 0;
  unsigned held_ = 0;
};

/// The two codes of a block and how their lengths are written before it (RFC 1951, 3.2.7).
class BlockCodes {
 public:
  explicit BlockCodes(const Frequencies& frequencies) {
    huffman_lengths(frequencies.text, k_text_word_bits_max,
                    std::span(lengths_).first<k_text_symbols>());
    huffman_words(std::span(lengths_).first<k_text_symbols>(), text);
    std::array<std::uint8_t, k_distance_symbols> distance_lengths;
    huffman_lengths(frequencies.distance, k_huffman_length_max, distance_lengths);
    huffman_words(distance_lengths, distance);
    while (text_used_ > k_length_symbol_first && lengths_[text_used_ - 1] == 0) --text_used_;
    while (distances_used_ > 1 && distance_lengths[distances_used_ - 1] == 0) --distances_used_;
    std::copy_n(distance_lengths.begin(), distances_used_,
                lengths_.begin() + static_cast<std::ptrdiff_t>(text_used_));
    shorten_runs(std::span(lengths_).first(text_used_ + distances_used_));
    huffman_lengths(code_frequencies_, k_code_word_bits_max, code_lengths_);
    huffman_words(code_lengths_, code_);
  }

  /// Of the whole block, in bits.
  [[nodiscard]] std::uint64_t size_bits(const Frequencies& frequencies) const {
    std::uint64_t bits = 3 + 5 + 5 + 4 + 3 * k_code_symbols;
    for (std::size_t i = 0; i < steps_; ++i) bits += code_[runs_[i].symbol].length + 7U;
    for (std::size_t i = 0; i < k_text_symbols; ++i)
      bits += std::uint64_t{frequencies.text[i]} * text[i].length;
    for (std::size_t i = 0; i < k_length_symbols; ++i)
      bits += std::uint64_t{frequencies.text[k_length_symbol_first + i]} *
              k_tables.lengths[i].extra_bits;
    for (std::size_t i = 0; i < k_distance_symbols; ++i)
      bits += std::uint64_t{frequencies.distance[i]} *
              (distance[i].length + k_tables.distances[i].extra_bits);
    return bits;
  }

  void write_header(BitWriter& to) const {
    static constexpr std::array<std::uint8_t, k_code_symbols> k_order = {
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    std::size_t written = k_code_symbols;
    while (written > 4 && code_lengths_[k_order[written - 1]] == 0) --written;
    to.put(1, 1);  // the last block
    to.put(2, 2);  // of type 2
    to.put(text_used_ - k_length_symbol_first, 5);
    to.put(distances_used_ - 1, 5);
    to.put(written - 4, 4);
    to.flush();
    for (std::size_t i = 0; i < written; ++i) {
      to.put(code_lengths_[k_order[i]], 3);
      to.flush();
    }
    for (std::size_t i = 0; i < steps_; ++i) {
      to.put(code_[runs_[i].symbol]);
      to.put(runs_[i].more, k_extra_bits(runs_[i].symbol));
      to.flush();
    }
  }

  std::array<HuffmanWord, k_text_symbols> text;
  std::array<HuffmanWord, k_distance_symbols> distance;

 private:
  enum : std::uint8_t { k_repeat = 16, k_few_zeros = 17, k_many_zeros = 18 };
  struct Run {
    std::uint8_t symbol = 0;
    std::uint8_t more = 0;  ///< value of its extra bits
  };
  static unsigned k_extra_bits(std::uint8_t symbol) {
    return symbol == k_repeat ? 2 : symbol == k_few_zeros ? 3 : symbol == k_many_zeros ? 7 : 0;
  }

  void add(std::uint8_t symbol, std::size_t more = 0) {
    runs_[steps_++] = {symbol, static_cast<std::uint8_t>(more)};
    ++code_frequencies_[symbol];
  }

  void shorten_runs(std::span<const std::uint8_t> lengths) {
    for (std::size_t i = 0; i < lengths.size();) {
      const std::uint8_t length = lengths[i];
      std::size_t run = 1;
      while (i + run < lengths.size() && lengths[i + run] == length) ++run;
      i += run;
      if (length != 0) {
        add(length);
        --run;
      }
      while (run >= 3) {
        const std::size_t most = length != 0 ? 6 : 138;
        const std::size_t part = std::min(run, most);
        if (length != 0)
          add(k_repeat, part - 3);
        else if (part <= 10)
          add(k_few_zeros, part - 3);
        else
          add(k_many_zeros, part - 11);
        run -= part;
      }
      for (; run > 0; --run) add(length);
    }
  }

  std::array<std::uint8_t, k_text_symbols + k_distance_symbols> lengths_{};
  std::size_t text_used_ = k_text_symbols;
  std::size_t distances_used_ = k_distance_symbols;
  std::array<Run, k_text_symbols + k_distance_symbols> runs_;
  std::size_t steps_ = 0;
  std::array<std::uint32_t, k_code_symbols> code_frequencies_{};
  std::array<std::uint8_t, k_code_symbols> code_lengths_;
  std::array<HuffmanWord, k_code_symbols> code_;
};

void write_literals(const std::uint8_t* at, const std::uint8_t* end, const BlockCodes& codes,
                    BitWriter& to) {
  for (; end - at >= 3; at += 3) {
    to.put(codes.text[at[0]]);
    to.put(codes.text[at[1]]);
    to.put(codes.text[at[2]]);
    to.flush();
  }
  for (; at < end; ++at) to.put(codes.text[*at]);
  to.flush();
}

void write_match(const Match& match, const BlockCodes& codes, BitWriter& to) {
  const std::size_t length = k_tables.length_symbol[match.length];
  to.put(codes.text[k_length_symbol_first + length]);
  to.put(match.length - k_tables.lengths[length].first, k_tables.lengths[length].extra_bits);
  const std::size_t distance = distance_symbol(match.distance);
  to.put(codes.distance[distance]);
  to.put(match.distance - k_tables.distances[distance].first,
         k_tables.distances[distance].extra_bits);
  to.flush();
}

LineMatches::Effort effort_of(int level) {
  WEIR_ASSERT(LineDeflater::has_level(level));
  if (level == 5) return {.candidates = 8, .enough = 130, .patience = 32};
  if (level == 6) return {.candidates = 16, .enough = 130, .patience = 40};
  return {.candidates = 40, .enough = 130, .patience = 64};
}

}  // namespace

LineDeflater::LineDeflater(int level) : matches_(effort_of(level)) {}

std::size_t LineDeflater::deflate(std::span<const std::uint8_t> content,
                                  std::span<std::uint8_t> to) {
  const std::span<const Match> matches = matches_.find(content);
  const Frequencies frequencies(content, matches);
  const BlockCodes codes(frequencies);
  if (codes.size_bits(frequencies) / 8 + 1 + k_slack_bytes > to.size()) return 0;
  BitWriter writer(to.data());
  codes.write_header(writer);
  const std::uint8_t* at = content.data();
  for (const Match& match : matches) {
    write_literals(at, at + match.literals, codes, writer);
    write_match(match, codes, writer);
    at += match.literals + match.length;
  }
  write_literals(at, content.data() + content.size(), codes, writer);
  writer.put(codes.text[k_end_of_block]);
  return writer.finish();
}

}  // namespace weir::genomics
