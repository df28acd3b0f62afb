// splitText, splitCsv, splitFasta, splitFastq, splitJson and the counts of the same, on texts and
// files.

#include "lang/exceptions.hpp"
#include "lang/host.hpp"
#include "lang/interpreter.hpp"
#include "lang/json.hpp"
#include "lang/methods/method.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// The named options of one call.
class Options {
 public:
  explicit Options(Call call) : named_(call.named) {}
  [[nodiscard]] const Value* find(std::string_view name) const {
    const Value* const value = named_ == nullptr ? nullptr : named_->items.find(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    const Value* const value = find(name);
    return value != nullptr && truth(*value);
  }
  /// Throws ScriptException for anything but a positive number (or zero).
  [[nodiscard]] std::size_t count(std::string_view name, std::size_t otherwise) const {
    const Value* const value = find(name);
    if (value == nullptr) return otherwise;
    if (!value->is_integer() || value->as_int64() < 0) {
      throw script_error("IllegalArgumentException",
                         fmt::format("option `{}` must be a number", name));
    }
    return static_cast<std::size_t>(value->as_int64());
  }
  [[nodiscard]] std::string text(std::string_view name, std::string otherwise) const {
    const Value* const value = find(name);
    return value == nullptr ? otherwise : to_text(*value);
  }
  [[nodiscard]] std::size_t limit() const {
    const std::size_t most = count("limit", 0);
    return most == 0 ? std::numeric_limits<std::size_t>::max() : most;
  }

 private:
  const MapObject* named_;
};

std::string content_of(Call call) {
  if (const auto* const path = call.self.as<PathObject>())
    return call.interpreter.host().files().read(*path, true);
  return call.self.text();
}

/// Lines without their ends; a last empty line does not count.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// Items in lists of `by`.
Value grouped(std::vector<Value> items, std::size_t by) {
  if (by == 0) return make_list(std::move(items));
  std::vector<Value> groups;
  for (std::size_t i = 0; i < items.size(); i += by) {
    const std::size_t end = std::min(items.size(), i + by);
    groups.push_back(make_list({items.begin() + static_cast<std::ptrdiff_t>(i),
                                items.begin() + static_cast<std::ptrdiff_t>(end)}));
  }
  return make_list(std::move(groups));
}

/// Texts joined in chunks of `by`.
Value chunks(const std::vector<std::string>& texts, std::size_t by,
             const std::string& header = {}) {
  std::vector<Value> result;
  for (std::size_t i = 0; i < texts.size(); i += by) {
    std::string chunk = header;
    for (std::size_t k = i; k < std::min(texts.size(), i + by); ++k) chunk += texts[k];
    result.push_back(Value::string(std::move(chunk)));
  }
  return make_list(std::move(result));
}

Value split_text(Call call) {
  const Options options(call);
  const std::string text = content_of(call);
  std::vector<std::string_view> lines = lines_of(text);
  std::string header;
  if (options.flag("keepHeader") && !lines.empty()) {
    header = std::string(lines.front()) + "\n";
    lines.erase(lines.begin());
  }
  lines.resize(std::min(lines.size(), options.limit()));
  std::vector<std::string> texts;
  for (const std::string_view line : lines) texts.push_back(std::string(line) + "\n");
  return chunks(texts, std::max<std::size_t>(1, options.count("by", 1)), header);
}

/// The fields of one line: separated by `separator`, in quotes where they hold one; a doubled quote
/// stands for one.
std::vector<Value> csv_fields(std::string_view line, std::string_view separator, char quote,
                              bool strip) {
  std::vector<Value> fields;
  std::size_t at = 0;
  while (true) {
    std::string field;
    if (at < line.size() && line[at] == quote) {
      ++at;
      while (at < line.size() &&
             (line[at] != quote || (at + 1 < line.size() && line[at + 1] == quote))) {
        at += line[at] == quote ? 1 : 0;
        field += line[at++];
      }
      at = std::min(line.size(), at + 1);
      const std::size_t end = line.find(separator, at);
      field += line.substr(at, end == std::string_view::npos ? end : end - at);
      at = end;
    } else {
      const std::size_t end = line.find(separator, at);
      field = line.substr(at, end == std::string_view::npos ? end : end - at);
      at = end;
    }
    fields.push_back(Value::string(strip ? std::string(base::trim(field)) : field));
    if (at == std::string_view::npos) return fields;
    at += separator.size();
  }
}

Value csv_row(std::vector<Value> fields, const std::vector<Value>& columns) {
  if (columns.empty()) return make_list(std::move(fields));
  auto row = make<MapObject>();
  for (std::size_t i = 0; i < columns.size(); ++i)
    row->items.put(columns[i], i < fields.size() ? fields[i] : Value());
  return row;
}

Value split_csv(Call call) {
  const Options options(call);
  const std::string separator = options.text("sep", ",");
  const std::string quote_text = options.text("quote", "\"");
  const char quote = quote_text.empty() ? '"' : quote_text.front();
  if (separator.empty()) throw script_error("IllegalArgumentException", "option `sep` is empty");
  const bool strip = options.flag("strip");
  const std::string text = content_of(call);
  const std::vector<std::string_view> lines = lines_of(text);
  std::size_t next = std::min(lines.size(), options.count("skip", 0));
  std::vector<Value> columns;
  if (const Value* const header = options.find("header")) {
    if (is_collection(*header)) {
      columns = elements_of(*header);
    } else if (truth(*header) && next < lines.size()) {
      columns = csv_fields(lines[next++], separator, quote, true);
    }
  }
  std::vector<Value> rows;
  for (; next < lines.size() && rows.size() < options.limit(); ++next) {
    if (base::trim(lines[next]).empty()) continue;
    rows.push_back(csv_row(csv_fields(lines[next], separator, quote, strip), columns));
  }
  return grouped(std::move(rows), options.count("by", 0));
}

/// The sequences of FASTA text with their headers; comments (`;`) and blank lines are left out.
std::vector<std::string> fasta_records(std::string_view text) {
  std::vector<std::string> records;
  for (const std::string_view line : lines_of(text)) {
    if (line.empty() || line.front() == ';') continue;
    if (line.front() == '>') records.emplace_back();
    if (records.empty()) continue;
    records.back().append(line).append("\n");
  }
  return records;
}

std::string wrapped(const std::string& sequence, std::size_t width) {
  std::string result;
  for (std::size_t i = 0; i < sequence.size(); i += width)
    result += sequence.substr(i, width) + "\n";
  return result;
}

Value fasta_record(const std::string& text, const MapObject* wanted) {
  const std::size_t line_end = text.find('\n');
  const std::string header = text.substr(1, line_end - 1);
  const std::size_t blank = header.find_first_of(" \t");
  const std::string body = text.substr(line_end + 1);
  const std::string sequence = base::replace_all(body, "\n", "");
  const Value* const width = wanted == nullptr ? nullptr : wanted->items.find("width");
  const bool wraps = width != nullptr && width->is_integer() && width->as_int64() > 0;
  auto record = make<MapObject>();
  const auto put_value = [&](std::string_view name, const Value& value) {
    const Value* const asked = wanted == nullptr ? nullptr : wanted->items.find(name);
    if (wanted == nullptr || (asked != nullptr && truth(*asked))) record->items.put(name, value);
  };
  const auto put = [&](std::string_view name, std::string value) {
    put_value(name, Value::string(std::move(value)));
  };
  put("id", header.substr(0, blank));
  put("header", header);
  put_value("desc", blank == std::string::npos
                        ? Value()
                        : Value::string(std::string(base::trim(header.substr(blank)))));
  put("text", text);
  put("seqString", sequence);
  put("sequence", wraps ? wrapped(sequence, static_cast<std::size_t>(width->as_int64())) : body);
  return record;
}

/// Common to FASTA and FASTQ: texts in chunks, or records.
Value records_or_chunks(
    const Options& options, std::vector<std::string> texts,
    const std::function<Value(const std::string&, const MapObject*)>& make_record) {
  texts.resize(std::min(texts.size(), options.limit()));
  const Value* const record = options.find("record");
  const auto* const wanted = record == nullptr ? nullptr : record->as<MapObject>();
  if (record == nullptr || !truth(*record))
    return chunks(texts, std::max<std::size_t>(1, options.count("by", 1)));
  std::vector<Value> records;
  for (const std::string& text : texts) records.push_back(make_record(text, wanted));
  return grouped(std::move(records), options.find("by") == nullptr ? 0 : options.count("by", 0));
}

Value split_fasta(Call call) {
  return records_or_chunks(Options(call), fasta_records(content_of(call)), fasta_record);
}

/// Four lines each. Throws ScriptException when the text is no FASTQ.
std::vector<std::string> fastq_records(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  std::vector<std::string> records;
  for (std::size_t i = 0; i < lines.size(); i += 4) {
    if (i + 4 > lines.size() || !lines[i].starts_with('@') || !lines[i + 2].starts_with('+')) {
      throw script_error("IllegalStateException", fmt::format("no FASTQ record at line {}", i + 1));
    }
    std::string record;
    for (std::size_t k = i; k < i + 4; ++k) record.append(lines[k]).append("\n");
    records.push_back(std::move(record));
  }
  return records;
}

Value fastq_record(const std::string& text, const MapObject* wanted) {
  const std::vector<std::string_view> lines = lines_of(text);
  static constexpr std::array<std::string_view, 4> k_names{"readHeader", "readString",
                                                           "qualityHeader", "qualityString"};
  auto record = make<MapObject>();
  for (std::size_t i = 0; i < 4; ++i) {
    const Value* const asked = wanted == nullptr ? nullptr : wanted->items.find(k_names[i]);
    if (wanted != nullptr && (asked == nullptr || !truth(*asked))) continue;
    record->items.put(k_names[i], Value::string(i % 2 == 0 ? lines[i].substr(1) : lines[i]));
  }
  return record;
}

Value split_fastq(Call call) {
  return records_or_chunks(Options(call), fastq_records(content_of(call)), fastq_record);
}

/// Follows "B[2].C" into a document. Throws ScriptException naming the part that is not there.
Value json_at(Value value, std::string_view path) {
  const std::string_view whole = path;
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.starts_with('[')) {
      const std::size_t end = path.find(']');
      const auto index =
          base::parse_int64(path.substr(1, end == std::string_view::npos ? 0 : end - 1));
      const auto* const list = value.as<ListObject>();
      if (!index || list == nullptr || *index < 0 ||
          *index >= static_cast<std::int64_t>(list->items.size())) {
        throw script_error("IllegalStateException",
                           fmt::format("there is no '{}' in the JSON document", whole));
      }
      value = Value(list->items[static_cast<std::size_t>(*index)]);
      path.remove_prefix(end + 1);
      continue;
    }
    const std::size_t end = path.find_first_of(".[");
    const auto* const map = value.as<MapObject>();
    const Value* const found = map == nullptr ? nullptr : map->items.find(path.substr(0, end));
    if (found == nullptr) {
      throw script_error("IllegalStateException",
                         fmt::format("there is no '{}' in the JSON document", whole));
    }
    value = Value(*found);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return value;
}

Value split_json(Call call) {
  const Options options(call);
  const Value document = json_at(parse_json(content_of(call)), options.text("path", ""));
  std::vector<Value> items;
  if (const auto* const map = document.as<MapObject>()) {
    for (const auto& entry : map->items.entries()) {
      auto item = make<MapObject>();
      item->items.put("key", entry.key);
      item->items.put("value", entry.value);
      items.emplace_back(item);
    }
  } else if (const auto* const list = document.as<ListObject>()) {
    items = list->items;
  } else {
    items.push_back(document);
  }
  items.resize(std::min(items.size(), options.limit()));
  return make_list(std::move(items));
}

Value counted(std::size_t count) {
  return Value::number(static_cast<std::int64_t>(count));
}
Value count_lines(Call call) {
  return counted(lines_of(content_of(call)).size());
}
Value count_fasta(Call call) {
  return counted(fasta_records(content_of(call)).size());
}
Value count_fastq(Call call) {
  return counted(fastq_records(content_of(call)).size());
}
Value count_json(Call call) {
  return Value::number(size_of(split_json(call)));
}

constexpr std::array k_methods = {
    Method{"countFasta", 0, 0, count_fasta, "the number of FASTA sequences"},
    Method{"countFastq", 0, 0, count_fastq, "the number of FASTQ reads"},
    Method{"countJson", 0, 0, count_json, "the number of elements of a JSON document"},
    Method{"countLines", 0, 0, count_lines, "the number of lines"},
    Method{"splitCsv", 0, 0, split_csv, "the rows of a table, as lists or maps"},
    Method{"splitFasta", 0, 0, split_fasta, "the sequences of FASTA text, or chunks of them"},
    Method{"splitFastq", 0, 0, split_fastq, "the reads of FASTQ text, or chunks of them"},
    Method{"splitJson", 0, 0, split_json, "the elements of a JSON document"},
    Method{"splitText", 0, 0, split_text, "chunks of lines"},
};

}  // namespace

MethodTable split_methods() {
  return k_methods;
}

}  // namespace weir::lang
