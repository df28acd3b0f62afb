#include "engine/shell_template.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/placeholders.hpp"
#include "lang/exceptions.hpp"
#include "lang/placeholder_text.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace weir::engine {

namespace {

struct Escape {
  std::string text;    ///< what it stands for
  std::size_t length;  ///< without its backslash
};

/// Of `\101` and `\u0041`, what follows the backslash; nothing when it is no such number.
std::optional<Escape> numbered_escape(std::string_view rest) {
  const bool is_unicode = rest.front() == 'u';
  const std::string_view digits = is_unicode ? "0123456789abcdefABCDEF" : "01234567";
  const std::size_t most = is_unicode ? 4 : (rest.front() <= '3' ? 3 : 2);
  const std::string_view number = rest.substr(is_unicode ? 1 : 0, most);
  const std::size_t length = std::min(number.find_first_not_of(digits), number.size());
  if (length == 0 || (is_unicode && length < most)) return std::nullopt;
  Escape escape{"", length + (is_unicode ? 1 : 0)};
  const std::string taken(number.substr(0, length));
  lang::append_utf8(escape.text,
                    static_cast<char32_t>(std::stoul(taken, nullptr, is_unicode ? 16 : 8)));
  return escape;
}

/// `rest` follows a backslash. Upstream makes a template the text of a string of its language, and
/// escapes the quotes in it first.
std::optional<Escape> escape_in(std::string_view rest) {
  static constexpr std::string_view k_letters = "nrtbf$\\'";
  static constexpr std::string_view k_meanings = "\n\r\t\b\f$\\'";
  if (rest.empty()) return Escape{"\\", 0};
  if (rest.front() == '"') return Escape{"\\\"", 1};
  if (rest.front() == '\n') return Escape{"", 1};  // the line goes on
  const std::size_t row = k_letters.find(rest.front());
  if (row != std::string_view::npos) return Escape{std::string(1, k_meanings[row]), 1};
  return numbered_escape(rest);
}

/// Replaces placeholders of one task, and keeps what they read.
class Renderer {
 public:
  /// `file` is the template's; empty for a `shell:` block.
  Renderer(TaskContext& context, std::string_view text, char mark, std::string_view file)
      : context_(context), text_(text), mark_(mark), file_(file) {}

  void literal(std::string_view text) { result_.append(text); }

  /// The expression in braces whose first byte is at `begin`; answers where the text goes on.
  std::size_t braced(std::size_t begin) {
    const std::size_t end = lang::end_of_braced(text_, begin);
    if (end == text_.size()) throw error_at(begin, fmt::format("'{}{{' has no end", mark_));
    replace(begin, end);
    return end + 1;
  }

  void replace(std::size_t begin, std::size_t end) {
    const std::string expression(base::trim(text_.substr(begin, end - begin)));
    try {
      const Placeholder& placeholder = context_.unit().run.placeholders->get(expression);
      use_.reads.insert(use_.reads.end(), placeholder.reads.begin(), placeholder.reads.end());
      result_ += lang::to_text(context_.settled(placeholder.closure));
    } catch (const lang::ScriptException& exception) {
      throw error_at(begin, fmt::format("'{}' fails: {}", expression, exception.message()));
    } catch (const Error& error) {
      throw error_at(begin, error.message());
    }
  }

  /// The escape whose letter is at `at`; answers where the text goes on.
  std::size_t escape(std::size_t at) {
    const std::optional<Escape> found = escape_in(text_.substr(at));
    if (!found) {
      throw error_at(at, fmt::format("'\\{}' is no escape", text_[at]))
          .with_hint("write `\\\\` for a backslash that is meant for the script itself");
    }
    literal(found->text);
    return at + found->length;
  }

  std::string finish() {
    if (!file_.empty()) use_.text = text_;
    context_.note_template(std::move(use_));
    return std::move(result_);
  }

 private:
  [[nodiscard]] Error error_at(std::size_t at, const std::string& what) const {
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::string place = file_.empty()
                                  ? fmt::format("line {} of the text of the shell block", line)
                                  : fmt::format("{}:{}", file_, line);
    return Error(ErrorKind::input, fmt::format("{}: {}", place, what))
        .with_hint(mark_ == '$' ? "write `\\$` for a dollar that is meant for the script itself"
                                : "what stands between `!{` and `}` is an expression");
  }

  TaskContext& context_;
  std::string_view text_;
  char mark_;
  std::string_view file_;
  std::string result_;
  TemplateUse use_;
};

std::string render_marked(TaskContext& context, std::string_view text, std::string_view file) {
  Renderer renderer(context, text, '!', file);
  std::size_t at = 0;
  while (true) {
    const std::size_t begin = text.find("!{", at);
    if (begin == std::string_view::npos) break;
    renderer.literal(text.substr(at, begin - at));
    at = renderer.braced(begin + 2);
  }
  renderer.literal(text.substr(at));
  return renderer.finish();
}

}  // namespace

std::string render_shell(TaskContext& context, std::string_view text) {
  return render_marked(context, text, {});
}

std::string render_shell_template(TaskContext& context, std::string_view text,
                                  std::string_view file) {
  return render_marked(context, text, file);
}

std::string render_template(TaskContext& context, std::string_view text, std::string_view file) {
  Renderer renderer(context, text, '$', file);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t mark = text.find_first_of("\\$\r", at);
    renderer.literal(text.substr(at, mark - at));
    if (mark == std::string_view::npos) break;
    at = mark + 1;
    const char next = at < text.size() ? text[at] : '\0';
    const std::size_t name_end = lang::end_of_dotted_name(text, at);
    if (text[mark] == '\\') {
      at = renderer.escape(at);
    } else if (text[mark] == '\r') {
      if (next != '\n') renderer.literal("\n");
    } else if (next == '{') {
      at = renderer.braced(at + 1);
    } else if (name_end > at) {
      renderer.replace(at, name_end);
      at = name_end;
    } else {
      renderer.literal("$");
    }
  }
  return renderer.finish();
}

}  // namespace weir::engine
