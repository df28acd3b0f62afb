#include "engine/run_names.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace weir::engine {
namespace {

constexpr std::array<std::string_view, 32> k_first{
    "amber", "brisk",  "calm",  "clear", "crisp",  "deft",   "eager", "fair",
    "firm",  "fleet",  "fresh", "frank", "gentle", "glad",   "grand", "keen",
    "kind",  "lively", "lucid", "mild",  "neat",   "noble",  "prime", "proud",
    "quick", "quiet",  "rapid", "sharp", "solid",  "steady", "swift", "warm"};
constexpr std::array<std::string_view, 32> k_second{
    "alder", "basin",  "bay",    "beck",   "birch",  "bridge", "brook",  "canal",
    "cedar", "creek",  "delta",  "ford",   "fjord",  "harbor", "heron",  "inlet",
    "isle",  "lagoon", "lake",   "marsh",  "mill",   "otter",  "pond",   "reed",
    "ridge", "river",  "sluice", "spring", "stream", "tide",   "willow", "weir"};

}  // namespace

std::string make_run_name() {
  const std::uint64_t bits = base::random_u64();
  return fmt::format("{}_{}", k_first[bits % k_first.size()],
                     k_second[(bits >> 32) % k_second.size()]);
}

void check_run_name(const std::string& name) {
  constexpr std::size_t k_length_max = 80;
  constexpr std::string_view k_letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  const bool good = !name.empty() && name.size() <= k_length_max && name != "last" &&
                    name.front() != '-' && name.front() != '.' &&
                    name.find_first_not_of(k_letters) == std::string::npos;
  if (good) return;
  throw Error(ErrorKind::usage,
              fmt::format("'{}' cannot be the name of a run", base::printable(name, k_length_max)))
      .with_hint("use letters, digits, '_', '-' and '.', at most 80; `last` means the last run");
}

std::string make_uuid() {
  std::string digits = base::random_hex(32);
  digits[12] = '4';
  static constexpr std::string_view k_variant = "89ab";
  digits[16] = k_variant[static_cast<std::size_t>(base::random_u64() % 4)];
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view k_form = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  if (text.size() != k_form.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (k_form[i] == 'h' ? !digit : text[i] != '-') return false;
  }
  return true;
}

}  // namespace weir::engine
