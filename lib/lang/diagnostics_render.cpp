#include "lang/diagnostics.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

// Layout of one diagnostic:
//
//   main.nf:12:5: error[NF0300]: `x` is not defined
//      12 |     foo(x)
//         |         ^
//      note: ...
//      edit: replace `x` by `y`
namespace weir::lang {
namespace {

constexpr std::size_t k_excerpt_cells_max = 120;

struct Paint {
  bool on;
  [[nodiscard]] std::string bold(std::string_view text) const { return wrap(text, "1"); }
  [[nodiscard]] std::string red(std::string_view text) const { return wrap(text, "1;31"); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return wrap(text, "1;33"); }
  [[nodiscard]] std::string blue(std::string_view text) const { return wrap(text, "34"); }
  [[nodiscard]] std::string wrap(std::string_view text, std::string_view code) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }
};

/// A source line as it is shown: cut around the marked part, tabs as blanks, control characters
/// made harmless.
struct Excerpt {
  std::string text;
  std::size_t mark_begin = 0;  ///< in cells
  std::size_t mark_cells = 1;
};

std::size_t cells(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string shown(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\t') {
      out += "  ";
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && text[end] != '\t') ++end;
    out += base::printable(text.substr(i, end - i), 4 * k_excerpt_cells_max);
    i = end;
  }
  return out;
}

/// The largest offset at or before `at` that is not inside of a character.
std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

Excerpt excerpt_of(std::string_view line, std::size_t begin, std::size_t end) {
  begin = std::min(begin, line.size());
  end = std::clamp(end, begin, line.size());
  std::size_t from = 0;
  if (begin > k_excerpt_cells_max - 20) from = character_start(line, begin - 40);
  std::size_t to = std::min(line.size(), from + k_excerpt_cells_max);
  to = character_start(line, to);
  end = std::min(end, std::max(to, begin));
  Excerpt result;
  const std::string before = (from > 0 ? "…" : "") + shown(line.substr(from, begin - from));
  const std::string marked = shown(line.substr(begin, end - begin));
  const std::string after = to > end ? shown(line.substr(end, to - end)) : "";
  result.text = before + marked + after + (to < line.size() ? "…" : "");
  result.mark_begin = cells(before);
  result.mark_cells = std::max<std::size_t>(1, cells(marked));
  return result;
}

void append_excerpt(std::string& out, Span span, std::string_view text, const SourceMap& sources,
                    Paint paint, bool primary) {
  const LineColumn at = sources.position(span.file, span.begin);
  const std::uint32_t begin = span.begin - sources.line_begin(span.file, at.line);
  const Excerpt excerpt =
      excerpt_of(sources.line(span.file, at.line), begin, std::size_t{begin} + span.size_bytes());
  const std::string marks(excerpt.mark_cells, primary ? '^' : '-');
  fmt::format_to(std::back_inserter(out), "{} {}\n", paint.blue(fmt::format("{:5} |", at.line)),
                 excerpt.text);
  fmt::format_to(std::back_inserter(out), "{} {}{}{}{}\n", paint.blue("      |"),
                 std::string(excerpt.mark_begin, ' '),
                 primary ? paint.red(marks) : paint.blue(marks), text.empty() ? "" : " ", text);
}

std::string edit_text(const Edit& edit, const SourceMap& sources) {
  const std::string old = base::printable(sources.text(edit.span), 60);
  const std::string now = base::printable(edit.replacement, 60);
  const LineColumn at = sources.position(edit.span.file, edit.span.begin);
  if (old.empty()) return fmt::format("at {}:{} insert `{}`", at.line, at.column, now);
  if (now.empty()) return fmt::format("at {}:{} remove `{}`", at.line, at.column, old);
  return fmt::format("at {}:{} replace `{}` by `{}`", at.line, at.column, old, now);
}

std::string_view severity_text(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

nlohmann::ordered_json position_json(const SourceMap& sources, FileId file, std::uint32_t offset) {
  const LineColumn at = sources.position(file, offset);
  return {{"line", at.line}, {"column", at.column}, {"byte", offset}};
}

nlohmann::ordered_json span_json(const SourceMap& sources, Span span) {
  if (!span.known()) return nullptr;
  return {{"file", sources.name(span.file)},
          {"begin", position_json(sources, span.file, span.begin)},
          {"end", position_json(sources, span.file, span.end)}};
}

nlohmann::ordered_json to_json(const Diagnostic& diagnostic, const SourceMap& sources) {
  nlohmann::ordered_json labels = nlohmann::ordered_json::array();
  for (const Label& label : diagnostic.labels) {
    labels.push_back({{"span", span_json(sources, label.span)}, {"text", label.text}});
  }
  nlohmann::ordered_json edits = nlohmann::ordered_json::array();
  for (const Edit& edit : diagnostic.edits) {
    edits.push_back({{"span", span_json(sources, edit.span)}, {"replacement", edit.replacement}});
  }
  return {{"code", code_text(diagnostic.code)}, {"severity", severity_text(diagnostic.severity)},
          {"message", diagnostic.message},      {"span", span_json(sources, diagnostic.span)},
          {"labels", std::move(labels)},        {"notes", diagnostic.notes},
          {"edits", std::move(edits)}};
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceMap& sources, Colour colour) {
  const Paint paint{colour == Colour::yes};
  const bool is_error = diagnostic.severity == Severity::error;
  const std::string kind =
      fmt::format("{}[{}]", severity_text(diagnostic.severity), code_text(diagnostic.code));
  const std::string place = sources.place(diagnostic.span);
  std::string out =
      fmt::format("{}{}{}: {}\n", paint.bold(place), place.empty() ? "" : ": ",
                  is_error ? paint.red(kind) : paint.yellow(kind), paint.bold(diagnostic.message));
  if (diagnostic.span.known()) append_excerpt(out, diagnostic.span, "", sources, paint, true);
  for (const Label& label : diagnostic.labels) {
    if (!label.span.known()) continue;
    if (label.span.file != diagnostic.span.file) {
      fmt::format_to(std::back_inserter(out), "  {}:\n", sources.place(label.span));
    }
    append_excerpt(out, label.span, label.text, sources, paint, false);
  }
  for (const std::string& note : diagnostic.notes) {
    fmt::format_to(std::back_inserter(out), "      {} {}\n", paint.blue("note:"), note);
  }
  for (const Edit& edit : diagnostic.edits) {
    fmt::format_to(std::back_inserter(out), "      {} {}\n", paint.blue("edit:"),
                   edit_text(edit, sources));
  }
  return out;
}

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Colour colour) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) out += render(diagnostic, sources, colour);
  if (out.empty()) return out;
  const auto count = [](std::size_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  const std::size_t hidden =
      diagnostics.errors() + diagnostics.warnings() - diagnostics.all().size();
  fmt::format_to(std::back_inserter(out), "{}, {}{}\n", count(diagnostics.errors(), "error"),
                 count(diagnostics.warnings(), "warning"),
                 hidden == 0 ? "" : fmt::format(" ({} not shown)", hidden));
  return out;
}

std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics.all())
    items.push_back(to_json(diagnostic, sources));
  const nlohmann::ordered_json document = {{"schema", 1},
                                           {"errors", diagnostics.errors()},
                                           {"warnings", diagnostics.warnings()},
                                           {"diagnostics", std::move(items)}};
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weir::lang
