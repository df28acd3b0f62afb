#include "engine/output_index.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "lang/json.hpp"
#include "lang/semantics.hpp"
#include "lang/yaml.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::MapObject;
using lang::Value;

namespace {

std::string quoted(const Value& value) {
  std::string text = "\"";
  if (!value.is_null()) {
    for (const char c : lang::to_text(value)) {
      if (c == '"') text += '"';
      text += c;
    }
  }
  return text + "\"";
}

std::string csv_line(const std::vector<Value>& values, const std::string& separator) {
  std::string line;
  for (std::size_t i = 0; i < values.size(); ++i)
    line += (i == 0 ? "" : separator) + quoted(values[i]);
  return line + "\n";
}

/// Names of the columns; none when the table has no header.
std::vector<Value> columns_of(const OutputIndex& index, const std::vector<Value>& records) {
  if (lang::is_collection(index.header)) return lang::elements_of(index.header);
  std::vector<Value> names;
  if (index.header.is_null() || !lang::truth(index.header) || records.empty()) return names;
  const auto* const map = records.front().as<MapObject>();
  if (map == nullptr) {
    throw Error(ErrorKind::input,
                fmt::format("index file '{}' has a header, but its records have no names: {}",
                            index.path, lang::to_short_text(records.front())))
        .with_hint("publish maps, or give the header as a list of names");
  }
  for (const auto& entry : map->items.entries()) names.push_back(entry.key);
  return names;
}

std::vector<Value> row_of(const Value& record, const std::vector<Value>& columns) {
  std::vector<Value> row;
  if (const auto* const map = record.as<MapObject>()) {
    for (const Value& name : columns) {
      const Value* const found = map->items.find(name);
      row.push_back(found == nullptr ? Value() : *found);
    }
    if (!columns.empty()) return row;
    for (const auto& entry : map->items.entries()) row.push_back(entry.value);
    return row;
  }
  if (lang::is_collection(record)) return lang::elements_of(record);
  row.push_back(record);
  return row;
}

std::string csv_text(const OutputIndex& index, const std::vector<Value>& records) {
  const std::vector<Value> columns = columns_of(index, records);
  std::string text;
  if (!columns.empty()) text += csv_line(columns, index.separator);
  for (const Value& record : records) text += csv_line(row_of(record, columns), index.separator);
  return text;
}

}  // namespace

std::string index_text(const OutputIndex& index, const std::vector<Value>& records, bool single) {
  const std::string extension = base::fs::path(index.path).extension().native();
  if (extension == ".csv" || extension == ".tsv") return csv_text(index, records);
  Value all = lang::make_list(records);
  if (single) all = records.empty() ? Value() : records.front();
  if (extension == ".json") return lang::to_json(all, lang::JsonLayout::indented);
  if (extension == ".yml" || extension == ".yaml")
    return lang::to_yaml(all, lang::YamlLayout::automatic);
  throw Error(ErrorKind::usage,
              fmt::format("index file '{}' has an ending that says no format", index.path))
      .with_hint("use .csv, .json, .yml or .yaml");
}

}  // namespace weir::engine
