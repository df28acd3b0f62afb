#include "lang/splitter.hpp"

#include "lang/charsets.hpp"
#include "lang/exceptions.hpp"
#include "lang/internal/records.hpp"
#include "lang/interpreter.hpp"
#include "lang/json.hpp"
#include "lang/number_text.hpp"
#include "lang/semantics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>
#include <vector>

namespace weir::lang {
namespace internal {

const Value* SplitOptions::find(std::string_view name) const {
  const Value* const value = named_ == nullptr ? nullptr : named_->items.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool SplitOptions::flag(std::string_view name) const {
  const Value* const value = find(name);
  return value != nullptr && truth(*value);
}

std::size_t SplitOptions::count(std::string_view name, std::size_t otherwise) const {
  const Value* const value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_integer() || value->as_int64() < 0) {
    throw script_error("IllegalArgumentException",
                       fmt::format("option `{}` must be a number", name));
  }
  return static_cast<std::size_t>(value->as_int64());
}

std::string SplitOptions::text(std::string_view name, std::string otherwise) const {
  const Value* const value = find(name);
  return value == nullptr ? std::move(otherwise) : to_text(*value);
}

}  // namespace internal

namespace {

using internal::Records;
using internal::SplitOptions;

/// Records in chunks: texts are joined, anything else makes lists.
class RecordSplitter final : public Splitter {
 public:
  RecordSplitter(std::unique_ptr<Records> records, const SplitOptions& options)
      : records_(std::move(records)), left_(options.count("limit", 0)) {
    if (left_ == 0) left_ = std::numeric_limits<std::size_t>::max();
    by_ = static_cast<std::int64_t>(options.count("by", 0));
    const Value* const size = options.find("size");
    if (size == nullptr || !truth(*size)) return;
    if (by_ > 0)
      throw script_error("IllegalArgumentException", "options `by` and `size` exclude each other");
    by_size_ = true;
    by_ = bytes_of(*size);
  }

  std::optional<Value> next() override {
    std::optional<Value> record = next_record();
    if (!record) return std::nullopt;
    const bool is_text = record->is_string();
    if (by_ <= 1 && !by_size_)
      return is_text ? Value::string(records_->header() + record->text()) : *record;
    std::string text = records_->header();
    std::vector<Value> list;
    for (std::int64_t done = 0; record; record = next_record()) {
      if (is_text)
        text += record->text();
      else
        list.push_back(*record);
      done += by_size_ ? records_->size() : 1;
      if (done >= by_) break;
    }
    return is_text ? Value::string(std::move(text)) : make_list(std::move(list));
  }

 private:
  static std::int64_t bytes_of(const Value& size) {
    if (size.is_integer() || size.kind() == Kind::memory) return size.as_int64();
    const auto parsed = size.is_string() ? parse_memory_text(size.text()) : std::nullopt;
    if (!parsed)
      throw script_error("IllegalArgumentException",
                         fmt::format("option `size` is no size: '{}'", to_text(size)));
    return *parsed;
  }

  std::optional<Value> next_record() {
    if (left_ == 0) return std::nullopt;
    --left_;
    return records_->next();
  }

  std::unique_ptr<Records> records_;
  std::size_t left_;     ///< records until the limit
  std::int64_t by_ = 0;  ///< records of a chunk, or their size
  bool by_size_ = false;
};

/// Parts that are all known.
class ListSplitter final : public Splitter {
 public:
  explicit ListSplitter(std::vector<Value> items) : items_(std::move(items)) {}
  std::optional<Value> next() override {
    if (next_ == items_.size()) return std::nullopt;
    return std::move(items_[next_++]);
  }

 private:
  std::vector<Value> items_;
  std::size_t next_ = 0;
};

/// Follows "B[2].C" into a document; nothing when it is not there.
std::optional<Value> json_at(Value value, std::string_view path) {
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    if (path.starts_with('[')) {
      const std::size_t end = path.find(']');
      const auto index =
          base::parse_int64(path.substr(1, end == std::string_view::npos ? 0 : end - 1));
      const auto* const list = value.as<ListObject>();
      if (!index || list == nullptr || *index < 0 ||
          *index >= static_cast<std::int64_t>(list->items.size())) {
        return std::nullopt;
      }
      value = Value(list->items[static_cast<std::size_t>(*index)]);
      path.remove_prefix(end + 1);
      continue;
    }
    const std::size_t end = path.find_first_of(".[");
    const auto* const map = value.as<MapObject>();
    const Value* const found = map == nullptr ? nullptr : map->items.find(path.substr(0, end));
    if (found == nullptr) return std::nullopt;
    value = Value(*found);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return value;
}

std::vector<Value> json_items(const std::string& text, const SplitOptions& options) {
  const std::optional<Value> document = json_at(parse_json(text), options.text("path", ""));
  std::vector<Value> items;
  if (!document) return items;
  if (const auto* const map = document->as<MapObject>()) {
    for (const auto& entry : map->items.entries()) {
      auto item = make<MapObject>();
      item->items.put("key", entry.key);
      item->items.put("value", entry.value);
      items.emplace_back(item);
    }
  } else if (const auto* const list = document->as<ListObject>()) {
    items = list->items;
  } else {
    throw script_error(
        "IllegalStateException",
        "only an object or array of JSON can be split, not '" + to_short_text(*document) + "'");
  }
  const std::size_t limit = options.count("limit", 0);
  if (limit != 0 && limit < items.size()) items.resize(limit);
  return items;
}

std::string content_of(Interpreter& interpreter, const Value& content) {
  if (content.is_string()) return content.text();
  return interpreter.host().files().read(content.get<PathObject>(), true);
}

LineSource lines_in(Interpreter& interpreter, const Value& content, const SplitOptions& options) {
  if (content.is_string()) return LineSource(one_piece(content.text()));
  return LineSource(decoded_pieces(
      interpreter.host().files().open(content.get<PathObject>(), FileSystem::Gzip::by_name),
      options.text("charset", "UTF-8")));
}

}  // namespace

std::unique_ptr<Splitter> make_splitter(Interpreter& interpreter, std::string_view method,
                                        const Value& content, const MapObject* named) {
  const auto* const path = content.as<PathObject>();
  if (path == nullptr && !content.is_string()) {
    throw script_error("IllegalArgumentException",
                       fmt::format("{} splits texts and files, not a {}: '{}'", method,
                                   type_name(content), to_short_text(content)));
  }
  const SplitOptions options(named);
  if (method == "splitJson")
    return std::make_unique<ListSplitter>(json_items(content_of(interpreter, content), options));
  LineSource lines = lines_in(interpreter, content, options);
  std::unique_ptr<Records> records;
  if (method == "splitCsv") {
    records = internal::csv_records(std::move(lines), options);
  } else if (method == "splitFasta") {
    records = internal::fasta_records(std::move(lines), options);
  } else if (method == "splitFastq") {
    records = internal::fastq_records(std::move(lines), options, path == nullptr ? "" : path->text);
  } else {
    records = internal::text_records(std::move(lines), options);
  }
  return std::make_unique<RecordSplitter>(std::move(records), options);
}

}  // namespace weir::lang
