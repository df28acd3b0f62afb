#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::schema {

/// A record of a CSV or TSV file.
struct Record {
  std::size_t line = 0;  ///< 1-based, where it begins
  std::vector<std::string> fields;
};

/// Reads records one after another: RFC 4180 with any separator; LF, CRLF and a byte order mark;
/// blanks around fields do not count, blank lines are passed over.
class RecordReader {
 public:
  /// `text` is borrowed.
  RecordReader(std::string_view text, char separator);
  /// False at the end. Throws Error (input) with the line for a quote without end.
  bool next(Record& record);

 private:
  std::string quoted_field();
  std::string plain_field();

  std::string_view text_;
  char separator_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

}  // namespace weir::schema
