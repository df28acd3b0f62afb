#pragma once

#include "lang/parse.hpp"
#include "lang/program.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace weir::lang::test {

/// Scripts in memory.
class MemoryLoader final : public SourceLoader {
 public:
  std::map<std::string, std::string> files;
  std::vector<std::string> asked;

  std::optional<std::string> read(const std::string& path) override {
    asked.push_back(path);
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
};

/// Everything that one run of the front end needs, and its result.
struct FrontEnd {
  SourceMap sources;
  Ast ast;
  Diagnostics diagnostics;
  MemoryLoader loader;

  std::string expression(const std::string& text) {
    const FileId file = sources.add("expression", text);
    return print_tree(*parse_expression({sources, ast, diagnostics}, file), ast.names);
  }

  /// Parsed only.
  std::string script(const std::string& text) {
    const FileId file = sources.add("main.nf", text);
    return print_tree(*parse_script({sources, ast, diagnostics}, file), ast.names);
  }

  std::string config(const std::string& text) {
    const FileId file = sources.add("nextflow.config", text);
    ConfigFile* const parsed = parse_config({sources, ast, diagnostics}, file);
    resolve_config(*parsed, ast, sources, diagnostics);
    return print_tree(*parsed, ast.names);
  }

  /// Parsed and resolved, with what it includes from `loader`.
  std::unique_ptr<Program> program(const std::string& text, const std::string& path = "main.nf") {
    return load_program({sources, ast, diagnostics, loader}, {{path, text}});
  }

  std::string resolved(const std::string& text) {
    return print_tree(program(text)->main(), ast.names);
  }

  /// "LINE:COLUMN CODE message", a line each; warnings with a `~` before.
  [[nodiscard]] std::string found() const {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      const LineColumn at = sources.position(diagnostic.span.file, diagnostic.span.begin);
      out += fmt::format("{}{}:{} {} {}\n", diagnostic.severity == Severity::warning ? "~" : "",
                         at.line, at.column, code_text(diagnostic.code), diagnostic.message);
    }
    return out;
  }
};

/// The tree of an expression that must be right.
inline std::string expression_of(const std::string& text) {
  FrontEnd front_end;
  const std::string tree = front_end.expression(text);
  return front_end.found().empty() ? tree : front_end.found();
}

/// What is found in a whole script with its names resolved.
inline std::string problems_of(const std::string& text) {
  FrontEnd front_end;
  static_cast<void>(front_end.program(text));
  return front_end.found();
}

}  // namespace weir::lang::test
