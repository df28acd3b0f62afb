#pragma once

#include "lang/ast.hpp"
#include "lang/diagnostics.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

/// What a program asks of those who run it, with positions: so that everything that is not
/// supported can be refused before the first task starts.
namespace weir::lang {

enum class FeatureKind : std::uint8_t {
  channel_operator,  ///< `map`, …: a method call in a workflow body that has the name of an
                     ///< operator
  channel_factory,   ///< `channel.of`, …
  function,          ///< `println`, `file`, …
  plugin_function,   ///< included from a plug-in
  directive,         ///< of a process
  output_directive,  ///< of the output block
  input_qualifier,   ///< `val`, `path`, … and `typed`
  output_qualifier,
  section,  ///< `when`, `stub`, `exec`, `shell`, `stage`, `topic`, `publish`, `onComplete`,
            ///< `onError`
  block,    ///< `params`, `output`, `record`, `enum`
};

struct Feature {
  FeatureKind kind;
  std::string_view name;  ///< in a name table or literal; lives as long as the Ast
  Span span;
  std::string_view plugin = {};  ///< of a plug-in's function, such as "nf-schema"
};

/// Every use, in order of modules and places.
[[nodiscard]] std::vector<Feature> features_of(const Program& program, const Names& names);

/// Answered by dataflow and engine together.
class Support {
 public:
  virtual ~Support() = default;
  [[nodiscard]] virtual bool supports(const Feature& feature) const = 0;
};

/// An error Code::unsupported_name for each use of something that is not supported.
void check_support(const Program& program, const Names& names, const Support& support,
                   Diagnostics& diagnostics);

/// For messages: "the channel operator".
[[nodiscard]] std::string_view description_of(FeatureKind kind);

}  // namespace weir::lang
