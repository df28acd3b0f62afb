#include "schema/json_schema.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "schema/internal/evaluator.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::schema {
namespace {

std::string_view within_limit(std::string_view text, const std::string& what) {
  if (text.size() <= JsonSchema::k_bytes_max) return text;
  throw Error(ErrorKind::input,
              fmt::format("the schema '{}' has {}, more than the {} that a schema "
                          "may have",
                          what, base::format_bytes(static_cast<std::int64_t>(text.size())),
                          base::format_bytes(JsonSchema::k_bytes_max)));
}

}  // namespace

struct JsonSchema::State {
  State(std::string_view text, const std::string& what, Options given)
      : options(std::move(given)), compiled(within_limit(text, what), what, options) {}
  Options options;
  Compiled compiled;
};

JsonSchema::JsonSchema(std::string_view text, const std::string& what, Options options)
    : state_(std::make_unique<State>(text, what, std::move(options))) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Findings JsonSchema::validate(const Json& document) const {
  return Evaluator(state_->compiled, state_->options).run(document);
}

const Json& JsonSchema::source() const {
  return state_->compiled.source();
}

const Json* JsonSchema::find(std::string_view pointer) const {
  return state_->compiled.find(pointer);
}

}  // namespace weir::schema
