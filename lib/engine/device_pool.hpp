#pragma once

#include "engine/task_spec.hpp"

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace weir::engine {

/// The accelerators that a run may use: their ids, and the variable by which programs are told.
struct Devices {
  std::string variable;  ///< "CUDA_VISIBLE_DEVICES"
  std::vector<std::string> ids;
};

/// What the environment (NAME=value each) says about accelerators: the first of
/// CUDA_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES and ROCR_VISIBLE_DEVICES that names some.
[[nodiscard]] Devices visible_devices(const std::vector<std::string>& environment);

/// Hands devices out, so that no two running tasks see the same one.
class DevicePool {
 public:
  explicit DevicePool(Devices devices);
  /// Gives `count` free devices to a task and sets its environment; the scheduler has made sure
  /// that so many are free. Nothing happens where no devices are known.
  void assign(TaskId task, std::int64_t count, std::vector<std::string>& environment);
  /// Tasks without devices are ignored.
  void release(TaskId task);

 private:
  Devices devices_;
  std::set<std::size_t> free_;  ///< places in `ids`, the lowest first
  std::unordered_map<TaskId, std::vector<std::size_t>> assigned_;
};

}  // namespace weir::engine
