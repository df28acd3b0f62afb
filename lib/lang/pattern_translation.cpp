#include "lang/exceptions.hpp"
#include "lang/internal/compiled_pattern.hpp"

#include <algorithm>
#include <array>

// From Java's regular expressions to ICU's; declared in internal/compiled_pattern.hpp.

namespace weir::lang {
namespace {

constexpr std::string_view k_special = "\\[](){}.*+?^$|";

struct AsciiClass {
  std::string_view name;
  std::string_view members;  ///< as within brackets
};

// Java's POSIX classes are ASCII; ICU's would be Unicode.
constexpr std::array<AsciiClass, 13> k_posix = {{{"Lower", "a-z"},
                                                 {"Upper", "A-Z"},
                                                 {"ASCII", "\\x00-\\x7F"},
                                                 {"Alpha", "a-zA-Z"},
                                                 {"Digit", "0-9"},
                                                 {"Alnum", "a-zA-Z0-9"},
                                                 {"Punct", "!-/:-@\\[-`\\{-~"},
                                                 {"Graph", "!-~"},
                                                 {"Print", "\\x20-~"},
                                                 {"Blank", "\\x20\\t"},
                                                 {"Cntrl", "\\x00-\\x1F\\x7F"},
                                                 {"XDigit", "0-9a-fA-F"},
                                                 {"Space", "\\x20\\t\\n\\x0B\\f\\r"}}};

std::string_view shorthand_members(char letter) {
  switch (letter) {
    case 'w':
    case 'W': return "a-zA-Z_0-9";
    case 'd':
    case 'D': return "0-9";
    default: return "\\x20\\t\\n\\x0B\\f\\r";
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Translator {
 public:
  explicit Translator(std::string_view source)
      : source_(source), unicode_(source.find("(?U)") != std::string_view::npos) {
    count_groups();
  }

  std::string run() {
    while (at_ < source_.size()) step();
    return std::move(result_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool starts_with(std::string_view text) const {
    return source_.compare(at_, text.size(), text) == 0;
  }

  [[noreturn]] void refuse(std::string_view why) const {
    throw script_error("PatternSyntaxException", std::string(why) + " near index " +
                                                     std::to_string(at_) + " of '" +
                                                     std::string(source_) + "'");
  }

  void count_groups() {
    for (std::size_t i = 0; i < source_.size(); ++i) {
      if (source_[i] == '\\') {
        ++i;
      } else if (source_[i] == '(' &&
                 (i + 1 >= source_.size() || source_[i + 1] != '?' ||
                  (source_.compare(i, 3, "(?<") == 0 && source_.substr(i + 3, 1) != "=" &&
                   source_.substr(i + 3, 1) != "!"))) {
        ++groups_;
      }
    }
  }

  void step() {
    const char c = peek();
    if (starts_with("(?U)")) {
      at_ += 4;
    } else if (c == '\\') {
      escape();
    } else if (brackets_ > 0 && c == '[' && peek(1) == ':') {
      result_ += "[\\:";  // a nested set in Java, a POSIX class in ICU
      at_ += 2;
      ++brackets_;
    } else if (c == '[') {
      open_bracket();
    } else if (c == ']' && brackets_ > 0) {
      --brackets_;
      copy(1);
    } else if (brackets_ == 0 && (c == ']' || c == '}')) {
      result_ += '\\';
      copy(1);
    } else if (brackets_ == 0 && c == '{') {
      copy_through('}');
    } else {
      copy(1);
    }
  }

  void open_bracket() {
    ++brackets_;
    copy(1);
    if (peek() == '^') copy(1);
    // A bracket at the very beginning of a set stands for itself.
    if (peek() == ']') {
      result_ += '\\';
      copy(1);
    }
  }

  void copy(std::size_t count) {
    result_.append(source_.substr(at_, count));
    at_ += count;
  }

  void copy_through(char last) {
    const std::size_t end = source_.find(last, at_);
    copy(end == std::string_view::npos ? source_.size() - at_ : end - at_ + 1);
  }

  void put_set(std::string_view members, bool negated) {
    if (negated) {
      result_.append("[^").append(members).append("]");
    } else if (brackets_ > 0) {
      result_ += members;
    } else {
      result_.append("[").append(members).append("]");
    }
  }

  void escape() {
    const char letter = peek(1);
    switch (letter) {
      case 'w':
      case 'W':
      case 'd':
      case 'D':
      case 's':
      case 'S':
        if (unicode_) return copy(2);
        put_set(shorthand_members(letter), letter == 'W' || letter == 'D' || letter == 'S');
        at_ += 2;
        return;
      case 'Q': {
        const std::size_t end = source_.find("\\E", at_);
        return copy(end == std::string_view::npos ? source_.size() - at_ : end + 2 - at_);
      }
      case 'K': refuse("\\K is not known");
      case 'p':
      case 'P': return property(letter == 'P');
      case 'x':
      case 'N':
        if (peek(2) == '{') return copy_through('}');
        return copy(2);
      case 'k': return copy_through('>');
      default: break;
    }
    if (brackets_ == 0 && letter >= '1' && letter <= '9') return back_reference();
    copy(2);
  }

  void property(bool negated) {
    if (peek(2) != '{') return copy(3);
    const std::size_t end = source_.find('}', at_);
    if (end == std::string_view::npos) refuse("unclosed character class");
    std::string_view name = source_.substr(at_ + 3, end - at_ - 3);
    at_ = end + 1;
    for (const AsciiClass& entry : k_posix) {
      if (entry.name == name && !unicode_) return put_set(entry.members, negated);
    }
    if (name.substr(0, 2) == "Is") name.remove_prefix(2);
    result_.append(negated ? "\\P{" : "\\p{").append(name).append("}");
  }

  /// As many digits as name an existing group; the others are text.
  void back_reference() {
    std::size_t digits = 1;
    int number = peek(1) - '0';
    if (number > groups_) refuse("a reference to a group that does not exist");
    while (is_digit(peek(1 + digits)) && number * 10 + (peek(1 + digits) - '0') <= groups_) {
      number = number * 10 + (peek(1 + digits) - '0');
      ++digits;
    }
    copy(1 + digits);
    if (is_digit(peek())) {
      result_ += "(?:)";  // keeps the following digit apart
    }
  }

  std::string_view source_;
  bool unicode_;
  std::size_t at_ = 0;
  int brackets_ = 0;
  int groups_ = 0;
  std::string result_;
};

}  // namespace

std::string translate_pattern(std::string_view source) {
  return Translator(source).run();
}

std::optional<std::string> plain_text_of(std::string_view source) {
  std::string text;
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\\') {
      // Only an escaped sign is text; an escaped letter or digit has a meaning.
      if (i + 1 >= source.size() || k_special.find(source[i + 1]) == std::string_view::npos)
        return std::nullopt;
      text += source[++i];
    } else if (k_special.find(source[i]) != std::string_view::npos) {
      return std::nullopt;
    } else {
      text += source[i];
    }
  }
  return text;
}

}  // namespace weir::lang
