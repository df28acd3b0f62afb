#pragma once

#include "engine/task_spec.hpp"

#include <memory>
#include <string>

namespace weir::engine {

/// The spec of a task that waits, in few bytes: tasks of a process are alike, so only what differs
/// from another one of them (`like`) is kept, of texts the part between their common beginning and
/// end. Nothing is lost: `unpack` gives the very same spec.
class PackedSpec {
 public:
  PackedSpec(TaskSpec spec, std::shared_ptr<TaskSpec> like);
  PackedSpec(PackedSpec&&) noexcept = default;
  PackedSpec& operator=(PackedSpec&&) noexcept = default;
  ~PackedSpec() = default;

  /// Once.
  [[nodiscard]] TaskSpec unpack();
  /// What it takes, but for the objects of the script that it holds.
  [[nodiscard]] std::size_t size_bytes() const { return bytes_.size() + sizeof(*this); }

  /// A spec to be `like` for others: without what belongs to this one task alone.
  /// Nobody changes it.
  [[nodiscard]] static std::shared_ptr<TaskSpec> pattern_of(const TaskSpec& spec);

 private:
  /// What is no text: kept as it is.
  struct Objects {
    std::function<std::string(const std::string& work_dir)> native;
    std::vector<PublishRule> publish;
    std::shared_ptr<const ContainerSettings> container_settings;
  };
  std::shared_ptr<TaskSpec> like_;
  std::string bytes_;
  std::unique_ptr<Objects> objects_;  ///< empty: there are none but `like`'s container settings
};

}  // namespace weir::engine
