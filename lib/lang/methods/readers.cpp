#include "base/error.hpp"
#include "lang/charsets.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/line_source.hpp"
#include "lang/methods/shims.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/semantics.hpp"

#include <utility>

// Readers of files: java.io's readers and input streams, as far as scripts use them. What is read
// comes piece by piece: the first line of a large file costs the first piece of it. Declared in
// shims.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

/// What goes wrong with a file is an exception for scripts.
class ScriptPieces final : public PieceReader {
 public:
  ScriptPieces(std::unique_ptr<PieceReader> pieces, std::string_view exception)
      : pieces_(std::move(pieces)), exception_(exception) {}
  std::string_view next() override {
    try {
      return pieces_->next();
    } catch (const Error& error) {
      throw script_error(std::string(exception_), error.what());
    }
  }

 private:
  std::unique_ptr<PieceReader> pieces_;
  std::string_view exception_;
};

/// Of any kind of java.io.Reader: buffering makes no difference here.
class Reader final : public NativeObject {
 public:
  Reader(std::unique_ptr<PieceReader> pieces, std::string_view exception)
      : lines_(std::make_unique<ScriptPieces>(std::move(pieces), exception)) {}
  [[nodiscard]] std::string_view type_name() const override { return "BufferedReader"; }
  [[nodiscard]] std::optional<Value> property(Interpreter& interpreter,
                                              std::string_view name) override {
    return name == "text" ? call_method(interpreter, "getText", {}) : std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    std::string line;
    if (name == "eachLine" && arguments.size() == 1) {
      while (lines_.next(line)) interpreter.call(arguments[0], Value::string(line));
      return Value();
    }
    if (arguments.size() != 0) return std::nullopt;
    if (name == "readLine") return lines_.next(line) ? Value::string(line) : Value();
    if (name == "readLines") {
      std::vector<Value> lines;
      while (lines_.next(line)) lines.push_back(Value::string(line));
      return make_list(std::move(lines));
    }
    if (name == "getText") return Value::string(lines_.rest());
    if (name == "ready") return Value::boolean(!lines_.at_end());
    return name == "close" ? std::optional<Value>(Value()) : std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"readLine", "readLines", "eachLine", "getText", "ready", "close"};
  }

 private:
  LineSource lines_;
};

/// The bytes of a file. It is opened when something is read, by what is wrapped around it then.
class InputStream final : public NativeObject {
 public:
  InputStream(Value path, FileSystem::Gzip gzip) : path_(std::move(path)), gzip_(gzip) {}
  [[nodiscard]] const Value& path() const { return path_; }
  [[nodiscard]] std::string_view type_name() const override {
    return gzip_ == FileSystem::Gzip::unpack ? "GZIPInputStream" : "InputStream";
  }
  [[nodiscard]] Value reader(Interpreter& interpreter, std::string_view charset) const {
    std::unique_ptr<PieceReader> bytes =
        interpreter.host().files().open(path_.get<PathObject>(), gzip_);
    const bool is_zip = gzip_ == FileSystem::Gzip::unpack;
    return make<Reader>(decoded_pieces(std::move(bytes), charset),
                        is_zip ? "ZipException" : "IOException");
  }
  [[nodiscard]] std::optional<Value> property(Interpreter& interpreter,
                                              std::string_view name) override {
    return name == "text" ? call_method(interpreter, "getText", {}) : std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name == "close") return Value();
    const bool has_charset = arguments.size() > 0 && arguments[0].is_string();
    const Value reader =
        this->reader(interpreter, has_charset ? lang::to_text(arguments[0]) : std::string("UTF-8"));
    const Arguments rest{arguments.values.subspan(has_charset ? 1 : 0), arguments.named};
    if (name == "newReader" && rest.size() == 0) return reader;
    if (name == "withReader" && rest.size() == 1) return interpreter.call(rest[0], reader);
    if (name != "getText" && name != "readLines" && name != "eachLine") return std::nullopt;
    return interpreter.call_method(reader, name, rest);
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"getText", "readLines", "eachLine", "newReader", "withReader", "close"};
  }

 private:
  Value path_;
  FileSystem::Gzip gzip_;
};

const InputStream& stream_argument(Call call) {
  const auto* const stream = native_as<InputStream>(call[0]);
  if (stream != nullptr) return *stream;
  throw script_error("IllegalArgumentException",
                     "an input stream of a file is needed here, not " + type_name(call[0]));
}

}  // namespace

Value open_reader(std::unique_ptr<PieceReader> pieces) {
  return make<Reader>(std::move(pieces), "IOException");
}

Value open_input_stream(const Value& path) {
  return make<InputStream>(path, FileSystem::Gzip::keep);
}

Value new_gzip_stream(const MethodCall& call) {
  return make<InputStream>(stream_argument(call).path(), FileSystem::Gzip::unpack);
}

Value new_buffered_stream(const MethodCall& call) {
  static_cast<void>(stream_argument(call));
  return call[0];
}

Value new_stream_reader(const MethodCall& call) {
  const std::string charset = call.has(1) ? to_text(call[1]) : std::string("UTF-8");
  return stream_argument(call).reader(call.interpreter, charset);
}

Value new_buffered_reader(const MethodCall& call) {
  if (native_as<Reader>(call[0]) != nullptr) return call[0];
  throw script_error("IllegalArgumentException",
                     "a reader is needed here, not " + type_name(call[0]));
}

}  // namespace weir::lang
