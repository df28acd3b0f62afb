#include "engine/task_key.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {

void KeyText::put(std::string item) {
  levels_.back().items.push_back(std::move(item));
}

void KeyText::add_bool(bool value) {
  put(value ? "true" : "false");
}

void KeyText::add_int(std::int64_t value, int width_bytes) {
  // The width is part of the value: an Integer 5 and a Long 5 are different keys.
  put(fmt::format("{}i{}", value, width_bytes));
}

void KeyText::add_double(double value, int width_bytes) {
  put(fmt::format("{}f{}", value, width_bytes));
}

void KeyText::add_decimal(std::string_view digits) {
  put(std::string(digits) + "g");
}

void KeyText::add_text(std::string_view text) {
  std::string item = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') item += '\\';
    if (c == k_file_mark) {
      item += "\\u001f";
    } else {
      item += c;
    }
  }
  put(item + "'");
}

void KeyText::add_file(std::string_view absolute_path) {
  has_files_ = true;
  put(k_file_mark + std::string(absolute_path) + k_file_mark);
}

void KeyText::begin_list() {
  levels_.push_back({.unordered = false, .items = {}});
}
void KeyText::end_list() {
  end_level('[', ']');
}
void KeyText::begin_unordered() {
  levels_.push_back({.unordered = true, .items = {}});
}
void KeyText::end_unordered() {
  end_level('{', '}');
}

void KeyText::end_level(char open, char close) {
  WEIR_ASSERT(levels_.size() > 1);
  Level level = std::move(levels_.back());
  levels_.pop_back();
  if (level.unordered) std::sort(level.items.begin(), level.items.end());
  std::string item(1, open);
  for (std::size_t i = 0; i < level.items.size(); ++i) {
    if (i > 0) item += ',';
    item += level.items[i];
  }
  put(item + close);
}

KeyPart KeyText::finish(std::string name) {
  WEIR_ASSERT(levels_.size() == 1);
  KeyPart part{.name = std::move(name), .text = {}, .has_files = has_files_};
  for (std::string& item : levels_.back().items) {
    if (!part.text.empty()) part.text += ',';
    part.text += item;
  }
  return part;
}

KeyPart text_part(std::string name, std::string_view text) {
  return {.name = std::move(name), .text = std::string(text), .has_files = false};
}

}  // namespace weir::engine
