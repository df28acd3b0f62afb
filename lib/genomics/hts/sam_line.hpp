#pragma once

#include "genomics/problem.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// Turns SAM record lines into BAM records through htslib. One object serves one thread.
class SamLineEncoder {
 public:
  /// `header_text`: checked SAM header lines of `file`. Throws Error (bad_sam_header) when htslib
  /// refuses them.
  SamLineEncoder(const std::string& header_text, const std::string& file);
  SamLineEncoder(SamLineEncoder&&) noexcept;
  SamLineEncoder& operator=(SamLineEncoder&&) noexcept;
  ~SamLineEncoder();
  /// Appends the record with its length field to `to`; or the problem that refuses the line.
  [[nodiscard]] std::optional<Problem> encode(std::string_view line, std::vector<std::uint8_t>& to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::genomics
