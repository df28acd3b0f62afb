#pragma once

#include "lang/line_source.hpp"
#include "lang/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::lang::internal {

/// The named options of a split.
class SplitOptions {
 public:
  explicit SplitOptions(const MapObject* named) : named_(named) {}
  /// Null when it was not given.
  [[nodiscard]] const Value* find(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const;
  /// Throws ScriptException for anything but a positive number (or zero).
  [[nodiscard]] std::size_t count(std::string_view name, std::size_t otherwise) const;
  [[nodiscard]] std::string text(std::string_view name, std::string otherwise) const;

 private:
  const MapObject* named_;
};

/// The records of a format, one by one.
class Records {
 public:
  explicit Records(LineSource lines) : lines_(std::move(lines)) {}
  virtual ~Records() = default;
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;
  [[nodiscard]] virtual std::optional<Value> next() = 0;
  /// What the last record counts for option `size`.
  [[nodiscard]] virtual std::int64_t size() const { return 1; }
  /// What each chunk of several records begins with.
  [[nodiscard]] const std::string& header() const { return header_; }

 protected:
  LineSource lines_;
  std::string header_;
};

[[nodiscard]] std::unique_ptr<Records> text_records(LineSource lines, const SplitOptions& options);
[[nodiscard]] std::unique_ptr<Records> csv_records(LineSource lines, const SplitOptions& options);
[[nodiscard]] std::unique_ptr<Records> fasta_records(LineSource lines, const SplitOptions& options);
/// `name`: of the file, for messages; may be empty.
[[nodiscard]] std::unique_ptr<Records> fastq_records(LineSource lines, const SplitOptions& options,
                                                     std::string name);

}  // namespace weir::lang::internal
