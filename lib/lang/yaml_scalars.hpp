#pragma once

#include "lang/value.hpp"

#include <string>
#include <string_view>

namespace weir::lang {

/// What YAML 1.1 takes a plain scalar for, by the patterns of SnakeYAML 2.2's Resolver: null,
/// boolean, integer (also 0b, 0x, octal and base 60 as in 12:30), float, timestamp, else a text.
[[nodiscard]] Value yaml_scalar(const std::string& text);
/// The text read as what its tag says (`tag:yaml.org,2002:int`, `:float`, `:bool`, `:null`,
/// `:timestamp`); a text for other tags and where it is none of those.
[[nodiscard]] Value tagged_yaml_scalar(std::string_view tag, const std::string& text);

}  // namespace weir::lang
