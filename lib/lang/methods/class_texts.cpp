#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/formatter.hpp"
#include "lang/json.hpp"
#include "lang/matching.hpp"
#include "lang/methods/classes.hpp"
#include "lang/operators.hpp"
#include "lang/semantics.hpp"

#include <array>

// Functions of the classes of texts, patterns, JSON and URLs. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value join_texts(Call call) {
  const bool one_list = call.size() == 2 && is_collection(call[1]);
  const std::vector<Value> parts =
      one_list ? elements_of(call[1])
               : std::vector<Value>(call.arguments.begin() + 1, call.arguments.end());
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i)
    text += (i == 0 ? "" : to_text(call[0])) + to_text(parts[i]);
  return Value::string(std::move(text));
}

constexpr std::array k_string = {
    Method{"format", 1, -1,
           [](Call call) {
             // A locale in front makes no difference: formats are those of the root locale.
             const auto* const constant = call[0].as<EnumConstantObject>();
             const bool has_locale =
                 constant != nullptr && constant->type == "Locale" && call.has(1);
             const std::size_t at = has_locale ? 1 : 0;
             return Value::string(
                 format_text(text_argument(call, at), call.arguments.subspan(at + 1)));
           },
           "fills the placeholders of a format"},
    Method{"join", 2, -1, join_texts, "texts with a separator between them"},
    Method{"valueOf", 1, 1, [](Call call) { return Value::string(java_text(call[0])); }, "as text"},
};

constexpr std::array k_pattern = {
    Method{"compile", 1, 2,
           [](Call call) {
             return Value(make_pattern(text_argument(call, 0),
                                       static_cast<std::int32_t>(integer_argument(call, 1, 0))));
           },
           "a pattern, with flags"},
    Method{"matches", 2, 2,
           [](Call call) {
             return Value::boolean(
                 matches_fully(*make_pattern(text_argument(call, 0)), text_argument(call, 1)));
           },
           "whether a pattern matches the whole text"},
    Method{"quote", 1, 1,
           [](Call call) { return Value::string(quote_pattern(text_argument(call, 0))); },
           "a pattern for exactly this text"},
};

constexpr std::array k_matcher = {
    Method{"quoteReplacement", 1, 1,
           [](Call call) { return Value::string(quote_replacement(text_argument(call, 0))); },
           "a replacement text without special signs"},
};

constexpr std::array k_json_output = {
    Method{"prettyPrint", 1, 1,
           [](Call call) {
             return Value::string(
                 to_json(parse_json(text_argument(call, 0)), JsonLayout::indented));
           },
           "JSON with line breaks and indents"},
    Method{"toJson", 1, 1,
           [](Call call) { return Value::string(to_json(call[0], JsonLayout::compact)); },
           "a value as JSON"},
};

constexpr std::array k_url_encoder = {Method{
    "encode", 1, 2, [](Call call) { return Value::string(url_encode(text_argument(call, 0))); },
    "a text for a URL"}};
constexpr std::array k_url_decoder = {Method{
    "decode", 1, 2, [](Call call) { return Value::string(url_decode(text_argument(call, 0))); },
    "the text behind a URL's"}};

}  // namespace

MethodTable string_class() {
  return k_string;
}
MethodTable pattern_class() {
  return k_pattern;
}
MethodTable matcher_class() {
  return k_matcher;
}
MethodTable json_output_class() {
  return k_json_output;
}
MethodTable url_encoder_class() {
  return k_url_encoder;
}
MethodTable url_decoder_class() {
  return k_url_decoder;
}

}  // namespace weir::lang
