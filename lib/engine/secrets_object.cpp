#include "engine/secrets_object.hpp"

#include "lang/semantics.hpp"

namespace weir::engine {

std::optional<std::string> SecretsObject::get(const std::string& name) {
  if (!store_) store_ = std::make_unique<SecretStore>(file_);
  return store_->get(name);
}

std::optional<lang::Value> SecretsObject::property(lang::Interpreter&, std::string_view name) {
  const auto value = get(std::string(name));
  return value ? lang::Value::string(*value) : lang::Value();
}

std::optional<lang::Value> SecretsObject::index(lang::Interpreter& interpreter,
                                                const lang::Value& index) {
  return property(interpreter, lang::to_text(index));
}

}  // namespace weir::engine
