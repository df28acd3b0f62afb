#include "lang/exceptions.hpp"
#include "lang/internal/records.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

// Lines, and rows of separated fields. Declared in internal/records.hpp.

namespace weir::lang::internal {
namespace {

class TextRecords final : public Records {
 public:
  TextRecords(LineSource lines, const SplitOptions& options) : Records(std::move(lines)) {
    if (options.flag("keepHeader") && lines_.next(header_)) header_ += '\n';
  }
  std::optional<Value> next() override {
    std::string line;
    if (!lines_.next(line)) return std::nullopt;
    return Value::string(line + '\n');
  }
};

class CsvRecords final : public Records {
 public:
  CsvRecords(LineSource lines, const SplitOptions& options)
      : Records(std::move(lines)),
        separator_(options.text("sep", ",")),
        quote_(options.text("quote", "")),
        strip_(options.flag("strip")) {
    if (separator_.empty()) separator_ = ",";
    if (quote_.size() > 1)
      throw script_error("IllegalArgumentException",
                         fmt::format("option `quote` is no character: '{}'", quote_));
    std::string line;
    for (std::size_t skipped = options.count("skip", 0); skipped > 0 && lines_.next(line);)
      --skipped;
    const Value* const header = options.find("header");
    if (header != nullptr && is_collection(*header)) {
      columns_ = elements_of(*header);
    } else if (header != nullptr && header->kind() != Kind::boolean) {
      throw script_error("IllegalArgumentException",
                         "option `header` must be true, false or a list of names");
    } else if (header != nullptr && truth(*header)) {
      read_header();
    }
  }

  std::optional<Value> next() override {
    std::string line;
    while (lines_.next(line)) {
      if (!line.empty()) return row(fields_of(line));
    }
    return std::nullopt;
  }

 private:
  void read_header() {
    std::string line;
    if (!lines_.next(line) || line.empty())
      throw script_error("IllegalStateException", "the table has no line of column names");
    columns_ = fields_of(line);
    for (const Value& column : columns_) {
      if (!truth(column))
        throw script_error("IllegalStateException", "a column of the table has no name");
    }
  }

  [[nodiscard]] Value row(std::vector<Value> fields) const {
    if (columns_.empty()) return make_list(std::move(fields));
    auto row = make<MapObject>();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      row->items.put(columns_[i], i < fields.size() ? fields[i] : Value());
    return row;
  }

  [[nodiscard]] std::vector<Value> fields_of(const std::string& line) const {
    std::vector<Value> fields;
    std::size_t at = 0;
    while (true) {
      if (!quote_.empty() && at < line.size() && line[at] == quote_.front())
        fields.push_back(Value::string(bare(quoted(line, at))));
      else
        fields.push_back(Value::string(bare(simple(line, at))));
      if (at == std::string::npos) return fields;
    }
  }

  /// The field at `at`, which moves to the next one, or to npos.
  [[nodiscard]] std::string simple(const std::string& line, std::size_t& at) const {
    const std::size_t end = line.find(separator_, at);
    std::string field = line.substr(at, end == std::string::npos ? end : end - at);
    at = end == std::string::npos ? end : end + separator_.size();
    return field;
  }

  /// Deviation: a doubled quote stands for one, which upstream refuses.
  [[nodiscard]] std::string quoted(const std::string& line, std::size_t& at) const {
    const char quote = quote_.front();
    std::string field;
    for (++at;; ++at) {
      if (at >= line.size()) refuse("a quote has no end", line);
      if (line[at] == quote && (at + 1 >= line.size() || line[at + 1] != quote)) break;
      if (line[at] == quote) ++at;
      field += line[at];
    }
    ++at;
    if (at == line.size()) {
      at = std::string::npos;
    } else if (line.compare(at, separator_.size(), separator_) == 0) {
      at += separator_.size();
    } else {
      refuse("something follows a quoted value", line);
    }
    return field;
  }

  [[noreturn]] static void refuse(std::string_view why, const std::string& line) {
    throw script_error("IllegalStateException",
                       fmt::format("{} in the line '{}'", why, base::printable(line, 200)));
  }

  /// Without blanks when they are to be stripped, and then without the quotes around it.
  [[nodiscard]] std::string bare(std::string field) const {
    if (strip_) field = std::string(base::trim(field));
    const bool is_quoted = !quote_.empty() && field.size() > 1 && field.front() == quote_.front() &&
                           field.back() == quote_.front();
    return is_quoted ? field.substr(1, field.size() - 2) : field;
  }

  std::string separator_;
  std::string quote_;  ///< empty: none
  bool strip_;
  std::vector<Value> columns_;
};

}  // namespace

std::unique_ptr<Records> text_records(LineSource lines, const SplitOptions& options) {
  return std::make_unique<TextRecords>(std::move(lines), options);
}

std::unique_ptr<Records> csv_records(LineSource lines, const SplitOptions& options) {
  return std::make_unique<CsvRecords>(std::move(lines), options);
}

}  // namespace weir::lang::internal
