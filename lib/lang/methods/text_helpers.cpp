#include "lang/methods/text_helpers.hpp"

#include "lang/exceptions.hpp"
#include "lang/formatter.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <algorithm>

namespace weir::lang {
namespace {

/// A command that has ended: what scripts see of java.lang.Process.
class ProcessObject final : public NativeObject {
 public:
  explicit ProcessObject(CommandResult result) : result_(std::move(result)) {}
  [[nodiscard]] std::string_view type_name() const override { return "Process"; }
  [[nodiscard]] std::optional<Value> property(Interpreter&, std::string_view name) override {
    if (name == "text" || name == "in" || name == "inputStream")
      return Value::string(result_.standard_output);
    if (name == "err" || name == "errorStream") return Value::string(result_.standard_error);
    if (name == "exitValue") return Value::integer(result_.exit_status);
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Value> call_method(Interpreter& interpreter, std::string_view name,
                                                 const Arguments&) override {
    if (name == "waitFor" || name == "exitValue") return Value::integer(result_.exit_status);
    if (name == "getText") return property(interpreter, "text");
    if (name == "getErr" || name == "getErrorStream") return property(interpreter, "err");
    if (name == "getIn" || name == "getInputStream") return property(interpreter, "in");
    if (name == "waitForOrKill" || name == "waitForProcessOutput" || name == "consumeProcessOutput")
      return Value();
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    return {"text",
            "err",
            "exitValue",
            "waitFor",
            "getText",
            "waitForOrKill",
            "waitForProcessOutput",
            "consumeProcessOutput"};
  }

 private:
  CommandResult result_;
};

std::u32string expanded(std::string_view set) {
  const std::u32string given = to_code_points(set);
  std::u32string all;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (i + 2 < given.size() && given[i + 1] == U'-' && given[i] <= given[i + 2]) {
      for (char32_t c = given[i]; c <= given[i + 2]; ++c) all.push_back(c);
      i += 2;
    } else {
      all.push_back(given[i]);
    }
  }
  return all;
}

std::size_t leading_blanks(std::string_view line) {
  std::size_t count = 0;
  while (count < line.size() && is_white_space(static_cast<unsigned char>(line[count]))) ++count;
  return count;
}

/// Applies `change` to each line, keeping whether the text ends with a line feed.
template <typename Change>
std::string map_lines(std::string_view text, const Change& change) {
  std::string result;
  for (const std::string& line : lines_of(text)) {
    result += change(line);
    result += '\n';
  }
  if (!text.empty() && text.back() != '\n' && !result.empty()) result.pop_back();
  return result;
}

}  // namespace

namespace {

std::vector<Value> string_values(const std::vector<std::string>& texts) {
  std::vector<Value> values;
  values.reserve(texts.size());
  for (const std::string& text : texts) values.push_back(Value::string(std::string_view(text)));
  return values;
}

}  // namespace

Value string_list(const std::vector<std::string>& texts) {
  return make_list(string_values(texts));
}

Value string_array(const std::vector<std::string>& texts) {
  return make_array(string_values(texts));
}

std::vector<std::string> tokens_of(std::string_view text, std::string_view separators) {
  std::vector<std::string> tokens;
  std::size_t at = text.find_first_not_of(separators);
  while (at != std::string_view::npos) {
    const std::size_t end = text.find_first_of(separators, at);
    tokens.emplace_back(text.substr(at, end - at));
    at = end == std::string_view::npos ? end : text.find_first_not_of(separators, end);
  }
  return tokens;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (pair ? 2 : 1));
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string stripped(std::string_view text, bool front, bool back) {
  const std::u32string points = to_code_points(text);
  std::size_t begin = 0;
  std::size_t end = points.size();
  while (front && begin < end && is_white_space(points[begin])) ++begin;
  while (back && end > begin && is_white_space(points[end - 1])) --end;
  std::string result;
  for (std::size_t i = begin; i < end; ++i) append_utf8(result, points[i]);
  return result;
}

std::string without_indent(std::string_view text, std::int64_t count) {
  const auto width = static_cast<std::size_t>(std::max<std::int64_t>(0, count));
  return map_lines(text, [&](const std::string& line) {
    return line.size() <= width ? std::string() : line.substr(width);
  });
}

std::string without_indent(std::string_view text) {
  if (text.empty()) return {};
  // A text that ends with a new line says that its indentation is meant.
  const bool keeps_front = text.back() == '\n' || text.back() == '\r';
  const std::vector<std::string> lines = lines_of(text);
  std::size_t least = keeps_front ? 0 : std::string::npos;
  for (const std::string& line : lines) {
    const std::size_t blanks = leading_blanks(line);
    if (blanks != line.size() || &line == &lines.back()) least = std::min(least, blanks);
  }
  std::string result;
  for (const std::string& line : lines) {
    if (&line != &lines.front()) result += '\n';
    const std::string kept = stripped(line, false, true);
    if (kept.size() > least) result += kept.substr(least);
  }
  if (keeps_front) result += '\n';
  return result;
}

std::string without_margin(std::string_view text, std::string_view margin) {
  return map_lines(text, [&](const std::string& line) {
    const std::size_t blanks = leading_blanks(line);
    return line.compare(blanks, margin.size(), margin) == 0 ? line.substr(blanks + margin.size())
                                                            : line;
  });
}

std::string indented(std::string_view text, const Value& prefix) {
  if (prefix.is_string()) {
    return map_lines(text, [&](const std::string& line) { return prefix.text() + line; });
  }
  const std::int64_t count = to_int64(prefix);
  std::string result = map_lines(text, [&](const std::string& line) {
    if (count >= 0) return std::string(static_cast<std::size_t>(count), ' ') + line;
    return line.substr(std::min(leading_blanks(line), static_cast<std::size_t>(-count)));
  });
  if (!result.empty() && result.back() != '\n')
    result += '\n';  // java.lang.String.indent ends every line
  return result;
}

std::string reversed(std::string_view text) {
  const std::u32string points = to_code_points(text);
  std::string result;
  for (std::size_t i = points.size(); i-- > 0;) append_utf8(result, points[i]);
  return result;
}

std::string transliterated(std::string_view text, std::string_view from, std::string_view to) {
  const std::u32string source = expanded(from);
  const std::u32string target = expanded(to);
  std::string result;
  for (const char32_t c : to_code_points(text)) {
    const std::size_t at = source.rfind(c);
    if (at == std::u32string::npos) {
      append_utf8(result, c);
    } else if (!target.empty()) {
      append_utf8(result, target[std::min(at, target.size() - 1)]);
    }
  }
  return result;
}

std::string format_values(std::span<const Value> format_and_arguments) {
  require_value(format_and_arguments[0], "argument 1");
  const std::string format = to_text(format_and_arguments[0]);
  const std::span<const Value> rest = format_and_arguments.subspan(1);
  if (rest.size() == 1 && is_collection(rest[0])) return format_text(format, elements_of(rest[0]));
  return format_text(format, rest);
}

Value run_command(Interpreter& interpreter, const std::vector<std::string>& command,
                  std::span<const Value> arguments) {
  if (command.empty()) throw script_error("IndexOutOfBoundsException", "the command is empty");
  const std::string directory =
      arguments.size() > 1 && !arguments[1].is_null() ? to_text(arguments[1]) : "";
  return make<ProcessObject>(interpreter.host().execute(command, directory));
}

}  // namespace weir::lang
