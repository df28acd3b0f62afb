#include "base/glob.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace weir::base {
namespace {

/// Code points of UTF-8 text; bytes that are not UTF-8 become values above Unicode, one each.
std::u32string decode(std::string_view text) {
  constexpr char32_t k_raw_byte = 0x110000;
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    char32_t point = length < 2 ? lead : lead & (0xFFU >> (length + 1));
    bool valid = length > 0 && at + length <= text.size();
    for (std::size_t i = 1; valid && i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      valid = (next & 0xC0U) == 0x80;
      point = (point << 6U) | (next & 0x3FU);
    }
    points.push_back(valid ? point : k_raw_byte + lead);
    at += valid ? length : 1;
  }
  return points;
}

/// Index of the bracket that closes the set or group opened at `open`, or npos.
std::size_t closing(std::string_view text, std::size_t open, char close) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == close) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

/// Reads a pattern from left to right, keeping the sequences of all alternatives seen so far.
class Glob::Parser {
 public:
  explicit Parser(std::string_view pattern) : shown_(pattern), text_(decode(pattern)) {}

  std::vector<Sequence> parse() {
    std::vector<Sequence> all{{}};
    while (at_ < text_.size()) {
      if (text_[at_] == U'{') {
        all = product(all, parse_group());
      } else {
        const Token token = parse_token();
        for (Sequence& sequence : all) sequence.push_back(token);
      }
    }
    return all;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error(ErrorKind::input, "glob pattern '" + std::string(shown_) + "': " + reason);
  }

  std::vector<Sequence> product(const std::vector<Sequence>& heads,
                                const std::vector<Sequence>& tails) const {
    if (heads.size() * tails.size() > k_alternatives_max)
      fail("more than " + std::to_string(k_alternatives_max) + " combinations of alternatives");
    std::vector<Sequence> all;
    for (const Sequence& head : heads) {
      for (const Sequence& tail : tails) {
        all.push_back(head);
        all.back().insert(all.back().end(), tail.begin(), tail.end());
      }
    }
    return all;
  }

  std::vector<Sequence> parse_group() {
    ++at_;
    std::vector<Sequence> alternatives{{}};
    while (true) {
      if (at_ == text_.size()) fail("missing '}'");
      if (text_[at_] == U'}') break;
      if (text_[at_] == U'{') fail("braces within braces");
      if (text_[at_] == U',') {
        alternatives.emplace_back();
        ++at_;
      } else {
        alternatives.back().push_back(parse_token());
      }
    }
    ++at_;
    return alternatives;
  }

  Token parse_token() {
    const char32_t point = text_[at_++];
    Token token;
    if (point == U'*') {
      token.kind = Token::Kind::star;
      if (at_ < text_.size() && text_[at_] == U'*') {
        token.kind = Token::Kind::double_star;
        ++at_;
      }
    } else if (point == U'?') {
      token.kind = Token::Kind::any;
    } else if (point == U'[') {
      parse_set(token);
    } else if (point == U'\\') {
      if (at_ == text_.size()) fail("nothing follows the last backslash");
      token.character = text_[at_++];
    } else {
      token.character = point;
    }
    return token;
  }

  void parse_set(Token& token) {
    token.kind = Token::Kind::set;
    if (at_ < text_.size() && text_[at_] == U'!') {
      token.negated = true;
      ++at_;
    }
    while (true) {
      if (at_ == text_.size()) fail("missing ']'");
      const char32_t first = text_[at_++];
      if (first == U']') break;
      if (first == U'/') fail("a slash within '[ ]'");
      char32_t last = first;
      if (at_ + 1 < text_.size() && text_[at_] == U'-' && text_[at_ + 1] != U']') {
        last = text_[at_ + 1];
        at_ += 2;
        if (last < first) fail("a range within '[ ]' runs backwards");
      }
      token.ranges.push_back({first, last});
    }
    if (token.ranges.empty()) fail("nothing within '[ ]'");
  }

  std::string_view shown_;
  std::u32string text_;
  std::size_t at_ = 0;
};

Glob::Glob(std::string_view pattern) : alternatives_(Parser(pattern).parse()) {}

bool Glob::accepts(const Token& token, char32_t character) {
  switch (token.kind) {
    case Token::Kind::character: return token.character == character;
    case Token::Kind::any: return character != U'/';
    case Token::Kind::set: {
      const bool inside = std::any_of(
          token.ranges.begin(), token.ranges.end(),
          [&](const Range& range) { return range.first <= character && character <= range.last; });
      return character != U'/' && inside != token.negated;
    }
    default: return false;
  }
}

bool Glob::matches(const Sequence& sequence, std::u32string_view path) {
  // Greedy with two places to fall back to: the last star, and the last double star before it. An
  // earlier star need never be tried again, since the later one can take whatever it gives up.
  struct Fallback {
    std::size_t token = 0;
    std::size_t path = 0;
    bool set = false;
  };
  Fallback star;
  Fallback double_star;
  std::size_t token = 0;
  std::size_t at = 0;
  while (true) {
    if (token < sequence.size() && sequence[token].kind == Token::Kind::star) {
      star = {++token, at, true};
      continue;
    }
    if (token < sequence.size() && sequence[token].kind == Token::Kind::double_star) {
      double_star = {++token, at, true};
      star.set = false;
      continue;
    }
    if (token == sequence.size() && at == path.size()) return true;
    if (token < sequence.size() && at < path.size() && accepts(sequence[token], path[at])) {
      ++token;
      ++at;
      continue;
    }
    if (star.set && star.path < path.size() && path[star.path] != U'/') {
      at = ++star.path;
      token = star.token;
    } else if (double_star.set && double_star.path < path.size()) {
      at = ++double_star.path;
      token = double_star.token;
      star.set = false;
    } else {
      return false;
    }
  }
}

bool Glob::matches(std::string_view path) const {
  const std::u32string points = decode(path);
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [&](const Sequence& sequence) { return matches(sequence, points); });
}

bool Glob::is_pattern(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '*' || c == '?') {
      return true;
    } else if (c == '[') {
      const std::size_t close = closing(text, i, ']');
      if (close != std::string_view::npos && close > i + 1) return true;
    } else if (c == '{') {
      const std::size_t close = closing(text, i, '}');
      if (close != std::string_view::npos &&
          text.substr(i, close - i).find(',') != std::string_view::npos)
        return true;
    }
  }
  return false;
}

std::size_t Glob::folder_length(std::string_view text) {
  const std::size_t slash = text.substr(0, text.find_first_of("*?[{\\")).rfind('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

std::string Glob::unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

}  // namespace weir::base
