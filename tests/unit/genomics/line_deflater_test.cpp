#include "genomics/line_deflater.hpp"

#include "genomics/bgzf.hpp"
#include "genomics/huffman_code.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <algorithm>
#include <numeric>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace weir::genomics {
namespace {

using Bytes = std::vector<std::uint8_t>;

unsigned below(std::mt19937& random, unsigned limit) {
  return static_cast<unsigned>(random() % limit);
}

Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

void check_round_trip(const Bytes& content) {
  for (const int level : {5, 6, 7}) {
    CAPTURE(level);
    CAPTURE(content.size());
    BlockDeflater blocks({.level = level, .lines_repeat = true});
    Bytes block;
    const std::size_t written = blocks.deflate(content, block);
    CHECK(written == block.size());
    Bytes back(content.size());
    CHECK(BlockInflater().inflate(block, back));
    CHECK(back == content);
  }
}

/// Lines such as those of GENCODE, as many as fit into a block.
std::string feature_lines(unsigned seed) {
  std::mt19937 random(seed);
  std::string text;
  for (unsigned start = 11'868; text.size() + 400 < k_bgzf_payload_bytes;) {
    const unsigned gene = 100'000 + below(random, 50'000);
    for (unsigned exon = 1 + below(random, 20); exon > 0; --exon) {
      start += below(random, 3'000);
      for (const char* const type : {"exon", "CDS"}) {
        text += fmt::format(
            "chr7\tHAVANA\t{0}\t{1}\t{2}\t.\t+\t{5}\tID={0}:ENST00000{3}.2:{4};Parent=ENST00000{3}"
            ".2;gene_id=ENSG00000{3}.5;transcript_type=protein_coding;exon_number={4};level=2\n",
            type, start, start + 40 + below(random, 300), gene, exon, below(random, 3));
      }
    }
  }
  text.resize(std::min(text.size(), k_bgzf_payload_bytes));
  return text;
}

/// Bits of the best code of any length for these frequencies.
std::uint64_t best_bits(const std::vector<std::uint32_t>& frequencies) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> weights;
  for (const std::uint32_t frequency : frequencies)
    if (frequency != 0) weights.push(frequency);
  std::uint64_t bits = 0;
  while (weights.size() > 1) {
    const std::uint64_t first = weights.top();
    weights.pop();
    const std::uint64_t both = first + weights.top();
    weights.pop();
    weights.push(both);
    bits += both;
  }
  return bits;
}

struct Checked {
  std::uint64_t bits = 0;
  unsigned longest = 0;
};

/// The code is complete, and every symbol that occurs has a word of at most `limit` bits.
Checked check_code(const std::vector<std::uint32_t>& frequencies, unsigned limit) {
  std::vector<std::uint8_t> lengths(frequencies.size());
  huffman_lengths(frequencies, limit, lengths);
  Checked result;
  std::uint64_t taken = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    CHECK((frequencies[i] == 0 || lengths[i] > 0));
    result.longest = std::max<unsigned>(result.longest, lengths[i]);
    result.bits += std::uint64_t{frequencies[i]} * lengths[i];
    if (lengths[i] != 0) taken += std::uint64_t{1} << (24 - lengths[i]);
  }
  CHECK(result.longest <= limit);
  CHECK(taken == std::uint64_t{1} << 24);
  return result;
}

}  // namespace

TEST_SUITE_BEGIN("line deflater");

TEST_CASE("a Huffman code is the best one where its limit allows it") {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::uint32_t> frequencies(2 + below(random, 284));
    for (std::uint32_t& frequency : frequencies)
      frequency = below(random, 3) == 0 ? 0 : below(random, 1U << below(random, 12));
    if (std::count(frequencies.begin(), frequencies.end(), 0U) + 2 >
        static_cast<std::ptrdiff_t>(frequencies.size())) {
      check_code(frequencies, 15);
      continue;
    }
    CHECK(check_code(frequencies, 20).bits == best_bits(frequencies));
    check_code(frequencies, 9);
  }
}

TEST_CASE("words that would be too long are shortened") {
  std::vector<std::uint32_t> fibonacci{1, 1};
  while (fibonacci.size() < 24) fibonacci.push_back(fibonacci.end()[-1] + fibonacci.end()[-2]);
  CHECK(check_code(fibonacci, 23).longest == 23);
  for (const unsigned limit : {5U, 7U, 14U, 15U})
    CHECK(check_code(fibonacci, limit).longest == limit);
}

TEST_CASE("codes of no and of one symbol have two words") {
  for (const std::size_t symbol : {0, 1, 7}) {
    std::vector<std::uint32_t> frequencies(8);
    check_code(frequencies, 7);
    frequencies[symbol] = 5;
    CHECK(check_code(frequencies, 7).longest == 1);
  }
}

TEST_CASE("words are those of the standard's example") {
  // RFC 1951, section 3.2.2; its words, first bit lowest.
  const std::vector<std::uint8_t> lengths{3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<HuffmanWord> words(lengths.size());
  huffman_words(lengths, words);
  const std::vector<std::uint16_t> expected{0b010, 0b110, 0b001,  0b101,
                                            0b011, 0b00,  0b0111, 0b1111};
  for (std::size_t i = 0; i < words.size(); ++i) {
    CHECK(words[i].bits == expected[i]);
    CHECK(words[i].length == lengths[i]);
  }
}

TEST_CASE("short contents come back") {
  const std::string text = "chr1\texon\t11868\t12227\tchr1\texon\t11868\t12227\tchr1\texon\t1\n";
  for (std::size_t length = 0; length <= text.size(); ++length)
    check_round_trip(bytes_of(text.substr(0, length)));
}

TEST_CASE("periodic contents come back, with copies that overlap what they make") {
  std::mt19937 random(5);
  for (const std::size_t period :
       {1, 2, 3, 4, 5, 7, 8, 63, 257, 258, 259, 4'095, 32'767, 32'768, 32'769}) {
    Bytes content(std::min<std::size_t>(3 * period + 700, k_bgzf_payload_bytes));
    for (std::size_t i = 0; i < content.size(); ++i)
      content[i] = i < period ? static_cast<std::uint8_t>(random()) : content[i - period];
    check_round_trip(content);
  }
}

TEST_CASE("contents of every sort come back") {
  std::mt19937 random(9);
  for (const unsigned alphabet : {1U, 2U, 4U, 10U, 64U, 256U}) {
    for (const std::size_t length : {std::size_t{17}, std::size_t{5'000}, k_bgzf_payload_bytes}) {
      Bytes content(length);
      for (std::uint8_t& byte : content) byte = static_cast<std::uint8_t>(below(random, alphabet));
      check_round_trip(content);
    }
  }
  for (unsigned seed = 0; seed < 5; ++seed) check_round_trip(bytes_of(feature_lines(seed)));
}

TEST_CASE("what does not fit is not written") {
  std::mt19937 random(1);
  Bytes content(10'000);
  for (std::uint8_t& byte : content) byte = static_cast<std::uint8_t>(random());
  LineDeflater deflater(6);
  Bytes stream(content.size(), 0xee);
  CHECK(deflater.deflate(content, stream) == 0);
  CHECK(stream == Bytes(content.size(), 0xee));
  // Just enough room, and not a byte beyond it.
  const Bytes lines = bytes_of(feature_lines(1));
  Bytes roomy(lines.size());
  const std::size_t length = deflater.deflate(lines, roomy);
  REQUIRE(length > 0);
  for (std::size_t room = 0; room < length + LineDeflater::k_slack_bytes + 40; ++room) {
    Bytes tight(room + 16, 0xee);
    const std::size_t got = deflater.deflate(lines, std::span(tight).first(room));
    CHECK((got == 0 || got == length));
    CHECK(std::all_of(tight.begin() + static_cast<std::ptrdiff_t>(room), tight.end(),
                      [](std::uint8_t byte) { return byte == 0xee; }));
    if (room > 200) room += 97;
  }
}

TEST_CASE("lines that are alike get as small as by libdeflate, whatever came before") {
  for (const int level : {5, 6, 7}) {
    BlockDeflater ours({.level = level, .lines_repeat = true});
    BlockDeflater theirs({.level = level});
    std::size_t our_bytes = 0;
    std::size_t their_bytes = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
      const Bytes content = bytes_of(feature_lines(seed));
      Bytes block;
      our_bytes += ours.deflate(content, block);
      Bytes again;
      BlockDeflater({.level = level, .lines_repeat = true}).deflate(content, again);
      CHECK(again == block);
      Bytes other;
      their_bytes += theirs.deflate(content, other);
    }
    CAPTURE(level);
    CHECK(static_cast<double>(our_bytes) <= 1.03 * static_cast<double>(their_bytes));
  }
}

TEST_SUITE_END();

}  // namespace weir::genomics
