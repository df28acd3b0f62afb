#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <utility>

// Writers of files: java.io.PrintWriter as scripts use it, and System's two streams. Written at the
// end of each call: scripts do no large output. Declared in shims.hpp.

namespace weir::lang {
namespace {

/// What java.io's PrintWriter and PrintStream have in common.
class Printer : public NativeObject {
 public:
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "flush" || name == "close") return Value();
    if (name == "println" && arguments.size() == 0) {
      write(interpreter, "\n");
      return Value();
    }
    if (arguments.size() != 1) return std::nullopt;
    if (name == "print" || name == "append") {
      write(interpreter, lang::to_text(arguments[0]));
    } else if (name == "println") {
      write(interpreter, lang::to_text(arguments[0]) + "\n");
    } else {
      return std::nullopt;
    }
    return name == "append" ? Value(this) : Value();
  }
  [[nodiscard]] std::optional<Value> apply(Interpreter& interpreter, NativeOperator op,
                                           const Value& other, bool is_right) override {
    if (op != NativeOperator::left_shift || is_right) return std::nullopt;
    write(interpreter, lang::to_text(other));
    return Value(this);
  }

 protected:
  virtual void write(Interpreter& interpreter, std::string_view text) const = 0;
};

class Writer final : public Printer {
 public:
  explicit Writer(Value path) : path_(std::move(path)) {}
  [[nodiscard]] std::string_view type_name() const override { return "PrintWriter"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "newLine") return Printer::call_method(interpreter, "println", {});
    if (name == "write") name = "print";
    if (name == "writeLine" && arguments.size() == 1) name = "println";
    return Printer::call_method(interpreter, name, arguments);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"write", "print", "println", "append", "writeLine", "newLine", "flush", "close"};
  }

 private:
  void write(Interpreter& interpreter, std::string_view text) const override {
    interpreter.host().files().write(path_.get<PathObject>(), text, FileSystem::WriteMode::append);
  }
  Value path_;
};

/// `System.out` and `System.err`, which are never closed.
class StandardStream final : public Printer {
 public:
  explicit StandardStream(StandardOutput output) : output_(output) {}
  [[nodiscard]] std::string_view type_name() const override { return "PrintStream"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if ((name == "printf" || name == "format") && arguments.size() > 0) {
      write(interpreter, format_values(arguments.values));
      return name == "format" ? Value(this) : Value();
    }
    return Printer::call_method(interpreter, name, arguments);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"append", "close", "flush", "format", "print", "printf", "println"};
  }

 private:
  void write(Interpreter& interpreter, std::string_view text) const override {
    const std::string shown = printable_units(std::string(text));
    if (output_ == StandardOutput::out)
      interpreter.host().print(shown);
    else
      interpreter.host().print_error(shown);
  }
  StandardOutput output_;
};

}  // namespace

Value standard_stream(StandardOutput output) {
  return make<StandardStream>(output);
}

Value open_writer(Interpreter& interpreter, const Value& path, bool append) {
  if (!append)
    interpreter.host().files().write(path.get<PathObject>(), "", FileSystem::WriteMode::replace);
  return make<Writer>(path);
}

}  // namespace weir::lang
