#include "lang/ast.hpp"
#include "lang/diagnostics.hpp"
#include "lang/parse.hpp"
#include "lang/program.hpp"
#include "lang/source.hpp"

#include <cstdint>
#include <string>

/// A config from text to tree, with every diagnostic rendered. Nothing that is written may throw.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::lang;
  SourceMap sources;
  Ast ast;
  Diagnostics diagnostics;
  const FileId file = sources.add("input", std::string(reinterpret_cast<const char*>(data), size));
  ConfigFile* const tree = parse_config({sources, ast, diagnostics}, file);
  resolve_config(*tree, ast, sources, diagnostics);
  (void)print_tree(*tree, ast.names);
  (void)render(diagnostics, sources, Colour::no);
  (void)render_json(diagnostics, sources);
  return 0;
}
