#include "lang/exceptions.hpp"
#include "lang/internal/records.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

// FASTA and FASTQ. Declared in internal/records.hpp.

namespace weir::lang::internal {
namespace {

/// The fields that a record is to have.
class Wanted {
 public:
  explicit Wanted(const SplitOptions& options) {
    const Value* const record = options.find("record");
    is_asked_ = record != nullptr && (record->as<MapObject>() != nullptr || truth(*record));
    fields_ = is_asked_ ? record->as<MapObject>() : nullptr;
    if (fields_ != nullptr && fields_->items.empty()) fields_ = nullptr;
  }
  /// Records, rather than their text.
  [[nodiscard]] bool is_asked() const { return is_asked_; }
  [[nodiscard]] bool names(std::string_view name) const {
    return fields_ == nullptr || fields_->items.find(name) != nullptr;
  }
  [[nodiscard]] bool asks_for(std::string_view name) const {
    const Value* const value = fields_ == nullptr ? nullptr : fields_->items.find(name);
    return fields_ == nullptr || (value != nullptr && truth(*value));
  }
  [[nodiscard]] const Value* find(std::string_view name) const {
    const Value* const value = fields_ == nullptr ? nullptr : fields_->items.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

 private:
  bool is_asked_ = false;
  const MapObject* fields_ = nullptr;  ///< null: all
};

std::string wrapped(const std::string& sequence, std::size_t width) {
  std::string result;
  for (std::size_t i = 0; i < sequence.size(); i += width)
    result += sequence.substr(i, width) + "\n";
  return result;
}

/// A sequence with its header; comments (`;`) are left out. What stands before the first header
/// belongs to the first record.
class FastaRecords final : public Records {
 public:
  FastaRecords(LineSource lines, const SplitOptions& options)
      : Records(std::move(lines)), wanted_(options) {
    if (const Value* const width = wanted_.find("width")) {
      if (!width->is_integer() || width->as_int64() <= 0)
        throw script_error("IllegalArgumentException",
                           fmt::format("`width` is a number above 0, not '{}'", to_text(*width)));
      width_ = static_cast<std::size_t>(width->as_int64());
    }
    has_line_ = lines_.next(line_);
  }

  std::optional<Value> next() override {
    std::string text;
    size_ = 0;
    for (bool is_open = false; has_line_; has_line_ = lines_.next(line_)) {
      const bool is_header = line_.starts_with('>');
      if (is_header && is_open) break;
      is_open = is_open || is_header;
      if (line_.starts_with(';')) continue;
      if (!is_header) size_ += static_cast<std::int64_t>(line_.size());
      text.append(line_).append("\n");
    }
    if (text.empty()) return std::nullopt;
    return wanted_.is_asked() ? record(std::move(text)) : Value::string(std::move(text));
  }
  std::int64_t size() const override { return size_; }

 private:
  [[nodiscard]] Value record(std::string text) const {
    std::string header;
    bool has_header = false;
    std::string sequence;
    std::string joined;
    for (const std::string_view line : base::split(text, '\n')) {
      const std::string_view bare = base::trim(line);
      if (bare.empty() || bare.front() == ';') continue;
      if (header.empty()) {
        has_header = has_header || bare.front() == '>';
        if (bare.front() == '>') header = bare.substr(1);
        continue;
      }
      sequence.append(bare).append("\n");
      joined.append(bare);
    }
    auto record = make<MapObject>();
    const auto put = [&](std::string_view name, Value value) {
      if (wanted_.asks_for(name)) record->items.put(name, std::move(value));
    };
    if (!header.empty()) {
      put("id", Value::string(header.substr(0, header.find(' '))));
      put("desc", description(header));
    }
    put("header", has_header ? Value::string(header) : Value());
    put("text", Value::string(std::move(text)));
    if (width_ != 0) sequence = wrapped(joined, width_);
    put("seqString", Value::string(std::move(joined)));
    put("sequence", Value::string(std::move(sequence)));
    return record;
  }

  /// What follows the first word, or null.
  static Value description(const std::string& header) {
    static constexpr std::string_view k_blanks = " \t\f\v";
    const std::size_t end = header.find_first_of(k_blanks);
    if (end == std::string::npos || end == 0) return {};
    const std::size_t begin = header.find_first_not_of(k_blanks, end);
    return Value::string(begin == std::string::npos ? std::string() : header.substr(begin));
  }

  Wanted wanted_;
  std::size_t width_ = 0;
  std::string line_;  ///< the one that ended the record before
  bool has_line_ = false;
  std::int64_t size_ = 0;
};

/// Four lines each.
class FastqRecords final : public Records {
 public:
  FastqRecords(LineSource lines, const SplitOptions& options, std::string name)
      : Records(std::move(lines)), wanted_(options), name_(std::move(name)) {}

  std::optional<Value> next() override {
    std::array<std::string, 4> parts;
    std::size_t filled = 0;
    for (std::string& part : parts) {
      ++line_;
      if (lines_.next(part) && !part.empty()) ++filled;
    }
    if (filled == 0) return std::nullopt;
    if (filled < parts.size() || !parts[0].starts_with('@') || !parts[2].starts_with('+')) {
      throw script_error("IllegalStateException",
                         fmt::format("no FASTQ record at line {}{}", line_ - 3,
                                     name_.empty() ? "" : fmt::format(" of '{}'", name_)));
    }
    if (wanted_.is_asked()) return record(parts);
    std::string text;
    for (const std::string& part : parts) text.append(part).append("\n");
    return Value::string(std::move(text));
  }

 private:
  [[nodiscard]] Value record(const std::array<std::string, 4>& parts) const {
    static constexpr std::array<std::string_view, 4> k_names{"readHeader", "readString",
                                                             "qualityHeader", "qualityString"};
    auto record = make<MapObject>();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (wanted_.names(k_names.at(i)))
        record->items.put(k_names.at(i),
                          Value::string(i % 2 == 0 ? parts.at(i).substr(1) : parts.at(i)));
    }
    return record;
  }

  Wanted wanted_;
  std::string name_;
  std::int64_t line_ = 0;
};

}  // namespace

std::unique_ptr<Records> fasta_records(LineSource lines, const SplitOptions& options) {
  return std::make_unique<FastaRecords>(std::move(lines), options);
}

std::unique_ptr<Records> fastq_records(LineSource lines, const SplitOptions& options,
                                       std::string name) {
  return std::make_unique<FastqRecords>(std::move(lines), options, std::move(name));
}

}  // namespace weir::lang::internal
