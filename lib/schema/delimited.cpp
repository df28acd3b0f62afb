#include "schema/delimited.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::schema {

RecordReader::RecordReader(std::string_view text, char separator)
    : text_(text), separator_(separator) {
  if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
}

std::string RecordReader::plain_field() {
  const char ends[] = {separator_, '\n', '\0'};
  const std::size_t end = std::min(text_.find_first_of(ends, position_), text_.size());
  std::string field(base::trim(text_.substr(position_, end - position_)));
  position_ = end;
  return field;
}

std::string RecordReader::quoted_field() {
  const std::size_t first_line = line_;
  std::string field;
  for (++position_; position_ < text_.size(); ++position_) {
    const char c = text_[position_];
    if (c == '\n') ++line_;
    if (c != '"') {
      field += c;
    } else if (position_ + 1 < text_.size() && text_[position_ + 1] == '"') {
      field += text_[++position_];
    } else {
      ++position_;
      // What stands between the closing quote and the separator belongs to the field.
      return field + plain_field();
    }
  }
  throw Error(ErrorKind::input, fmt::format("a quote in line {} is never closed", first_line));
}

bool RecordReader::next(Record& record) {
  record.fields.clear();
  while (position_ < text_.size()) {
    const std::size_t end = std::min(text_.find('\n', position_), text_.size());
    if (!base::trim(text_.substr(position_, end - position_)).empty()) break;
    position_ = end + 1;
    ++line_;
  }
  if (position_ >= text_.size()) return false;
  record.line = line_;
  while (true) {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\r' ||
                                        (text_[position_] == '\t' && separator_ != '\t')))
      ++position_;
    const bool quoted = position_ < text_.size() && text_[position_] == '"';
    record.fields.push_back(quoted ? quoted_field() : plain_field());
    if (position_ >= text_.size()) return true;
    if (text_[position_++] == '\n') {
      ++line_;
      return true;
    }
  }
}

}  // namespace weir::schema
