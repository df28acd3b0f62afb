#include "lang/lexer.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

/// The tokens alone. Their places never run backwards nor outside of the text, whatever is in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weir::lang;
  SourceMap sources;
  Arena arena;
  Diagnostics diagnostics;
  const FileId file = sources.add("input", std::string(reinterpret_cast<const char*>(data), size));
  const TokenList tokens = tokenize(sources, file, arena, diagnostics);
  std::size_t before = 0;
  for (const Token& token : tokens.tokens) {
    if (token.begin < before || token.end < token.begin || token.end > size) std::abort();
    before = token.begin;
  }
  (void)render(diagnostics, sources, Colour::no);
  return 0;
}
