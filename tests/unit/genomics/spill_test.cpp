#include "genomics/spill.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "genomics/line_parser.hpp"
#include "genomics/text_records.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace weir::genomics {
namespace {

constexpr Work k_work{.threads = 2};

/// Lines of BED whose names tell their input order; many share a place.
std::vector<std::string> some_lines(std::size_t count) {
  std::mt19937 random(11);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t begin = random() % 3000;
    lines.push_back("chr" + std::to_string(random() % 3) + '\t' + std::to_string(begin) + '\t' +
                    std::to_string(begin + 1 + random() % 3) + "\tline" + std::to_string(i));
  }
  return lines;
}

/// The order of BED: name, begin, end, input.
std::string sorted_text(const std::vector<std::string>& lines) {
  struct Row {
    std::string contig;
    long begin, end;
    std::string line;
  };
  std::vector<Row> rows;
  for (const std::string& line : lines) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    rows.push_back({line.substr(0, first), std::stol(line.substr(first + 1)),
                    std::stol(line.substr(second + 1)), line});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.contig, a.begin, a.end) < std::tie(b.contig, b.begin, b.end);
  });
  std::string text;
  for (const Row& row : rows) text += row.line + '\n';
  return text;
}

/// Spills lines in runs of a few hundred, then merges.
class Spilled {
 public:
  explicit Spilled(std::uint64_t plain_bytes_max, std::uint64_t bytes_max = ~std::uint64_t{0})
      : format_(make_bed_parser(Format::bed), {.file = "a.bed"}, k_work.threads),
        store_(std::make_unique<SpillStore>(SpillStore::Options{.folder = folder_.path(),
                                                                .bytes_max = bytes_max,
                                                                .plain_bytes_max = plain_bytes_max,
                                                                .work = k_work})) {}

  void add(const std::vector<std::string>& lines) {
    constexpr std::size_t k_lines_per_run = 700;
    REQUIRE(format_.read_header({}, true).has_value());
    for (std::size_t at = 0; at < lines.size(); at += k_lines_per_run) {
      const std::size_t end = std::min(lines.size(), at + k_lines_per_run);
      spill({lines.begin() + static_cast<std::ptrdiff_t>(at),
             lines.begin() + static_cast<std::ptrdiff_t>(end)});
    }
  }

  [[nodiscard]] std::string merged(std::size_t runs_max) {
    store_ = merge_to_few(std::move(store_), format_, runs_max);
    CHECK(store_->runs() <= runs_max);
    MergeFeed feed({.store = *store_,
                    .runs = store_->runs(),
                    .format = format_,
                    .references = {},
                    .observer = {}});
    std::string text;
    for (Batch batch; feed.assign(batch);) {
      feed.fill(batch);
      text.append(batch.content.begin(), batch.content.end());
      batch.entries.clear();
    }
    return text;
  }

  [[nodiscard]] const base::fs::path& folder() const { return folder_.path(); }

 private:
  void spill(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + '\n';
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                              text.size());
    std::vector<RecordSlot> slots(lines.size() + 1);
    static_cast<void>(format_.split(bytes, 0, slots.data(), k_work));
    const RecordFormat::Scanned scanned = format_.scan(bytes, slots.data(), true, k_work);
    REQUIRE(scanned.records == lines.size());
    const std::vector<std::uint32_t> ranks = format_.contig_ranks();
    std::vector<std::uint32_t> identifiers(ranks.size());
    for (std::uint32_t i = 0; i < ranks.size(); ++i) identifiers[ranks[i]] = i;
    for (RecordSlot& slot : slots)
      slot.key = RecordKey::make(ranks[RecordKey::contig(slot.key)], RecordKey::position(slot.key));
    const Run run{bytes.data(), slots.data(), scanned.records};
    RunOrder order = RunOrder::by_key(run, k_work);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> by_span;
    for (std::size_t i = 0; i < run.count; ++i) by_span.emplace_back(i, order.words()[i]);
    std::stable_sort(by_span.begin(), by_span.end(), [&](const auto& a, const auto& b) {
      const RecordSlot& first = slots[order.ordinal(a.first)];
      const RecordSlot& second = slots[order.ordinal(b.first)];
      return std::tie(first.key, first.span) < std::tie(second.key, second.span);
    });
    for (std::size_t i = 0; i < run.count; ++i) order.words()[i] = by_span[i].second;
    const std::vector<std::int64_t> no_references;
    MemoryFeed feed({format_, run, order, no_references, identifiers});
    store_->write_run(feed, text.size() + run.count * sizeof(SpillPrefix));
  }

  base::TempDir folder_;
  TextRecords format_;
  std::unique_ptr<SpillStore> store_;
};

}  // namespace

TEST_SUITE_BEGIN("spill");

TEST_CASE("runs that were written plainly, as blocks, or both merge to the same bytes") {
  const std::vector<std::string> lines = some_lines(60000);
  const std::string expected = sorted_text(lines);
  constexpr std::uint64_t k_some = 1'000'000;
  for (const std::uint64_t plain_bytes_max : {std::uint64_t{0}, k_some, ~std::uint64_t{0} / 2}) {
    Spilled spilled(plain_bytes_max);
    spilled.add(lines);
    CHECK(spilled.merged(256) == expected);
  }
}

TEST_CASE("more runs than can be open at a time are merged in levels") {
  const std::vector<std::string> lines = some_lines(20000);
  for (const std::uint64_t plain_bytes_max : {std::uint64_t{0}, ~std::uint64_t{0} / 2}) {
    Spilled spilled(plain_bytes_max);
    spilled.add(lines);
    CHECK(spilled.merged(3) == sorted_text(lines));
  }
}

TEST_CASE("a record longer than every window and batch survives") {
  std::vector<std::string> lines = some_lines(2000);
  lines[700] += std::string(3'000'000, 'x');
  lines[1500] += std::string(1'100'000, 'y');
  for (const std::uint64_t plain_bytes_max : {std::uint64_t{0}, ~std::uint64_t{0} / 2}) {
    Spilled spilled(plain_bytes_max);
    spilled.add(lines);
    CHECK(spilled.merged(256) == sorted_text(lines));
  }
}

TEST_CASE("scratch space has a limit, and the file has no name") {
  const std::vector<std::string> lines = some_lines(20000);
  Spilled spilled(~std::uint64_t{0} / 2, 100'000);
  try {
    spilled.add(lines);
    FAIL("no limit");
  } catch (const Error& error) {
    CHECK(error.code() == "scratch_full");
  }
  CHECK(base::list_folder(spilled.folder()).empty());
}

TEST_SUITE_END();

}  // namespace weir::genomics
