#pragma once

#include "lang/source.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::lang {

enum class Severity : std::uint8_t { error, warning };

/// The number in a diagnostic's code: 123 is shown as "NF0123". Numbers are never given a second
/// meaning. codes.hpp names them and says what each is about.
enum class Code : std::uint16_t;

/// A second place that helps to understand the first.
struct Label {
  Span span;
  std::string text;
};

/// Replacing the bytes of `span` by `replacement` mends the problem.
struct Edit {
  Span span;
  std::string replacement;
};

/// One thing wrong (or doubtful) in a script or configuration.
struct Diagnostic {
  Code code{};
  Severity severity = Severity::error;
  Span span;
  std::string message;  ///< lower case, no final stop
  std::vector<Label> labels;
  std::vector<std::string> notes;  ///< advice: what to write instead
  std::vector<Edit> edits;         ///< to be applied together

  Diagnostic& label(Span at, std::string text);
  Diagnostic& note(std::string text);
  Diagnostic& edit(Span at, std::string replacement);
};

/// Diagnostics as they are found. At most `k_limit` of each file are kept; the rest are only
/// counted.
class Diagnostics {
 public:
  static constexpr std::size_t k_limit = 200;

  /// The new diagnostic, to be completed with labels, notes and edits at once.
  Diagnostic& error(Code code, Span span, std::string message);
  Diagnostic& warning(Code code, Span span, std::string message);

  /// False for one beyond the limit: advice on it is wasted, and looking for near names costs.
  [[nodiscard]] bool kept(const Diagnostic& diagnostic) const { return &diagnostic != &overflow_; }
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  /// In order of finding.
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return items_; }
  /// Orders by file and position, and drops repetitions of one code at one place.
  void sort();

 private:
  struct Kept {
    std::size_t items = 0;
    std::size_t errors = 0;
  };

  Diagnostic& add(Severity severity, Code code, Span span, std::string message);

  std::vector<Diagnostic> items_;
  std::size_t sorted_ = 0;  ///< so many at the beginning are in order
  std::unordered_map<FileId, Kept> kept_;
  Diagnostic overflow_;  ///< takes what is beyond the limit
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

/// "NF0123".
[[nodiscard]] std::string code_text(Code code);

enum class Colour : std::uint8_t { no, yes };

/// For people: "file:line:col: error[NF0123]: message", the lines concerned with carets, notes and
/// edits.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const SourceMap& sources,
                                 Colour colour);
/// All of them, and a last line that counts them; "" when there are none.
[[nodiscard]] std::string render(const Diagnostics& diagnostics, const SourceMap& sources,
                                 Colour colour);
/// A JSON document: {"schema":1,"errors":n,"warnings":n,"diagnostics":[...]}, described in
/// README.md.
[[nodiscard]] std::string render_json(const Diagnostics& diagnostics, const SourceMap& sources);

}  // namespace weir::lang
