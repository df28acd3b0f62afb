#include "runs/estimate.hpp"

#include "jobs/job_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace weir::runs {
namespace {

constexpr std::int64_t k_runs_looked_at = 50;
constexpr std::size_t k_runs_min = 3;

/// The parameters of a request without those whose values are paths.
nlohmann::json shape_of(const jobs::Job& run) {
  const auto request = nlohmann::json::parse(run.request_json, nullptr, false);
  if (!request.is_object()) return nullptr;
  nlohmann::json params = request.value("params", nlohmann::json::object());
  for (auto at = params.begin(); at != params.end();) {
    const bool is_path =
        at->is_string() && at->get_ref<const std::string&>().find('/') != std::string::npos;
    at = is_path ? params.erase(at) : std::next(at);
  }
  return params;
}

}  // namespace

std::optional<std::int64_t> estimated_total(jobs::JobStore& store, const jobs::Job& run) {
  if (run.directory.empty()) return std::nullopt;
  jobs::JobFilter filter;
  filter.kinds = {jobs::JobKind::run};
  filter.states = {jobs::JobState::succeeded};
  filter.directory = run.directory;
  filter.limit = k_runs_looked_at;
  const nlohmann::json shape = shape_of(run);
  std::vector<std::int64_t> totals;
  for (const jobs::Job& earlier : store.list(filter)) {
    if (earlier.name != run.name || earlier.engine != run.engine || shape_of(earlier) != shape)
      continue;
    const auto counts = nlohmann::json::parse(earlier.counts_json, nullptr, false);
    if (counts.is_object()) totals.push_back(counts.value("total", std::int64_t{0}));
  }
  if (totals.size() < k_runs_min) return std::nullopt;
  const auto middle = totals.begin() + static_cast<std::ptrdiff_t>(totals.size() / 2);
  std::nth_element(totals.begin(), middle, totals.end());
  return *middle;
}

}  // namespace weir::runs
