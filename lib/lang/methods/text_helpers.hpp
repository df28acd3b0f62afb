#pragma once

#include "lang/callable.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

// The work behind methods of strings, lists of commands and paths.

[[nodiscard]] Value string_list(const std::vector<std::string>& texts);
[[nodiscard]] Value string_array(const std::vector<std::string>& texts);
/// The parts between any of the bytes of `separators`; empty parts are left out.
[[nodiscard]] std::vector<std::string> tokens_of(std::string_view text,
                                                 std::string_view separators);
/// Ended by \n, \r\n or \r; a last empty line counts for nothing.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);
/// Java's trim: characters up to U+0020.
[[nodiscard]] std::string trimmed(std::string_view text);
/// White space by Character.isWhitespace.
[[nodiscard]] std::string stripped(std::string_view text, bool front, bool back);
/// Groovy's `stripIndent(count)`: that many characters off each line.
[[nodiscard]] std::string without_indent(std::string_view text, std::int64_t count);
/// `stripIndent()`, which is java.lang.String's: as many blanks off the front of each line as the
/// least indented one has, among them a last line of blanks alone, and all off its end.
[[nodiscard]] std::string without_indent(std::string_view text);
[[nodiscard]] std::string without_margin(std::string_view text, std::string_view margin);
/// `indent(n)` and `indent(prefix)`.
[[nodiscard]] std::string indented(std::string_view text, const Value& prefix);
[[nodiscard]] std::string reversed(std::string_view text);
/// Groovy's tr: ranges with `-`, the last replacement repeated.
[[nodiscard]] std::string transliterated(std::string_view text, std::string_view from,
                                         std::string_view to);
/// What `printf` and `sprintf` make of a format and what follows it: its arguments, or one list of
/// them. Throws as `format_text` does, and when the format is null.
[[nodiscard]] std::string format_values(std::span<const Value> format_and_arguments);
/// Runs a command by the host; the Process value of `execute()`. `arguments` are environment and
/// folder.
[[nodiscard]] Value run_command(Interpreter& interpreter, const std::vector<std::string>& command,
                                std::span<const Value> arguments);

}  // namespace weir::lang
