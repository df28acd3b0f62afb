#pragma once

#include "genomics/bgzf_writer.hpp"
#include "genomics/hts/pair_check.hpp"
#include "genomics/record_format.hpp"
#include "genomics/references.hpp"
#include "genomics/source.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Numbers of records to look up in the finished pair, out of `count`: first, last and some
/// between.
[[nodiscard]] std::set<std::size_t> probe_numbers(std::size_t count);

/// The data file and the index of one attempt, on their way to the report.
class ArtifactPair {
 public:
  struct Options {
    const ProcessRequest& request;
    const SourceFile& source;
    RecordFormat& format;
    const References& references;
    Work work;
  };
  explicit ArtifactPair(const Options& options) : options_(options) {}

  /// Begins an index for data that are there already; `begin` is the first record's virtual
  /// offset, `end_max` the largest end of a record.
  void begin_index(std::uint64_t begin, std::int64_t end_max);
  /// Whether the index can hold a record that ends there.
  [[nodiscard]] bool reaches(std::int64_t end) const {
    return end <= k_bai_end_max || type_ == IndexType::csi;
  }
  [[nodiscard]] IndexBuilder& index() { return *index_; }
  void finish_index(std::uint64_t end);

  /// Writes data and index. `reordered`: the records were not in order in the source.
  struct Content {
    RecordFeed& feed;
    bool reordered = false;
    std::int64_t records = 0;
    std::int64_t bytes = 0;  ///< about, for progress
    std::int64_t end_max = 0;
  };
  void write(const Content& content);

  /// A record that the check must find.
  void add_probe(const IndexEntry& entry, std::string_view bytes) {
    probes_.push_back({entry, std::string(bytes)});
  }
  [[nodiscard]] std::size_t probes() const { return probes_.size(); }
  /// Reads the pair again and compares, and names it in the report. When no data were written, the
  /// source is the data.
  void check_and_report(std::int64_t records, ProcessReport& report);

 private:
  Options options_;
  std::optional<IndexBuilder> index_;
  IndexType type_ = IndexType::csi;
  std::optional<OutputFile> data_;
  std::vector<Probe> probes_;
};

}  // namespace weir::genomics
