#include "engine/device_pool.hpp"

#include "base/environment.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::engine {

Devices visible_devices(const std::vector<std::string>& environment) {
  static constexpr std::array<std::string_view, 3> k_variables{
      "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"};
  for (const std::string_view variable : k_variables) {
    const std::optional<std::string> value = base::variable_in(environment, variable);
    if (!value) continue;
    Devices devices{std::string(variable), {}};
    for (const std::string_view id : base::split(*value, ',')) {
      if (!base::trim(id).empty()) devices.ids.emplace_back(base::trim(id));
    }
    if (!devices.ids.empty()) return devices;
  }
  return {};
}

DevicePool::DevicePool(Devices devices) : devices_(std::move(devices)) {
  for (std::size_t i = 0; i < devices_.ids.size(); ++i) free_.insert(i);
}

void DevicePool::assign(TaskId task, std::int64_t count, std::vector<std::string>& environment) {
  if (devices_.ids.empty()) return;
  std::vector<std::size_t>& own = assigned_[task];
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < count && !free_.empty(); ++i) {
    const std::size_t place = *free_.begin();
    free_.erase(free_.begin());
    own.push_back(place);
    names.push_back(devices_.ids[place]);
  }
  const std::string prefix = devices_.variable + "=";
  std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(prefix); });
  environment.push_back(prefix + base::join(names, ","));
}

void DevicePool::release(TaskId task) {
  const auto known = assigned_.find(task);
  if (known == assigned_.end()) return;
  free_.insert(known->second.begin(), known->second.end());
  assigned_.erase(known);
}

}  // namespace weir::engine
