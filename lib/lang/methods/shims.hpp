#pragma once

#include "lang/methods/method.hpp"

#include <string_view>

namespace weir::lang {

/// Static functions of the larger shims (JSON, digests); empty when the class is none of them.
[[nodiscard]] MethodTable shim_static_methods(std::string_view simple_class_name);
/// The object behind `new org.yaml.snakeyaml.Yaml()` and groovy.yaml's classes.
[[nodiscard]] Value make_yaml();

}  // namespace weir::lang
