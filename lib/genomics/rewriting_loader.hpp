#pragma once

#include "genomics/format_options.hpp"
#include "genomics/loader.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace weir::genomics {

/// Puts another line in the place of each line of a text. One object serves one text.
class LineRewriter {
 public:
  virtual ~LineRewriter() = default;
  /// Appends the line's successor to `to`, without a line end; the line itself when there is
  /// nothing to change. What is wrong with a line is left for the checks that follow.
  virtual void rewrite(std::string_view line, ProblemPlace place, std::string& to) = 0;
  /// Appends whole lines that follow the last one.
  virtual void finish(std::string&) {}
  [[nodiscard]] virtual const ProblemTally& tally() const = 0;
};

struct RewriteOptions {
  std::string file;  ///< for messages
  std::uint64_t line_bytes_max = std::uint64_t{64} << 20;
  Work work;
};

/// Gives a text as rewritten, line by line: line numbers stay as they are, byte offsets do not.
/// Line ends, blank lines and a byte order mark pass. Its `blocks()` are null.
[[nodiscard]] std::unique_ptr<Loader> make_rewriting_loader(std::unique_ptr<Loader> text,
                                                            std::unique_ptr<LineRewriter> rewriter,
                                                            const RewriteOptions& options);

/// Where the columns of a record line are that rewriters change: numbers from 0.
struct LineColumns {
  std::size_t begin = 1;
  std::size_t end = 2;
};

/// Swaps start and end where start is larger.
[[nodiscard]] std::unique_ptr<LineRewriter> make_swap_rewriter(LineColumns columns);
/// Makes tabs of blanks in BED lines of 3 to 6 columns that have no tab.
[[nodiscard]] std::unique_ptr<LineRewriter> make_spaces_rewriter();
/// Where a record line has the name of its sequence.
struct NamePlace {
  std::size_t column = 0;  ///< from 0
  char comment = '#';      ///< lines that begin with it are no records
  std::int64_t skip = 0;   ///< lines at the top that are none
};

/// Renames the sequence of every record, and in ##contig and ##sequence-region lines.
[[nodiscard]] std::unique_ptr<LineRewriter> make_alias_rewriter(
    std::map<std::string, std::string> aliases, NamePlace place = {});

/// Byte offsets of lines, by their numbers from 1, found by reading a text again.
[[nodiscard]] std::map<std::int64_t, std::int64_t> offsets_of_lines(
    Loader& text, const std::set<std::int64_t>& lines);

}  // namespace weir::genomics
