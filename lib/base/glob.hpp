#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

/// A pattern over paths by the rules of java.nio.file.FileSystem.getPathMatcher("glob:…"), bytes
/// taken as UTF-8.
///
/// `*` and `?` stay within one folder, `**` crosses folders, `[abc]`, `[a-z]`, `[!a]` name one
/// character that is not a slash, `{a,b*}` are alternatives (not nested), a backslash takes the
/// next character as it is. A leading dot needs no dot in the pattern; who walks folders leaves
/// hidden files out.
class Glob {
 public:
  /// Throws Error (input) naming the fault: unclosed bracket or brace, nested braces, a trailing
  /// backslash, more than `k_alternatives_max` combinations.
  explicit Glob(std::string_view pattern);
  [[nodiscard]] bool matches(std::string_view path) const;

  /// True when `text` has a wildcard or a complete bracket or brace that is not escaped; other
  /// texts are plain names.
  [[nodiscard]] static bool is_pattern(std::string_view text);
  /// `text` without its escaping backslashes: the plain name that is meant when it is no pattern.
  [[nodiscard]] static std::string unescape(std::string_view text);

  /// How much of `text` names a folder by itself: all up to the last slash before the first
  /// wildcard, bracket, brace or backslash, that slash included; 0 when there is none.
  [[nodiscard]] static std::size_t folder_length(std::string_view text);

  static constexpr std::size_t k_alternatives_max = 4096;

 private:
  struct Range {
    char32_t first;
    char32_t last;
  };
  struct Token {
    enum class Kind { character, any, star, double_star, set };
    Kind kind = Kind::character;
    char32_t character = 0;
    bool negated = false;
    std::vector<Range> ranges;
  };
  using Sequence = std::vector<Token>;
  class Parser;

  static bool accepts(const Token& token, char32_t character);
  static bool matches(const Sequence& sequence, std::u32string_view path);

  std::vector<Sequence> alternatives_;
};

/// What `find_files` looks for; defaults are Nextflow's for `file('…')` and `path '…'`.
struct FindOptions {
  enum class Type { any, file, directory };
  Type type = Type::any;  ///< `any` and `file` take regular files only, no sockets or pipes
  bool hidden = false;    ///< also names that begin with a dot
  bool follow_links = true;
  /// Folders at a greater depth below `folder` (its own entries: 0) are not entered. Nothing: as
  /// deep as the pattern can match.
  std::optional<std::size_t> depth_max;
};

/// Paths below `folder` that match `pattern`, relative to it, sorted by bytes. A folder that links
/// lead back into is entered once. Throws Error when a folder cannot be read.
[[nodiscard]] std::vector<std::string> find_files(const std::filesystem::path& folder,
                                                  std::string_view pattern,
                                                  const FindOptions& options);

}  // namespace weir::base
