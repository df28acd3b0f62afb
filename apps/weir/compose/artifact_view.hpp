#pragma once

#include "cache/store.hpp"
#include "command.hpp"
#include "db/database.hpp"

#include <nlohmann/json_fwd.hpp>

namespace weir::app {

/// Version of the JSON documents of `weir cache`; keys only grow within one.
inline constexpr int k_cache_schema = 1;

/// The cache with the database that holds its manifest.
struct OpenCache {
  explicit OpenCache(const Context& context);
  db::Database database;
  cache::Store store;
};

[[nodiscard]] nlohmann::ordered_json json_of(const cache::Artifact& artifact);

}  // namespace weir::app
