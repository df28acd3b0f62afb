#include "base/error.hpp"
#include "base/file.hpp"
#include "lang/parse.hpp"
#include "lang/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

// lang_corpus [--refused N] DIR: checks every script below DIR by itself, with what it includes,
// and prints what was found and how fast. Ends with 1 when more than N scripts (default 0) have
// errors.
namespace {

using namespace weir;  // NOLINT: a program of one file

class FileLoader final : public lang::SourceLoader {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const auto info = base::file_info(path);
    if (!info || info->type != base::FileInfo::Type::regular) return std::nullopt;
    return base::try_read_file(path);
  }
};

void find_scripts(const base::fs::path& folder, std::vector<std::string>& out) {
  for (const std::string& name : base::list_folder(folder)) {
    const base::fs::path path = folder / name;
    const auto info = base::file_info(path, base::FollowLinks::no);
    if (!info || name.starts_with('.')) continue;
    if (info->type == base::FileInfo::Type::directory)
      find_scripts(path, out);
    else if (name.ends_with(".nf"))
      out.push_back(path.string());
  }
}

struct Totals {
  std::size_t scripts = 0;
  std::size_t refused = 0;
  std::size_t lines = 0;
  double parse_seconds = 0;
  double slowest_seconds = 0;
  std::string slowest;
  std::map<std::string, std::size_t> codes;
};

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void check(const std::string& path, FileLoader& loader, Totals& totals) {
  const std::string text = base::read_file(path);
  ++totals.scripts;
  totals.lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  lang::SourceMap sources;
  lang::Ast ast;
  lang::Diagnostics diagnostics;
  const auto begin = std::chrono::steady_clock::now();
  const lang::FileId file = sources.add(path, text);
  static_cast<void>(lang::parse_script({sources, ast, diagnostics}, file));
  const double seconds = seconds_since(begin);
  totals.parse_seconds += seconds;
  if (seconds > totals.slowest_seconds) {
    totals.slowest_seconds = seconds;
    totals.slowest = path;
  }
  lang::Diagnostics found;
  static_cast<void>(lang::load_program({sources, ast, found, loader}, {{path, text}}));
  if (!found.has_errors()) return;
  ++totals.refused;
  bool shown = false;
  for (const lang::Diagnostic& diagnostic : found.all()) {
    if (diagnostic.severity != lang::Severity::error) continue;
    ++totals.codes[lang::code_text(diagnostic.code)];
    if (!std::exchange(shown, true))
      fmt::print("{}", lang::render(diagnostic, sources, lang::Colour::no));
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  std::size_t refused_max = 0;
  std::vector<std::string> scripts;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--refused" && i + 1 < arguments.size())
      refused_max = std::stoul(arguments[++i]);
    else
      find_scripts(arguments[i], scripts);
  }
  FileLoader loader;
  Totals totals;
  for (const std::string& script : scripts) check(script, loader, totals);
  for (const auto& [code, n] : totals.codes) fmt::print("{} {}\n", code, n);
  fmt::print(
      "{} scripts, {} refused, {} lines, parsed at {:.1f} million lines a minute, slowest {:.2f} "
      "ms ({})\n",
      totals.scripts, totals.refused, totals.lines,
      static_cast<double>(totals.lines) / totals.parse_seconds * 60 / 1e6,
      totals.slowest_seconds * 1e3, totals.slowest);
  return totals.refused > refused_max ? 1 : 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "lang_corpus: {}\n", error.what());
  return 1;
}
