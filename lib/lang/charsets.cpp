#include "lang/charsets.hpp"

#include "lang/exceptions.hpp"
#include "lang/utf16.hpp"

#include "base/text.hpp"

#include <array>
#include <utility>

namespace weir::lang {
namespace {

enum class Charset { utf8, utf16, utf16_big, utf16_little, latin1, ascii };

Charset charset_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Charset>, 11> k_names{{
      {"utf-8", Charset::utf8},
      {"utf8", Charset::utf8},
      {"utf-16", Charset::utf16},
      {"utf-16be", Charset::utf16_big},
      {"utf-16le", Charset::utf16_little},
      {"iso-8859-1", Charset::latin1},
      {"iso8859-1", Charset::latin1},
      {"latin1", Charset::latin1},
      {"l1", Charset::latin1},
      {"us-ascii", Charset::ascii},
      {"ascii", Charset::ascii},
  }};
  // The constants of StandardCharsets have underscores.
  const std::string lower = base::replace_all(base::to_lower_ascii(name), "_", "-");
  for (const auto& [known, charset] : k_names) {
    if (known == lower) return charset;
  }
  throw script_error("UnsupportedEncodingException", std::string(name));
}

/// Takes bytes as they come; what they end within is kept for the next ones.
class Decoder {
 public:
  explicit Decoder(Charset charset) : charset_(charset) {}

  enum class Last { no, yes };
  std::string decode(std::string_view bytes, Last last) {
    if (charset_ == Charset::utf8) return std::string(bytes);
    if (charset_ == Charset::latin1 || charset_ == Charset::ascii) return of_single_bytes(bytes);
    kept_ += bytes;
    if (is_first_ && (kept_.size() >= 2 || last == Last::yes)) take_byte_order_mark();
    return is_first_ ? std::string() : of_units(last);
  }

 private:
  [[nodiscard]] std::string of_single_bytes(std::string_view bytes) const {
    std::string text;
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      append_utf8(text, charset_ == Charset::ascii && byte > 0x7F ? 0xFFFD : char32_t{byte});
    }
    return text;
  }

  void take_byte_order_mark() {
    is_first_ = false;
    if (charset_ == Charset::utf16 && kept_.starts_with("\xFF\xFE"))
      charset_ = Charset::utf16_little;
    if (kept_.starts_with("\xFE\xFF") || kept_.starts_with("\xFF\xFE")) kept_.erase(0, 2);
  }

  std::string of_units(Last last) {
    const std::size_t high = charset_ == Charset::utf16_little ? 1 : 0;
    const auto byte = [&](std::size_t at) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(kept_[at]));
    };
    std::u16string units;
    std::size_t at = 0;
    for (; at + 1 < kept_.size(); at += 2)
      units += static_cast<char16_t>(byte(at + high) << 8U | byte(at + 1 - high));
    // The first half of a character waits for the second.
    const bool is_half = !units.empty() && units.back() >= 0xD800 && units.back() < 0xDC00;
    if (is_half && last == Last::no) {
      units.pop_back();
      at -= 2;
    }
    kept_.erase(0, at);
    return to_utf8(units);
  }

  Charset charset_;
  bool is_first_ = true;
  std::string kept_;
};

class DecodedPieces final : public PieceReader {
 public:
  DecodedPieces(std::unique_ptr<PieceReader> pieces, Charset charset)
      : pieces_(std::move(pieces)), decoder_(charset) {}
  std::string_view next() override {
    text_.clear();
    while (text_.empty() && !is_ended_) {
      const std::string_view bytes = pieces_->next();
      is_ended_ = bytes.empty();
      text_ = decoder_.decode(bytes, is_ended_ ? Decoder::Last::yes : Decoder::Last::no);
    }
    return text_;
  }

 private:
  std::unique_ptr<PieceReader> pieces_;
  Decoder decoder_;
  std::string text_;
  bool is_ended_ = false;
};

}  // namespace

std::string encoded(std::string_view text, std::string_view charset_name) {
  const Charset charset = charset_named(charset_name);
  if (charset == Charset::utf8) return std::string(text);
  std::string bytes;
  if (charset == Charset::latin1 || charset == Charset::ascii) {
    const char32_t most = charset == Charset::latin1 ? 0xFF : 0x7F;
    for (const char32_t c : to_code_points(text)) bytes += c > most ? '?' : static_cast<char>(c);
    return bytes;
  }
  if (charset == Charset::utf16) bytes = "\xFE\xFF";
  for (const char16_t unit : to_utf16(text)) {
    const auto high = static_cast<char>(unit >> 8U);
    const auto low = static_cast<char>(unit & 0xFFU);
    const bool little = charset == Charset::utf16_little;
    bytes += {little ? low : high, little ? high : low};
  }
  return bytes;
}

std::string decoded(std::string_view bytes, std::string_view charset_name) {
  return Decoder(charset_named(charset_name)).decode(bytes, Decoder::Last::yes);
}

std::unique_ptr<PieceReader> decoded_pieces(std::unique_ptr<PieceReader> pieces,
                                            std::string_view charset_name) {
  const Charset charset = charset_named(charset_name);
  if (charset == Charset::utf8) return pieces;
  return std::make_unique<DecodedPieces>(std::move(pieces), charset);
}

}  // namespace weir::lang
