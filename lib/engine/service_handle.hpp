#pragma once

#include "engine/service_manager.hpp"
#include "lang/value.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace weir::engine {

/// Stands for a file that a service will make, before the service runs: a path that cannot exist,
/// which goes through channels like any other. Consumers' keys hold its identity, never its place.
struct ServiceHandle {
  ServiceId service = 0;
  std::string identity;    ///< what the service is: `internal::service_identity`
  std::size_t output = 0;  ///< which of the service's path outputs
  std::string name;        ///< as declared
};

[[nodiscard]] std::string path_of_handle(const ServiceHandle& handle);
/// Nothing for any other path.
[[nodiscard]] std::optional<ServiceHandle> parse_handle(std::string_view path);

/// The services whose handles occur in `value`, at any depth.
void collect_services(const lang::Value& value, std::set<ServiceId>& services);

/// A copy of `value` in which every handle is the path that `place` gives for it.
[[nodiscard]] lang::Value with_places(
    const lang::Value& value, const std::function<std::string(const ServiceHandle&)>& place);

}  // namespace weir::engine
