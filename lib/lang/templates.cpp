#include "lang/templates.hpp"

#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/shims.hpp"
#include "lang/placeholder_text.hpp"
#include "lang/program.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace weir::lang {
namespace {

/// Cuts a template into pieces and writes the statement for each.
class TemplateWriter {
 public:
  explicit TemplateWriter(std::string_view text) : text_(text) {}

  TemplateCode code() {
    add("t = { ->\n");
    while (position_ < text_.size()) {
      if (rest().starts_with("<%=")) {
        flush();
        add("out << (" + std::string(until("%>", 3)) + ")\n");
      } else if (rest().starts_with("<%")) {
        flush();
        add(std::string(until("%>", 2)) + "\n");
      } else if (rest().starts_with("${")) {
        flush();
        add("out << \"" + std::string(placeholder()) + "\"\n");
      } else if (text_[position_] == '$' && !dotted_name().empty()) {
        flush();
        const std::string_view name = dotted_name();
        position_ += 1 + name.size();
        add("out << (" + std::string(name) + ")\n");
      } else {
        character();
      }
    }
    flush();
    add("}\n");
    return std::move(made_);
  }

 private:
  /// Code that belongs to the template's present line and those after it.
  void add(const std::string& code) {
    std::uint32_t line = line_;
    for (const char c : code) {
      if (c != '\n') continue;
      made_.lines.push_back(line);
      if (line < line_ + lines_taken_) ++line;
    }
    made_.code += code;
    line_ += lines_taken_;
    lines_taken_ = 0;
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }

  /// What stands between a mark of `mark_size` bytes and `end`.
  std::string_view until(std::string_view end, std::size_t mark_size) {
    const std::size_t begin = position_ + mark_size;
    const std::size_t found = text_.find(end, begin);
    if (found == std::string_view::npos) refuse(fmt::format("'{}' is missing", end));
    position_ = found + end.size();
    return taken(text_.substr(begin, found - begin));
  }

  /// Notes the lines of a piece that is taken as it stands.
  std::string_view taken(std::string_view piece) {
    lines_taken_ = static_cast<std::uint32_t>(std::count(piece.begin(), piece.end(), '\n'));
    return piece;
  }

  /// `${...}` with its braces.
  std::string_view placeholder() {
    const std::size_t begin = position_;
    const std::size_t end = end_of_braced(text_, begin + 2);
    if (end == text_.size()) refuse("the '}' of a placeholder is missing");
    position_ = end + 1;
    return taken(text_.substr(begin, position_ - begin));
  }

  /// What follows a dollar; empty when no name does.
  [[nodiscard]] std::string_view dotted_name() const {
    const std::size_t begin = position_ + 1;
    return text_.substr(begin, end_of_dotted_name(text_, begin) - begin);
  }

  /// One character of plain text. Escapes mean what they mean in a text of the language.
  void character() {
    const char c = text_[position_++];
    if (c == '\\' && position_ < text_.size()) {
      static constexpr std::string_view k_known = "\\$nrtbf\"'";
      if (k_known.find(text_[position_]) != std::string_view::npos) {
        plain_ += c;
        plain_ += text_[position_++];
        return;
      }
    }
    if (c == '\n') {
      plain_ += "\\n";
      ++plain_lines_;
    } else if (c == '\r') {
      plain_ += "\\r";
    } else {
      if (c == '\\' || c == '\'') plain_ += '\\';
      plain_ += c;
    }
  }

  void flush() {
    if (plain_.empty()) return;
    add("out << '" + plain_ + "'\n");
    line_ += plain_lines_;
    plain_.clear();
    plain_lines_ = 0;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw script_error("TemplateParseException", fmt::format("template, line {}: {}", line_, why));
  }

  std::string_view text_;
  std::size_t position_ = 0;
  TemplateCode made_;
  std::string plain_;              ///< escaped for a text in single quotes
  std::uint32_t plain_lines_ = 0;  ///< line ends in it
  std::uint32_t lines_taken_ = 0;  ///< line ends in the piece that was taken last
  std::uint32_t line_ = 1;         ///< of the template, where the next code belongs
};

/// A compiled template. Its source is its own: spans in it mean nothing to the script's sources.
class TemplateObject final : public NativeObject {
 public:
  TemplateObject(Interpreter& interpreter, std::string_view text) {
    TemplateCode made = template_code(text);
    lines_ = std::move(made.lines);
    const FileId file = sources_.add("template", std::move(made.code));
    Diagnostics diagnostics;
    closure_ = load_closure(interpreter.ast(), sources_, diagnostics, file);
    if (diagnostics.has_errors()) {
      const Diagnostic& first = diagnostics.all().front();
      throw script_error("TemplateParseException",
                         fmt::format("template, line {}: {}", line_of(first.span), first.message));
    }
    if (closure_.code == nullptr)
      throw script_error("TemplateParseException",
                         "template: a brace in it closes none of its own");
  }

  [[nodiscard]] std::string_view type_name() const override { return "Template"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name != "make" || arguments.size() > 1) return std::nullopt;
    const Ref<TableScope> scope = make<TableScope>();
    if (arguments.size() == 1) {
      const MapObject* const binding = arguments[0].as<MapObject>();
      if (binding == nullptr)
        throw script_error("IllegalArgumentException", "a template is made with a map");
      for (const auto& entry : binding->items.entries())
        scope->names.put(lang::to_text(entry.key), entry.value);
    }
    const Value out = make_text_builder();
    scope->names.put("out", out);
    Frame frame(closure_.frame_size);
    try {
      interpreter.call(interpreter.evaluate(*closure_.code, frame, scope));
    } catch (const ScriptException& exception) {
      throw script_error(
          exception.class_name(),
          fmt::format("template, line {}: {}", line_of(exception.span()), exception.message()));
    }
    return Value::string(lang::to_text(out));
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {"make"}; }

 private:
  /// The template's line for a place in the code made of it.
  [[nodiscard]] std::uint32_t line_of(Span span) const {
    const std::uint32_t line = sources_.position(span.file, span.begin).line;
    return line == 0 || line > lines_.size() ? 1 : lines_[line - 1];
  }

  SourceMap sources_;
  std::vector<std::uint32_t> lines_;
  LooseClosure closure_;
};

class TemplateEngine final : public NativeObject {
 public:
  [[nodiscard]] std::string_view type_name() const override { return "TemplateEngine"; }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments& arguments) override {
    if (name != "createTemplate" || arguments.size() != 1) return std::nullopt;
    const PathObject* const path = arguments[0].as<PathObject>();
    return Value(make<TemplateObject>(
        interpreter, path == nullptr ? lang::to_text(arguments[0])
                                     : interpreter.host().files().read(*path, false)));
  }
  [[nodiscard]] std::vector<std::string> names() const override { return {"createTemplate"}; }
};

}  // namespace

TemplateCode template_code(std::string_view text) {
  return TemplateWriter(text).code();
}

Value make_template_engine() {
  return make<TemplateEngine>();
}

}  // namespace weir::lang
