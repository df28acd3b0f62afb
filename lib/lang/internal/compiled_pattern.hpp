#pragma once

#include "lang/matching.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct URegularExpression;

namespace weir::lang {

/// A regular expression ready to match UTF-16 text: plain text that is searched, or ICU's machine.
class CompiledPattern {
 public:
  /// Throws ScriptException (PatternSyntaxException).
  CompiledPattern(std::string_view source, std::int32_t flags);
  ~CompiledPattern();
  CompiledPattern(const CompiledPattern&) = delete;
  CompiledPattern& operator=(const CompiledPattern&) = delete;

  enum class Anchor { none, front, both };
  /// The first match at or behind `from`; with an anchor, only one that begins at 0 (and ends at
  /// the end). Throws ScriptException after `steps_max` (see k_match_steps_max).
  [[nodiscard]] std::optional<MatchGroups> match(const std::u16string& text, std::int32_t from,
                                                 Anchor anchor,
                                                 std::int32_t steps_max = k_match_steps_max) const;
  [[nodiscard]] std::int32_t group_count() const { return group_count_; }
  /// -1 when there is no group of this name.
  [[nodiscard]] std::int32_t group_number(std::string_view name) const;

 private:
  [[nodiscard]] std::optional<MatchGroups> match_plain(const std::u16string& text,
                                                       std::int32_t from, Anchor anchor) const;

  std::string source_;
  std::optional<std::u16string> plain_;
  URegularExpression* regex_ = nullptr;
  std::int32_t group_count_ = 0;
};

/// The pattern with what Java and ICU read differently put into ICU's words; `flags` may gain and
/// lose bits. Throws ScriptException (PatternSyntaxException) for what ICU cannot do.
[[nodiscard]] std::string translate_pattern(std::string_view source);
/// The text that a pattern without special characters matches, or nothing.
[[nodiscard]] std::optional<std::string> plain_text_of(std::string_view source);

}  // namespace weir::lang
