#pragma once

#include "engine/nf_schema.hpp"

#include <string_view>
#include <vector>

namespace weir::engine {

/// What a call was given: options by name or as a map in front, and the rest.
struct NfSchema::Given {
  explicit Given(const lang::Arguments& arguments) : named(arguments.named) {
    for (const lang::Value& value : arguments.values) {
      const auto* const map = value.as<lang::MapObject>();
      if (map != nullptr && options == nullptr && values.empty()) {
        options = map;
      } else if (value.kind() != lang::Kind::native) {  // `workflow`, which is known anyway
        values.push_back(value);
      }
    }
  }
  [[nodiscard]] const lang::Value* option(std::string_view name) const {
    for (const lang::MapObject* const map : {named, options}) {
      if (const lang::Value* const value = map == nullptr ? nullptr : map->items.find(name))
        return value;
    }
    return nullptr;
  }
  const lang::MapObject* named;
  const lang::MapObject* options = nullptr;
  std::vector<lang::Value> values;
};

}  // namespace weir::engine
