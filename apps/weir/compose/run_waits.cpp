#include "compose/run_waits.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using engine::ServiceState;

constexpr std::chrono::seconds k_look{1};
/// Tasks named in the file; the rest are counted.
constexpr std::size_t k_tasks_max = 1000;

nlohmann::json json_of(const engine::RunWaitList& waits) {
  nlohmann::json services = nlohmann::json::array();
  for (const auto& service : waits.services) {
    services.push_back({{"name", service.name},
                        {"state", name_of(service.state)},
                        {"age", service.age.count() / 1000},
                        {"waits_for", service.waits_for}});
  }
  nlohmann::json tasks = nlohmann::json::array();
  for (const engine::GateWait& wait : waits.tasks) {
    tasks.push_back({{"task", wait.task},
                     {"name", wait.task_name},
                     {"gate", wait.gate},
                     {"reason", wait.reason},
                     {"age", wait.age.count() / 1000}});
  }
  nlohmann::json for_services = nlohmann::json::array();
  for (const auto& wait : waits.for_services) {
    for_services.push_back({{"task", wait.task},
                            {"name", wait.name},
                            {"services", wait.services},
                            {"age", wait.age.count() / 1000}});
    if (for_services.size() == k_tasks_max) break;
  }
  return {{"schema", 1},
          {"for_services", for_services},
          {"for_services_count", waits.for_services.size()},
          {"for_resources_count", waits.for_resources},
          {"for_resources_first", waits.first_for_resources},
          {"for_resources_first_cpus", waits.first_needs_cpus},
          {"services", services},
          {"tasks", tasks},
          {"tasks_waiting", waits.tasks_waiting}};
}

}  // namespace

RunWaits::RunWaits(base::EventLoop& loop, engine::Session& session, RunRecord& record,
                   std::filesystem::path state_dir)
    : loop_(loop), session_(session), record_(record), state_dir_(std::move(state_dir)) {
  session_.on_service(
      [this](const std::string& name, ServiceState state) { service_changed(name, state); });
  timer_ = loop_.after(k_look, [this] { look(); });
}

RunWaits::~RunWaits() {
  if (timer_ != 0) loop_.cancel(timer_);
  session_.on_service(nullptr);
  for (const auto& [name, record] : services_) record->finish(ServiceState::stopped, "");
}

std::filesystem::path RunWaits::file_of(const std::filesystem::path& state_dir,
                                        const std::string& run_id) {
  return jobs::RunFolder::path_of(state_dir, run_id) / "waiting.json";
}

void RunWaits::look() {
  timer_ = 0;
  const auto waits = session_.waits(k_tasks_max);
  if (!waits) return;  // no services, no gates
  timer_ = loop_.after(k_look, [this] { look(); });
  std::string text = json_of(*waits).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text == written_) return;
  try {
    base::write_file(file_of(state_dir_, record_.id()), text + "\n");
    written_ = std::move(text);
  } catch (const Error& error) {  // a full disk costs the view, not the run
    base::log(base::LogLevel::debug, "waiting.json is not written", {{"error", error.what()}});
  }
}

void RunWaits::service_changed(const std::string& name, ServiceState state) {
  auto& record = services_[name];
  if (state == ServiceState::starting && !record)
    record = ServiceRecord::try_begin(state_dir_, name, record_.id(), "");
  if (!record) {
    services_.erase(name);
    return;
  }
  if (state == ServiceState::ready) record->ready();
  if (!is_terminal(state)) return;
  record->finish(state, "");
  services_.erase(name);
}

}  // namespace weir::app
