#include "engine/program_support.hpp"

#include "dataflow/operator_table.hpp"
#include "engine/nf_schema.hpp"

#include <algorithm>
#include <array>

namespace weir::engine {
namespace {

template <std::size_t N>
bool has(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 10> k_factories{
    "of",   "value", "empty",    "fromList", "fromPath", "fromFilePairs",
    "from", "topic", "interval", "watchPath"};
constexpr std::array<std::string_view, 1> k_refused_directives{"agent"};

}  // namespace

bool ProgramSupport::supports(const lang::Feature& feature) const {
  using Kind = lang::FeatureKind;
  const std::string_view name = feature.name;
  switch (feature.kind) {
    case Kind::channel_operator: return dataflow::find_operator(name) != nullptr;
    case Kind::channel_factory: return has(k_factories, name);
    case Kind::function: return true;
    case Kind::plugin_function: return NfSchema::serves(feature.plugin, name);
    case Kind::directive: return !has(k_refused_directives, name);
    case Kind::output_directive:
    case Kind::input_qualifier:
    case Kind::output_qualifier:
    case Kind::section:
    case Kind::block: return true;
  }
  return true;
}

}  // namespace weir::engine
