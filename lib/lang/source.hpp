#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

/// A file of a `SourceMap`. 0 is "no file": code made by weir itself.
enum class FileId : std::uint32_t { none = 0 };

/// A stretch of a source file: bytes [begin, end), 0-based.
struct Span {
  FileId file = FileId::none;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] bool known() const { return file != FileId::none; }
  [[nodiscard]] std::uint32_t size_bytes() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// From the beginning of `first` to the end of `last`; both are in one file.
[[nodiscard]] inline Span join(Span first, Span last) {
  return {first.file, first.begin, last.end};
}

/// 1-based, for people; columns count Unicode characters.
struct LineColumn {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// All source texts of a run, so that 12 bytes are enough to name any place in them.
///
/// Owns the texts at fixed addresses: tokens and trees point into them and must not outlive the
/// map.
class SourceMap {
 public:
  /// Files must be below 4 GiB - 1 byte; longer text is cut (the parser's own limit is far lower).
  FileId add(std::string name, std::string text);

  /// As given to `add`; "" for `FileId::none`.
  [[nodiscard]] std::string_view name(FileId file) const;
  [[nodiscard]] std::string_view text(FileId file) const;
  /// The text of a span; "" when it lies outside of its file.
  [[nodiscard]] std::string_view text(Span span) const;
  [[nodiscard]] LineColumn position(FileId file, std::uint32_t offset) const;
  /// Line `line` (1-based) without its end; "" when there is no such line.
  [[nodiscard]] std::string_view line(FileId file, std::uint32_t line) const;
  /// Byte offset at which line `line` (1-based) begins.
  [[nodiscard]] std::uint32_t line_begin(FileId file, std::uint32_t line) const;
  /// "file:line:column", or "" when the span is not known.
  [[nodiscard]] std::string place(Span span) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string name;
    std::string text;
    mutable std::vector<std::uint32_t>
        lines;  ///< where each line begins; made when first asked for
  };
  const File* get(FileId file) const;
  static const std::vector<std::uint32_t>& lines_of(const File& file);

  std::deque<File> files_;
};

}  // namespace weir::lang
