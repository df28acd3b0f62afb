#pragma once

#include "engine/service_machine.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace weir::app {

/// The job record of one service, by which `weir jobs` shows it. A job store that cannot be used
/// costs the record, never the service.
class ServiceRecord {
 public:
  /// `owner`: the run that it belongs to, or empty. Nothing when the store refuses.
  [[nodiscard]] static std::unique_ptr<ServiceRecord> try_begin(
      const std::filesystem::path& state_dir, const std::string& name, const std::string& owner,
      const std::string& command);

  void ready();
  void finish(const engine::ServiceMachine& machine);
  void finish(engine::ServiceState state, const std::string& failure);

 private:
  ServiceRecord() = default;
  void finish(const jobs::Outcome& outcome);

  std::unique_ptr<jobs::JobStore> store_;
  jobs::Job job_;
  std::optional<jobs::RunFolder> folder_;
  bool active_ = false;
};

}  // namespace weir::app
