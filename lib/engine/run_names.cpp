#include "engine/run_names.hpp"

#include "base/random.hpp"

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

std::string make_uuid() {
  std::string digits = base::random_hex(32);
  digits[12] = '4';
  static constexpr std::string_view k_variant = "89ab";
  digits[16] = k_variant[static_cast<std::size_t>(base::random_u64() % 4)];
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                     digits.substr(12, 4), digits.substr(16, 4), digits.substr(20));
}

}  // namespace weir::engine
