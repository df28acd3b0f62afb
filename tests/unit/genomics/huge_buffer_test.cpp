#include "genomics/huge_buffer.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <cstdio>
#include <string>

namespace weir::genomics {
namespace {

constexpr std::size_t k_megabyte = std::size_t{1} << 20;

/// The kernel's flags of the mapping that an address lies in; "nh": no huge pages, "hg": advised.
std::string flags_of(const std::uint8_t* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const std::string mappings = base::read_file("/proc/self/smaps");
  bool here = false;
  for (const std::string_view line : base::split(mappings, '\n')) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    if (std::sscanf(std::string(line).c_str(), "%lx-%lx ", &begin, &end) == 2)
      here = begin <= at && at < end;
    if (here && line.starts_with("VmFlags:")) return std::string(line.substr(8)) + ' ';
  }
  return {};
}

bool is_zero(const HugeBuffer& buffer, std::size_t begin, std::size_t end) {
  return std::all_of(buffer.data() + begin, buffer.data() + end,
                     [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

TEST_SUITE_BEGIN("huge buffer");

TEST_CASE("the kernel is told which pages are wanted") {
  HugeBuffer buffer(16 * k_megabyte, HugePages::yes);
  const bool advised = flags_of(buffer.data()).find(" hg ") != std::string::npos;
  CHECK(flags_of(buffer.data()).find(" nh ") == std::string::npos);
  buffer.use_small_pages();
  CHECK(buffer.pages() == HugePages::no);
  // A kernel without huge pages knows neither flag.
  CHECK((flags_of(buffer.data()).find(" nh ") != std::string::npos) == advised);
}

TEST_CASE("trying huge pages leaves what was loaded and zero behind it") {
  HugeBuffer buffer(16 * k_megabyte, HugePages::yes);
  const std::size_t loaded = 3 * k_megabyte;
  std::fill_n(buffer.data(), loaded, std::uint8_t{7});
  buffer.try_huge_pages(loaded);
  CHECK(std::all_of(buffer.data(), buffer.data() + loaded,
                    [](std::uint8_t byte) { return byte == 7; }));
  CHECK(is_zero(buffer, loaded, buffer.capacity()));
  // Near the end nothing is left to try.
  buffer.try_huge_pages(buffer.capacity() - 1);
  buffer.try_huge_pages(buffer.capacity());
  CHECK(is_zero(buffer, loaded, buffer.capacity()));
}

TEST_CASE("what is given back is zero again") {
  HugeBuffer buffer(16 * k_megabyte, HugePages::no);
  std::fill_n(buffer.data(), buffer.capacity(), std::uint8_t{7});
  buffer.give_back(4 * k_megabyte, 9 * k_megabyte);
  CHECK(is_zero(buffer, 4 * k_megabyte, 9 * k_megabyte));
  CHECK(buffer.data()[4 * k_megabyte - 1] == 7);
  CHECK(buffer.data()[10 * k_megabyte] == 7);
}

TEST_CASE("a buffer moves with what is known of it") {
  HugeBuffer from(4 * k_megabyte, HugePages::yes);
  from.use_small_pages();
  std::uint8_t* const data = from.data();
  const HugeBuffer to = std::move(from);
  CHECK(to.data() == data);
  CHECK(to.pages() == HugePages::no);
  CHECK(to.capacity() == 4 * k_megabyte);
}

TEST_SUITE_END();

}  // namespace weir::genomics
