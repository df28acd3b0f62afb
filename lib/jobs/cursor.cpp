#include "jobs/cursor.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

namespace weir::jobs {
namespace {

std::string check_of(std::string_view body, std::string_view job_id) {
  constexpr std::size_t k_digits = 6;
  return base::fast_hash(fmt::format("{}|{}", job_id, body)).hex().substr(0, k_digits);
}

}  // namespace

std::string to_word(const Cursor& cursor, std::string_view job_id) {
  const std::string body = fmt::format("{:x}.{:x}.{:x}", cursor.seq, cursor.out, cursor.err);
  return fmt::format("c{}-{}", body, check_of(body, job_id));
}

std::optional<Cursor> parse_cursor(std::string_view word, std::string_view job_id) {
  if (const auto seq = base::parse_int64(word); seq.has_value()) {
    if (*seq < 0) return std::nullopt;
    return Cursor{.seq = *seq};
  }
  const std::size_t dash = word.rfind('-');
  if (!word.starts_with('c') || dash == std::string_view::npos) return std::nullopt;
  const std::string_view body = word.substr(1, dash - 1);
  if (word.substr(dash + 1) != check_of(body, job_id)) return std::nullopt;
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
