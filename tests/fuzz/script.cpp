#include "lang/ast.hpp"
#include "lang/diagnostics.hpp"
#include "lang/features.hpp"
#include "lang/program.hpp"
#include "lang/source.hpp"

#include <cstdint>
#include <string>

namespace {

/// There are no other scripts.
class NoFiles final : public weir::lang::SourceLoader {
 public:
  std::optional<std::string> read(const std::string&) override { return std::nullopt; }
};

}  // namespace

/// A script from text to resolved tree, with every diagnostic rendered. Nothing that is written may
/// throw.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::lang;
  SourceMap sources;
  Ast ast;
  Diagnostics diagnostics;
  NoFiles loader;
  const auto program =
      load_program({sources, ast, diagnostics, loader},
                   {{"input", std::string(reinterpret_cast<const char*>(data), size)}});
  (void)features_of(*program, ast.names);
  (void)print_tree(program->main(), ast.names);
  (void)render(diagnostics, sources, Colour::no);
  (void)render_json(diagnostics, sources);
  return 0;
}
