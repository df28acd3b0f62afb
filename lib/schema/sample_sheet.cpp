#include "schema/sample_sheet.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/json.hpp"
#include "lang/yaml.hpp"
#include "schema/delimited.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::schema {
namespace {

enum Type : unsigned { k_text = 1, k_integer = 2, k_number = 4, k_boolean = 8, k_other = 16 };

unsigned type_bit(const Json& name) {
  if (name == "string") return k_text;
  if (name == "integer") return k_integer;
  if (name == "number") return k_number | k_integer;
  if (name == "boolean") return k_boolean;
  return k_other;
}

/// The types that a column may have: its own, or those of its alternatives; 0: any.
unsigned types_of(const Json& column, int depth = 0) {
  unsigned types = 0;
  if (!column.is_object() || depth > 8) return types;
  if (const auto type = column.find("type"); type != column.end()) {
    if (!type->is_array()) return type_bit(*type);
    for (const Json& one : *type) types |= type_bit(one);
    return types;
  }
  for (const char* const keyword : {"anyOf", "oneOf", "allOf"}) {
    const auto parts = column.find(keyword);
    if (parts == column.end()) continue;
    for (const Json& part : *parts) types |= types_of(part, depth + 1);
  }
  return types;
}

/// JSON's own way of writing numbers, so that `001` and `0x1` stay texts.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos)
    return false;
  return !(text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') &&
         text[0] >= '0' && text[0] <= '9' && text.back() != '.';
}

Json cell_value(const std::string& text, unsigned types) {
  if (types == k_text) return text;
  const bool open = types == 0 || (types & k_text) != 0;
  if (types == 0 || (types & k_boolean) != 0) {
    // Spreadsheets and R write TRUE; only a column of texts may mean the word itself.
    const std::string word = (types & k_text) != 0 ? text : base::to_lower_ascii(text);
    if (word == "true" || word == "false") return word == "true";
  }
  if ((types & (k_integer | k_number)) != 0 || types == 0) {
    if (!open || is_json_number(text)) {
      if (const auto whole = base::parse_int64(text)) return *whole;
    }
    if (types == 0 || (types & k_number) != 0) {
      if (is_json_number(text)) {
        if (const auto number = base::parse_double(text)) return *number;
      }
    }
  }
  return text;
}

void drop_nulls(Json& value) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      if (it->is_null()) {
        it = value.erase(it);
      } else {
        drop_nulls(*it++);
      }
    }
  } else if (value.is_array()) {
    for (Json& item : value) drop_nulls(item);
  }
}

enum class Kind { csv, tsv, json, yaml };

Kind kind_of(std::string_view name, std::string_view text) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  if (name.ends_with(".csv")) return Kind::csv;
  if (name.ends_with(".tsv")) return Kind::tsv;
  if (name.ends_with(".json")) return Kind::json;
  if (name.ends_with(".yml") || name.ends_with(".yaml")) return Kind::yaml;
  const std::string_view line = text.substr(0, text.find('\n'));
  const auto commas = std::count(line.begin(), line.end(), ',');
  const auto tabs = std::count(line.begin(), line.end(), '\t');
  if (commas == 0 && tabs == 0) return Kind::tsv;  // a list
  if (commas == tabs) {
    throw Error(ErrorKind::input, fmt::format("cannot tell what kind of sheet '{}' is", name))
        .with_hint("name it .csv, .tsv, .json, .yml or .yaml");
  }
  return commas > tabs ? Kind::csv : Kind::tsv;
}

}  // namespace

SampleSheet::SampleSheet(SampleSheet&&) noexcept = default;
SampleSheet& SampleSheet::operator=(SampleSheet&&) noexcept = default;
SampleSheet::~SampleSheet() = default;

SampleSheet::SampleSheet(const std::string& name, const JsonSchema& schema, Files& files)
    : name_(name), entries_(std::make_unique<Json>(Json::array())) {
  const std::string text = files.read(name);
  switch (kind_of(name, text)) {
    case Kind::csv: read_delimited(text, ',', schema); break;
    case Kind::tsv: read_delimited(text, '\t', schema); break;
    case Kind::json: *entries_ = parse_json(text, name); break;
    case Kind::yaml:
      *entries_ =
          parse_json(lang::to_json(lang::parse_yaml(text), lang::JsonLayout::compact), name);
      break;
  }
  drop_nulls(*entries_);
}

void SampleSheet::fault(std::size_t row, std::string column, std::string message) {
  Fault fault;
  fault.keyword = "sheet";
  fault.file = name_;
  fault.row = row;
  fault.column = std::move(column);
  fault.message = std::move(message);
  structure_.add(std::move(fault));
}

void SampleSheet::read_delimited(std::string_view text, char separator, const JsonSchema& schema) {
  RecordReader reader(text, separator);
  Record record;
  const Json* const columns = schema.find("items/properties");
  if (columns != nullptr && columns->is_object() && !columns->empty()) {
    if (!reader.next(record)) return fault(0, "", "the sheet is empty");
    // Spreadsheets leave separators behind the last column.
    while (!record.fields.empty() && record.fields.back().empty()) record.fields.pop_back();
    columns_ = record.fields;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& column = columns_[i];
      const Json* const definition =
          column.empty()
              ? nullptr
              : schema.find("items/properties/" +
                            base::replace_all(base::replace_all(column, "~", "~0"), "/", "~1"));
      types_.push_back(definition == nullptr ? 0 : types_of(*definition));
      if (definition == nullptr) unknown_.push_back(column);
      if (std::find(columns_.begin(), columns_.begin() + static_cast<std::ptrdiff_t>(i), column) !=
          columns_.begin() + static_cast<std::ptrdiff_t>(i))
        fault(record.line, column, "the column is there twice");
    }
  }
  while (reader.next(record)) {
    if (rows_.size() >= k_rows_max) {
      throw Error(ErrorKind::input,
                  fmt::format("the sheet '{}' has more than {} rows", name_, k_rows_max));
    }
    add_row(record.fields, record.line, schema);
  }
}

void SampleSheet::add_row(const std::vector<std::string>& fields, std::size_t line,
                          const JsonSchema& schema) {
  Json entry = columns_.empty() ? Json::array() : Json::object();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (columns_.empty()) {
      // Without a list of items at the top (alternatives may stand there) any type is right.
      const Json* const items = schema.find("items");
      const unsigned types = items == nullptr ? 0 : types_of(*items);
      entry.push_back(fields[i].empty() ? Json() : cell_value(fields[i], types));
    } else if (i >= columns_.size()) {
      if (!fields[i].empty()) {
        fault(line, "", fmt::format("has more than {} fields", columns_.size()));
        break;
      }
    } else if (!fields[i].empty()) {
      entry[columns_[i]] = cell_value(fields[i], types_[i]);
    }
  }
  if (columns_.empty() && entry.size() == 1) entry = Json(entry[0]);
  entries_->push_back(std::move(entry));
  rows_.push_back(line);
}

Findings SampleSheet::check(const JsonSchema& schema) const {
  Findings result = structure_;
  const Findings found = schema.validate(*entries_);
  Findings placed;
  placed.errors = 0;
  for (Fault fault : found.faults) {
    fault.file = name_;
    const std::vector<std::string_view> parts = base::split(fault.pointer, '/');
    if (parts.size() > 1 && entries_->is_array()) {
      const auto index = static_cast<std::size_t>(base::parse_int64(parts[1]).value_or(0));
      fault.row = index < rows_.size() ? rows_[index] : index + 1;
      fault.column = parameter_name({.pointer = fault.pointer.substr(1 + parts[1].size())});
    } else {
      fault.column = parameter_name({.pointer = fault.pointer});
    }
    if (!fault.property.empty() && fault.column.empty()) fault.column = fault.property;
    placed.add(std::move(fault));
  }
  placed.errors = found.errors;
  result.add_all(placed);
  return result;
}

Findings check_sheet_file(const std::string& sheet, const std::string& schema, Files& files) {
  Findings findings;
  try {
    JsonSchema::Options options;
    options.files = &files;
    options.only_int64 = true;
    const JsonSchema rules(files.read(schema), schema, std::move(options));
    const SampleSheet read(sheet, rules, files);
    return read.check(rules);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    Fault fault;
    fault.keyword = "schema";
    fault.file = sheet;
    fault.row = error.place().file == sheet ? static_cast<std::size_t>(error.place().line) : 0;
    fault.message = error.message();
    findings.add(std::move(fault));
  }
  return findings;
}

}  // namespace weir::schema
