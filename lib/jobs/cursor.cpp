#include "jobs/cursor.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

namespace weir::jobs {
namespace {

constexpr std::size_t k_check_digits = 6;

// By hand, as the lines of events: every follower makes one for each event, beside the tasks.

std::array<char, k_check_digits> check_of(std::string_view body, std::string_view job_id) {
  fmt::memory_buffer text;  // on the stack
  text.append(job_id.data(), job_id.data() + job_id.size());
  text.push_back('|');
  text.append(body.data(), body.data() + body.size());
  std::uint64_t bits = base::fast_hash({text.data(), text.size()}).high;
  std::array<char, k_check_digits> digits{};
  for (char& digit : digits) {
    digit = "0123456789abcdef"[bits >> 60U];
    bits <<= 4U;
  }
  return digits;
}

}  // namespace

std::string to_word(const Cursor& cursor, std::string_view job_id) {
  std::array<char, 64> word{'c'};  // three numbers of at most 16 digits, four signs, the check
  char* at = word.data() + 1;
  for (const std::int64_t number : {cursor.seq, cursor.out, cursor.err}) {
    at = std::to_chars(at, word.data() + word.size(), number, 16).ptr;
    *at++ = '.';
  }
  *--at = '-';
  const std::string_view body(word.data() + 1, static_cast<std::size_t>(at - word.data()) - 1);
  const std::array<char, k_check_digits> check = check_of(body, job_id);
  at = std::copy(check.begin(), check.end(), at + 1);
  return {word.data(), at};
}

std::optional<Cursor> parse_cursor(std::string_view word, std::string_view job_id) {
  if (const auto seq = base::parse_int64(word); seq.has_value()) {
    if (*seq < 0) return std::nullopt;
    return Cursor{.seq = *seq};
  }
  const std::size_t dash = word.rfind('-');
  if (!word.starts_with('c') || dash == std::string_view::npos) return std::nullopt;
  const std::string_view body = word.substr(1, dash - 1);
  const std::array<char, k_check_digits> check = check_of(body, job_id);
  if (word.substr(dash + 1) != std::string_view(check.data(), check.size())) return std::nullopt;
  const std::vector<std::string_view> parts = base::split(body, '.');
  if (parts.size() != 3) return std::nullopt;
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const char* const end = parts[i].data() + parts[i].size();
    const auto read = std::from_chars(parts[i].data(), end, numbers.at(i), 16);
    if (read.ec != std::errc() || read.ptr != end || numbers.at(i) < 0) return std::nullopt;
  }
  return Cursor{.seq = numbers[0], .out = numbers[1], .err = numbers[2]};
}

}  // namespace weir::jobs
