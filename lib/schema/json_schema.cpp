#include "schema/json_schema.hpp"

#include "base/error.hpp"
#include "lang/exceptions.hpp"
#include "schema/internal/evaluator.hpp"

#include <nlohmann/json.hpp>

namespace weir::schema {

struct JsonSchema::State {
  State(std::string_view text, const std::string& what, Options given)
      : options(std::move(given)), compiled(text, what, options) {}
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
