#pragma once

#include "base/event_loop.hpp"
#include "compose/run_record.hpp"
#include "compose/service_record.hpp"
#include "engine/session.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace weir::app {

/// Shows what services and gates of a run do, for `weir jobs`: a job record for each service, and
/// `waiting.json` in the run's folder with who waits for what, why and how long. A run without
/// services and gates pays one look a second after its start.
class RunWaits {
 public:
  RunWaits(base::EventLoop& loop, engine::Session& session, RunRecord& record,
           std::filesystem::path state_dir);
  ~RunWaits();
  RunWaits(const RunWaits&) = delete;
  RunWaits& operator=(const RunWaits&) = delete;

  /// The file that `waiting.json` of a run is.
  [[nodiscard]] static std::filesystem::path file_of(const std::filesystem::path& state_dir,
                                                     const std::string& run_id);

 private:
  void look();
  void service_changed(const std::string& name, engine::ServiceState state);

  base::EventLoop& loop_;
  engine::Session& session_;
  RunRecord& record_;
  std::filesystem::path state_dir_;
  base::EventLoop::Id timer_ = 0;
  std::string written_;
  std::map<std::string, std::unique_ptr<ServiceRecord>> services_;
};

}  // namespace weir::app
