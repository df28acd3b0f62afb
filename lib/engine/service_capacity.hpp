#pragma once

#include "engine/task_spec.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::engine {

/// What services and their consumers need of the machine: the deadlock rules K5, K6 and K8 of the
/// services. Pure.
///
/// A service keeps what it has until its last consumer is done, so beside it, and beside all that
/// the same consumer needs, there must be room for one task of each consumer.
class ServiceCapacity {
 public:
  struct Need {
    std::string name;
    Resources resources;
    std::set<std::size_t> services;  ///< that it uses, by their number here
  };

  explicit ServiceCapacity(Resources machine) : machine_(std::move(machine)) {}

  std::size_t add_service(Need service);
  void add_consumer(Need consumer);
  void use(std::size_t service, std::size_t provider);

  /// Why some consumer could never run beside what it needs (K5), with the sum; nothing when all
  /// fit.
  [[nodiscard]] std::optional<std::string> objection() const;

  /// Whether a service that is about to start leaves room for one task of each of its consumers
  /// beside those that run now (K8).
  [[nodiscard]] bool may_start(std::size_t service, const std::set<std::size_t>& running) const;

 private:
  /// A service with all that it uses, at any depth.
  void collect(std::size_t service, std::set<std::size_t>& all) const;
  [[nodiscard]] bool fits(const std::set<std::size_t>& services, const Resources& more) const;
  [[nodiscard]] std::string describe(const Need& consumer,
                                     const std::set<std::size_t>& services) const;

  Resources machine_;
  std::vector<Need> services_;
  std::vector<Need> consumers_;
};

}  // namespace weir::engine
