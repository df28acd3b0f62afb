#include "runs/run_samples.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/machine.hpp"
#include "jobs/job_store.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <thread>

namespace weir::runs {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& data) {
  return data.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json or_null(const std::function<std::int64_t()>& ask) {
  try {
    return ask();
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

std::string process_json(jobs::JobStore& store, const std::string& id) {
  Json processes = Json::array();
  for (const jobs::ProcessCount& count : store.process_counts(id)) {
    if (processes.empty() || processes.back()["process"] != count.process)
      processes.push_back({{"process", count.process}});
    processes.back()[count.state] = count.tasks;
  }
  return text_of({{"processes", std::move(processes)}});
}

std::string metric_json(const jobs::JobStore& store) {
  std::array<double, 3> load{};
  const bool known = ::getloadavg(load.data(), 3) == 3;
  for (double& one : load) one = std::round(one * 100) / 100;
  return text_of(
      {{"load", known ? Json(load) : Json(nullptr)},
       {"cpus", std::thread::hardware_concurrency()},
       {"memory_free_bytes", or_null([] { return base::free_memory_bytes(); })},
       {"disk_free_bytes", or_null([&] { return base::free_bytes(store.state_dir()); })}});
}

}  // namespace weir::runs
