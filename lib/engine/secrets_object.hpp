#pragma once

#include "engine/secret_store.hpp"
#include "lang/callable.hpp"

#include <memory>
#include <string>

namespace weir::engine {

/// `secrets` of scripts and configuration files. The store is read when a secret is first asked
/// for.
class SecretsObject final : public lang::NativeObject {
 public:
  explicit SecretsObject(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] std::string_view type_name() const override { return "secrets"; }
  /// Null for a secret that is not set, so that configuration files may ask for it.
  std::optional<lang::Value> property(lang::Interpreter& interpreter,
                                      std::string_view name) override;
  std::optional<lang::Value> index(lang::Interpreter& interpreter,
                                   const lang::Value& index) override;
  [[nodiscard]] std::string to_text() const override { return "secrets"; }
  [[nodiscard]] std::optional<std::string> get(const std::string& name);
  /// Whether anybody has asked for one.
  [[nodiscard]] bool used() const { return store_ != nullptr; }

 private:
  std::string file_;
  std::unique_ptr<SecretStore> store_;
};

}  // namespace weir::engine
