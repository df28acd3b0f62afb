#pragma once

#include "front_end.hpp"
#include "lang/semantics.hpp"
#include "test_host.hpp"

#include <memory>
#include <string>

namespace weir::lang::test {

/// A script whose functions can be called.
class ScriptRunner {
 public:
  explicit ScriptRunner(const std::string& script,
                        Interpreter::Options options = Interpreter::Options())
      : program_(front_end_.program(script)),
        interpreter_(front_end_.ast, front_end_.sources, host, options) {}

  /// What the front end refuses; "" when the script is right.
  [[nodiscard]] std::string problems() const {
    return front_end_.diagnostics.has_errors() ? front_end_.found() : "";
  }
  [[nodiscard]] Interpreter& interpreter() { return interpreter_; }
  [[nodiscard]] const FunctionDecl* function(std::string_view name) {
    for (const Declaration* declaration : program_->main().declarations) {
      if (declaration->kind == DeclKind::function &&
          front_end_.ast.names.text(declaration->name) == name) {
        return &declaration->as<FunctionDecl>();
      }
    }
    return nullptr;
  }
  Value call(std::string_view name, std::vector<Value> values = {}) {
    return interpreter_.call_function(*function(name), Arguments{values, nullptr});
  }

  TestHost host;

 private:
  FrontEnd front_end_;
  std::unique_ptr<Program> program_;
  Interpreter interpreter_;
};

/// The printed value of a function body, or "!Class: message" of the exception that it ends with.
inline std::string outcome_of(const std::string& body) {
  ScriptRunner runner("def probe() {\n" + body + "\n}\n");
  if (!runner.problems().empty()) return "!COMPILE " + runner.problems();
  try {
    return to_text(runner.call("probe"));
  } catch (const ScriptException& exception) {
    return "!" + exception.class_name() + ": " + exception.message();
  }
}

}  // namespace weir::lang::test
