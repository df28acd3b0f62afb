#include "compose/run_history.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace weir::app {
namespace {

constexpr std::int64_t k_runs_max = 10'000;

std::vector<PastRun> runs_of(Context& context, const std::string& launch_dir) {
  RunRecord record(context.state_dir());
  std::vector<PastRun> runs;
  for (auto& [job, facts] : record.runs(launch_dir, k_runs_max)) {
    const auto folder = jobs::RunFolder::path_of(context.state_dir(), job.id);
    runs.push_back({std::move(job), std::move(facts), (folder / engine::k_journal_name).string()});
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

/// Place of the run that `wanted` means.
std::size_t place_of(const std::vector<PastRun>& runs, const std::string& wanted) {
  if (runs.empty()) throw Error(ErrorKind::not_found, "there is no earlier run in this folder");
  if (wanted == "last") return runs.size() - 1;
  for (std::size_t i = runs.size(); i > 0; --i) {
    const RunRecord::Facts& facts = runs[i - 1].facts;
    if (facts.run_name == wanted || facts.session_id == wanted || runs[i - 1].job.id == wanted)
      return i - 1;
  }
  std::vector<std::string> names;
  for (const PastRun& run : runs) names.push_back(run.facts.run_name);
  throw Error(ErrorKind::not_found, fmt::format("no run '{}' of this folder is known", wanted))
      .with_hint(base::nearest_hint(wanted, names, "`weir log` lists the runs"));
}

}  // namespace

std::vector<PastRun> past_runs(Context& context) {
  return runs_of(context, context.working_directory.string());
}

std::vector<PastRun> choose_runs(const std::vector<PastRun>& runs, const RunChoice& choice) {
  const int said = static_cast<int>(!choice.named.empty()) +
                   static_cast<int>(!choice.before.empty()) +
                   static_cast<int>(!choice.after.empty()) + static_cast<int>(!choice.but.empty());
  if (said > 1) {
    throw Error(ErrorKind::usage, "only one of a run, before, after and but can be given");
  }
  const auto at = [&](std::size_t place) {
    return runs.begin() + static_cast<std::ptrdiff_t>(place);
  };
  if (!choice.before.empty()) return {runs.begin(), at(place_of(runs, choice.before))};
  if (!choice.after.empty()) return {at(place_of(runs, choice.after) + 1), runs.end()};
  if (!choice.but.empty()) {
    std::vector<PastRun> chosen = runs;
    const std::size_t place = place_of(runs, choice.but);
    chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(place));
    return chosen;
  }
  if (choice.named.empty()) return {runs[place_of(runs, "last")]};
  // In the order of the runs, each once, whatever the order and the way they were named.
  std::set<std::size_t> places;
  for (const std::string& name : choice.named) places.insert(place_of(runs, name));
  std::vector<PastRun> chosen;
  for (const std::size_t place : places) chosen.push_back(runs[place]);
  return chosen;
}

RunAndBefore run_and_before(Context& context, const std::string& id) {
  jobs::Job job;
  {
    jobs::JobStore store(context.state_dir());
    job = store.resolve_run(id);
  }
  if (job.kind != jobs::JobKind::run)
    throw Error(ErrorKind::not_found, fmt::format("job '{}' is no run of a pipeline", job.id));
  const std::string launch_dir = launch_dir_of(job);
  RunAndBefore found;
  bool seen = false;
  for (PastRun& run : runs_of(context, launch_dir)) {
    if (run.job.id == job.id) {
      found.run = std::move(run);
      seen = true;
      break;
    }
    // A run that ended before its first task says nothing about tasks.
    if (!engine::read_journal(run.journal).empty()) found.before = std::move(run);
  }
  if (!seen)
    throw Error(ErrorKind::not_found, fmt::format("the record of run '{}' names no folder", id));
  return found;
}

}  // namespace weir::app
