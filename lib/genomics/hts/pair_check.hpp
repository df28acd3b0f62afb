#pragma once

#include "genomics/bgzf_writer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// A record that a query for its own region must give back.
struct Probe {
  IndexEntry entry;
  std::string bytes;  ///< as in the file, without line end
};

/// A finished data file and its index, to be opened again.
struct FinishedPair {
  int data_fd = -1;   ///< borrowed
  int index_fd = -1;  ///< borrowed
  IndexPreset preset = IndexPreset::bed;
  std::int64_t records = 0;
  std::string name;  ///< for messages
};

/// Reads the pair as any other program would (htslib) and compares: the number of records that the
/// index knows of, and a query for each probe. Throws Error (`index_check`).
void check_pair(const FinishedPair& pair, const std::vector<Probe>& probes);

}  // namespace weir::genomics
