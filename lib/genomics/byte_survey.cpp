#include "genomics/byte_survey.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace weir::genomics {
namespace {

/// A vector register of bytes, as GCC and Clang have it for every processor.
using Lanes = std::uint8_t __attribute__((vector_size(16)));

constexpr std::size_t k_lanes = sizeof(Lanes);
constexpr std::size_t k_rounds_max = 255;  // a lane's count must not overflow

bool is_control(std::uint8_t byte) {
  return (byte < ' ' && byte != '\t' && byte != '\n') || byte == 0x7f;
}

bool any(const Lanes& lanes) {
  std::uint64_t words[2];
  static_assert(sizeof words == sizeof lanes);
  std::memcpy(words, &lanes, sizeof words);
  return (words[0] | words[1]) != 0;
}

/// Of `rounds` whole vectors.
ByteSurvey survey_vectors(const std::uint8_t* at, std::size_t rounds) {
  Lanes newlines{};
  Lanes seen{};
  Lanes control{};
  for (std::size_t round = 0; round < rounds; ++round, at += k_lanes) {
    Lanes bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    const auto newline = static_cast<Lanes>(bytes == '\n');  // 0xff where it is one
    newlines -= newline;
    seen |= bytes;
    control |= (static_cast<Lanes>(bytes < ' ') & ~newline & static_cast<Lanes>(bytes != '\t')) |
               static_cast<Lanes>(bytes == 0x7f);
  }
  ByteSurvey found{.high = any(seen & 0x80), .control = any(control)};
  for (std::size_t lane = 0; lane < k_lanes; ++lane) found.newlines += newlines[lane];
  return found;
}

}  // namespace

void ByteSurvey::add(const ByteSurvey& other) {
  newlines += other.newlines;
  high = high || other.high;
  control = control || other.control;
}

ByteSurvey survey(std::span<const std::uint8_t> bytes) {
  ByteSurvey found;
  while (bytes.size() >= k_lanes) {
    const std::size_t rounds = std::min(bytes.size() / k_lanes, k_rounds_max);
    found.add(survey_vectors(bytes.data(), rounds));
    bytes = bytes.subspan(rounds * k_lanes);
  }
  for (const std::uint8_t byte : bytes) {
    found.add(
        {.newlines = byte == '\n' ? 1U : 0U, .high = byte >= 0x80, .control = is_control(byte)});
  }
  return found;
}

}  // namespace weir::genomics
