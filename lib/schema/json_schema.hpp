#pragma once

#include "schema/fault.hpp"
#include "schema/files.hpp"
#include "schema/json.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::schema {

/// A JSON Schema of draft 2020-12 or draft-07
/// ("https://json-schema.org/draft/2020-12/json-schema-core" and -validation), with the keywords
/// that pipelines add: `exists`, `schema`, `uniqueEntries`, `errorMessage`, `deprecated`, and the
/// formats `file-path`, `directory-path`, `path`, `file-path-pattern`.
///
/// Formats are asserted. Patterns mean what Java's mean. Nothing is fetched: references lead into
/// this document or to what `Options::load` gives. Deviation: `$vocabulary`, `content*` and
/// references to the meta-schemas are not served.
class JsonSchema {
 public:
  struct Options {
    /// Numbers and booleans pass as strings. Off, as upstream.
    bool lenient = false;
    /// Integers that 64 bits do not hold are refused: scripts would compute with other numbers.
    bool only_int64 = false;
    /// Gives the text of another schema by its absolute URI; nothing: there is none.
    std::function<std::optional<std::string>(const std::string& uri)> load;
    /// For `exists` and the path formats; nullptr: those are not checked. Borrowed.
    Files* files = nullptr;
    /// Checks the content of a file against the schema that `schema` names; empty: not checked.
    std::function<Findings(const std::string& file, const std::string& schema)> check_content;
  };

  /// `what` names the schema in messages and is the base of its references. Throws Error (input)
  /// with the place: no JSON, another draft, a keyword of the wrong kind, a reference to nowhere.
  JsonSchema(std::string_view text, const std::string& what, Options options);
  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;
  ~JsonSchema();

  /// Every fault of the document, not the first only. Throws Error (input) when the schema refers
  /// to itself without end, asks for more steps than documents of this size need, or has a pattern
  /// that takes longer than k_pattern_steps_max on a text.
  [[nodiscard]] Findings validate(const Json& document) const;

  [[nodiscard]] const Json& source() const;
  /// `pointer` (RFC 6901) within the schema, with references along the way followed; nullptr when
  /// there is nothing. "items/properties" of a sheet's schema may lie behind a `$ref`.
  [[nodiscard]] const Json* find(std::string_view pointer) const;

  /// Checks of one keyword that a document may take: so many, and so many more for each value.
  static constexpr std::size_t k_steps_base = 5'000'000;
  static constexpr std::size_t k_steps_per_value = 2'000;
  /// Of one pattern on one text, in steps of lang::matches_somewhere: well below a second.
  static constexpr std::int32_t k_pattern_steps_max = 4'000;
  /// A schema larger than this is refused; the largest of published pipelines have some 100 kB.
  static constexpr std::size_t k_bytes_max = std::size_t{8} << 20;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::schema
