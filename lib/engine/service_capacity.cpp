#include "engine/service_capacity.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::engine {
namespace {

// Fractions of cpus add up inexactly.
constexpr double k_cpu_slack = 1e-3;

Resources sum_of(Resources a, const Resources& b) {
  a.cpus += b.cpus;
  a.memory_bytes += b.memory_bytes;
  a.accelerators += b.accelerators;
  return a;
}

}  // namespace

std::size_t ServiceCapacity::add_service(Need service) {
  services_.push_back(std::move(service));
  return services_.size() - 1;
}

void ServiceCapacity::add_consumer(Need consumer) {
  consumers_.push_back(std::move(consumer));
}

void ServiceCapacity::use(std::size_t service, std::size_t provider) {
  services_[service].services.insert(provider);
}

void ServiceCapacity::collect(std::size_t service, std::set<std::size_t>& all) const {
  if (!all.insert(service).second) return;
  for (const std::size_t provider : services_[service].services) collect(provider, all);
}

bool ServiceCapacity::fits(const std::set<std::size_t>& services, const Resources& more) const {
  Resources needed = more;
  for (const std::size_t service : services) needed = sum_of(needed, services_[service].resources);
  return needed.cpus <= machine_.cpus + k_cpu_slack &&
         (machine_.memory_bytes == 0 || needed.memory_bytes <= machine_.memory_bytes) &&
         needed.accelerators <= machine_.accelerators;
}

std::string ServiceCapacity::describe(const Need& consumer,
                                      const std::set<std::size_t>& services) const {
  std::string names;
  std::string cpus;
  std::string memory;
  std::string accelerators;
  Resources total = consumer.resources;
  for (const std::size_t number : services) {
    const Need& service = services_[number];
    names += (names.empty() ? "service '" : ", service '") + service.name + "'";
    cpus += fmt::format("{} + ", service.resources.cpus);
    memory += base::format_bytes(service.resources.memory_bytes) + " + ";
    accelerators += fmt::format("{} + ", service.resources.accelerators);
    total = sum_of(total, service.resources);
  }
  std::string text = fmt::format("'{}' can never run beside {}: ", consumer.name, names);
  if (total.cpus > machine_.cpus + k_cpu_slack) {
    return text + fmt::format("{}{} > {} cpus", cpus, consumer.resources.cpus, machine_.cpus);
  }
  if (machine_.memory_bytes > 0 && total.memory_bytes > machine_.memory_bytes) {
    return text + memory + base::format_bytes(consumer.resources.memory_bytes) + " > " +
           base::format_bytes(machine_.memory_bytes) + " of memory";
  }
  return text + fmt::format("{}{} > {} accelerators", accelerators, consumer.resources.accelerators,
                            machine_.accelerators);
}

std::optional<std::string> ServiceCapacity::objection() const {
  for (const Need& consumer : consumers_) {
    std::set<std::size_t> needed;
    for (const std::size_t service : consumer.services) collect(service, needed);
    if (!fits(needed, consumer.resources)) return describe(consumer, needed);
  }
  return std::nullopt;
}

bool ServiceCapacity::may_start(std::size_t service, const std::set<std::size_t>& running) const {
  for (const Need& consumer : consumers_) {
    if (consumer.services.count(service) == 0) continue;
    std::set<std::size_t> needed = running;
    for (const std::size_t used : consumer.services) collect(used, needed);
    collect(service, needed);
    if (!fits(needed, consumer.resources)) return false;
  }
  return true;
}

}  // namespace weir::engine
