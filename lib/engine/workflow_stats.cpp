#include "engine/workflow_stats.hpp"

#include "lang/callable.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace weir::engine {
namespace {

using lang::Value;
using Counts = WorkflowStats::Counts;

std::int64_t cpu_millis(const TaskEvent& event) {
  return static_cast<std::int64_t>(static_cast<double>(event.usage.realtime_ms) *
                                   event.resources.cpus);
}

/// Failures that nothing made good.
std::int64_t lasting_failures(const Counts& counts) {
  return std::max<std::int64_t>(0, counts.failed - counts.ignored - counts.retries);
}

Value percentage(std::int64_t part, const Counts& counts) {
  const std::int64_t all =
      counts.succeeded + counts.cached + counts.ignored + lasting_failures(counts) + counts.aborted;
  if (all == 0) return Value::real(0);
  return Value::real(std::round(static_cast<double>(part) / static_cast<double>(all) * 10000) /
                     100);
}

/// "1'234".
std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = std::ssize(text) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, '\'');
  return text;
}

/// At most one digit behind the point.
std::string short_percentage(double value) {
  const std::string text = fmt::format("{:.1f}", value);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

/// "12.5 (40% cached, 2.5% failed)" of CPU hours.
std::string compute_time(const Counts& counts) {
  constexpr double k_told_seconds_min = 180;
  const auto millis =
      static_cast<double>(counts.succeeded_millis + counts.cached_millis + counts.failed_millis);
  const double seconds = millis / 1000;
  if (seconds < k_told_seconds_min) return "(a few seconds)";
  const auto tenths = static_cast<std::int64_t>(std::llround(seconds / 360));
  std::string text = fmt::format("{}.{}", grouped(tenths / 10), tenths % 10);
  std::string shares;
  const auto add = [&](std::int64_t part, const char* word) {
    if (part == 0) return;
    const std::string share = short_percentage(static_cast<double>(part) * 100 / millis);
    shares += fmt::format("{}{}% {}", shares.empty() ? "" : ", ", share, word);
  };
  add(counts.cached_millis, "cached");
  add(counts.failed_millis, "failed");
  return shares.empty() ? text : text + " (" + shares + ")";
}

std::string duration_text(std::int64_t millis) {
  return lang::to_text(Value::duration(millis));
}

std::string memory_text(std::int64_t bytes) {
  return lang::to_text(Value::memory(bytes));
}

struct Property {
  std::string_view name;
  Value (*get)(const Counts& counts);
};

constexpr std::array k_properties{
    Property{"succeededCount", [](const Counts& c) { return Value::number(c.succeeded); }},
    Property{"succeedCount", [](const Counts& c) { return Value::number(c.succeeded); }},
    Property{"cachedCount", [](const Counts& c) { return Value::number(c.cached); }},
    Property{"failedCount", [](const Counts& c) { return Value::number(c.failed); }},
    Property{"effectiveFailedCount",
             [](const Counts& c) { return Value::number(lasting_failures(c)); }},
    Property{"ignoredCount", [](const Counts& c) { return Value::number(c.ignored); }},
    Property{"retriesCount", [](const Counts& c) { return Value::number(c.retries); }},
    Property{"abortedCount", [](const Counts& c) { return Value::number(c.aborted); }},
    Property{"pendingCount", [](const Counts&) { return Value::number(0); }},
    Property{"submittedCount", [](const Counts& c) { return Value::number(c.submitted); }},
    Property{"runningCount", [](const Counts& c) { return Value::number(c.running); }},
    Property{"succeedCountFmt",
             [](const Counts& c) { return Value::string(grouped(c.succeeded)); }},
    Property{"cachedCountFmt", [](const Counts& c) { return Value::string(grouped(c.cached)); }},
    Property{"failedCountFmt", [](const Counts& c) { return Value::string(grouped(c.failed)); }},
    Property{"ignoredCountFmt", [](const Counts& c) { return Value::string(grouped(c.ignored)); }},
    Property{"succeedPct", [](const Counts& c) { return percentage(c.succeeded, c); }},
    Property{"cachedPct", [](const Counts& c) { return percentage(c.cached, c); }},
    Property{"ignoredPct", [](const Counts& c) { return percentage(c.ignored, c); }},
    Property{"effectiveFailedPct",
             [](const Counts& c) { return percentage(lasting_failures(c), c); }},
    Property{"succeedDuration",
             [](const Counts& c) { return Value::duration(c.succeeded_millis); }},
    Property{"failedDuration", [](const Counts& c) { return Value::duration(c.failed_millis); }},
    Property{"cachedDuration", [](const Counts& c) { return Value::duration(c.cached_millis); }},
    Property{"computeTimeFmt", [](const Counts& c) { return Value::string(compute_time(c)); }},
    Property{"loadCpus", [](const Counts& c) { return Value::number(std::llround(c.load_cpus)); }},
    Property{"loadMemory", [](const Counts& c) { return Value::number(c.load_memory_bytes); }},
    Property{"loadMemoryFmt",
             [](const Counts& c) { return Value::string(memory_text(c.load_memory_bytes)); }},
    Property{"peakRunning", [](const Counts& c) { return Value::number(c.peak_running); }},
    Property{"peakCpus", [](const Counts& c) { return Value::number(std::llround(c.peak_cpus)); }},
    Property{"peakMemory", [](const Counts& c) { return Value::number(c.peak_memory_bytes); }},
    Property{"peakMemoryFmt",
             [](const Counts& c) { return Value::string(memory_text(c.peak_memory_bytes)); }},
};

class StatsObject final : public lang::NativeObject {
 public:
  explicit StatsObject(const Counts& counts) : counts_(counts) {}
  [[nodiscard]] std::string_view type_name() const override { return "WorkflowStats"; }
  std::optional<Value> property(lang::Interpreter&, std::string_view name) override {
    for (const Property& row : k_properties) {
      if (row.name == name) return row.get(counts_);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string to_text() const override {
    const Counts& c = counts_;
    return fmt::format(
        "WorkflowStats[succeededCount={}; failedCount={}; ignoredCount={}; cachedCount={}; "
        "pendingCount=0; submittedCount={}; runningCount={}; retriesCount={}; abortedCount={}; "
        "succeedDuration={}; failedDuration={}; cachedDuration={};loadCpus={}; loadMemory={}; "
        "peakRunning={}; peakCpus={}; peakMemory={}; ]",
        c.succeeded, c.failed, c.ignored, c.cached, c.submitted, c.running, c.retries, c.aborted,
        duration_text(c.succeeded_millis), duration_text(c.failed_millis),
        duration_text(c.cached_millis), std::llround(c.load_cpus), memory_text(c.load_memory_bytes),
        c.peak_running, std::llround(c.peak_cpus), memory_text(c.peak_memory_bytes));
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const Property& row : k_properties) names.emplace_back(row.name);
    return names;
  }

 private:
  Counts counts_;
};

}  // namespace

void WorkflowStats::begin(const TaskEvent& event) {
  if (!running_.insert(event.id).second) return;
  if (submitted_.erase(event.id) > 0) --counts_.submitted;
  ++counts_.running;
  counts_.load_cpus += event.resources.cpus;
  counts_.load_memory_bytes += event.resources.memory_bytes;
  counts_.peak_running = std::max(counts_.peak_running, counts_.running);
  counts_.peak_cpus = std::max(counts_.peak_cpus, counts_.load_cpus);
  counts_.peak_memory_bytes = std::max(counts_.peak_memory_bytes, counts_.load_memory_bytes);
}

void WorkflowStats::end(const TaskEvent& event) {
  if (submitted_.erase(event.id) > 0) --counts_.submitted;
  if (running_.erase(event.id) == 0) return;
  --counts_.running;
  counts_.load_cpus -= event.resources.cpus;
  counts_.load_memory_bytes -= event.resources.memory_bytes;
}

void WorkflowStats::on_task(const TaskEvent& event) {
  using Kind = TaskEvent::Kind;
  switch (event.kind) {
    case Kind::submitted:
      if (submitted_.insert(event.id).second) ++counts_.submitted;
      break;
    case Kind::started: begin(event); break;
    case Kind::completed:
      end(event);
      ++counts_.succeeded;
      counts_.succeeded_millis += cpu_millis(event);
      break;
    case Kind::failed:
      end(event);
      ++counts_.failed;
      counts_.failed_millis += cpu_millis(event);
      break;
    case Kind::cached:
      ++counts_.cached;
      counts_.cached_millis += cpu_millis(event);
      break;
    case Kind::aborted:
      end(event);
      ++counts_.aborted;
      break;
    case Kind::retried: ++counts_.retries; break;
    case Kind::ignored: ++counts_.ignored; break;
    case Kind::stored: break;
  }
}

Value stats_value(const Counts& counts) {
  return lang::make<StatsObject>(counts);
}

}  // namespace weir::engine
