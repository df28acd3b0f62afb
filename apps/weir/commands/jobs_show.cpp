#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/run_end.hpp"
#include "compose/run_waits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string id;
  std::int64_t events = 20;
  bool json = false;
};

void line(Output& out, std::string_view name, const std::string& value) {
  constexpr std::size_t k_width = 12;
  if (value.empty()) return;
  std::string text(name);
  text.resize(std::max(text.size() + 1, k_width), ' ');
  // A report of several lines keeps them, each below the first.
  for (const std::string_view one : base::split(value, '\n')) {
    out.line(one.empty() ? "" : text + base::printable(one, 4096));
    text.assign(k_width, ' ');
  }
}

std::string shown_error(const jobs::Outcome& outcome) {
  if (outcome.error_code.empty()) return outcome.error_text;
  return outcome.error_text + " [" + outcome.error_code + "]";
}

void print_job(const jobs::Job& job, Output& out) {
  line(out, "id", job.id);
  line(out, "kind", std::string(jobs::word_of(job.kind)));
  line(out, "state", shown_state(job));
  line(out, "name", job.name);
  line(out, "key", job.key);
  line(out, "asked by", job.actor);
  line(out, "submitted", base::to_rfc3339(job.submitted_at));
  if (job.started_at.has_value()) line(out, "started", base::to_rfc3339(*job.started_at));
  if (job.finished_at.has_value()) line(out, "finished", base::to_rfc3339(*job.finished_at));
  line(out, "duration", shown_duration(job, base::now_wall()));
  if (job.attempts_max > 1)
    line(out, "attempt", std::to_string(job.attempt) + " of " + std::to_string(job.attempts_max));
  if (job.owner.pid != 0) line(out, "owner", "pid " + std::to_string(job.owner.pid));
  if (!jobs::is_terminal(job.state)) line(out, "progress", job.progress_text);
  // Of a run that of its command: its engine's own says less, and of a native one nothing.
  if (job.kind == jobs::JobKind::run && jobs::is_terminal(job.state)) {
    line(out, "exit status", std::to_string(static_cast<int>(run_status_of(job))));
  } else if (job.outcome.exit_status.has_value()) {
    line(out, "exit status", std::to_string(*job.outcome.exit_status));
  }
  line(out, "cancelled by", job.cancel_actor);
  line(out, "error", shown_error(job.outcome));
}

/// What a run that is active wrote about its services and gates, or null.
ordered_json waits_of(const jobs::JobStore& store, const jobs::Job& job) {
  if (jobs::is_terminal(job.state) || job.kind != jobs::JobKind::run) return nullptr;
  const auto text = base::try_read_file(RunWaits::file_of(store.state_dir(), job.id));
  return text ? parse_or_null(*text) : nullptr;
}

std::string shown_age(const ordered_json& row) {
  return base::format_duration(std::chrono::seconds(row.value("age", std::int64_t{0})));
}

/// Of a list that was cut.
void print_more(const ordered_json& waits, const char* list, const char* count, Output& out) {
  const auto shown = static_cast<std::int64_t>(waits.value(list, ordered_json::array()).size());
  const auto all = waits.value(count, shown);
  if (all > shown) out.line("  and " + std::to_string(all - shown) + " more");
}

void print_waits(const ordered_json& waits, Output& out) {
  if (!waits.is_object()) return;
  const auto text = [](const ordered_json& row, const char* name) {
    return base::printable(row.value(name, std::string()), 256);
  };
  if (!waits["services"].empty()) out.line("\nservices");
  for (const auto& row : waits["services"]) {
    const std::string reason = text(row, "waits_for");
    out.line("  " + text(row, "name") + "  " + text(row, "state") + " for " + shown_age(row) +
             (reason.empty() ? "" : ", waits for " + reason));
  }
  if (!waits["tasks"].empty()) out.line("\nwaiting at gates");
  for (const auto& row : waits["tasks"]) {
    out.line("  " + text(row, "name") + "  at '" + text(row, "gate") + "' for " + shown_age(row) +
             (text(row, "reason").empty() ? "" : ": " + text(row, "reason")));
  }
  print_more(waits, "tasks", "tasks_waiting", out);
  const auto for_services = waits.value("for_services", ordered_json::array());
  if (!for_services.empty()) out.line("\nwaiting for services");
  for (const auto& row : for_services)
    out.line("  " + text(row, "name") + "  for " + text(row, "services") + " for " +
             shown_age(row));
  print_more(waits, "for_services", "for_services_count", out);
  const auto count = waits.value("for_resources_count", std::int64_t{0});
  if (count == 0) return;
  out.line("\nwaiting for free resources");
  out.line("  " + text(waits, "for_resources_first") + "  needs " +
           fmt::format("{}", waits.value("for_resources_first_cpus", 0.0)) + " cpus");
  if (count > 1) out.line("  and " + std::to_string(count - 1) + " more");
}

void print_stages(const std::vector<jobs::Stage>& stages, Output& out) {
  if (stages.empty()) return;
  out.line("\nartifacts");
  for (const jobs::Stage& stage : stages) {
    out.line("  " + stage.kind + "  " + base::format_bytes(stage.size_bytes) + "  " +
             stage.cache_key);
  }
}

void print_events(const std::vector<jobs::JobEvent>& events, Output& out) {
  if (events.empty()) return;
  out.line("\nevents");
  for (const jobs::JobEvent& event : events) {
    out.line("  " + std::to_string(event.seq) + "  " + base::to_rfc3339(event.at) + "  " +
             event.type + "  " + base::printable(event.data_json, 512));
  }
}

/// The last so many.
std::vector<jobs::JobEvent> last_events(jobs::JobStore& store, const std::string& id,
                                        std::int64_t count) {
  constexpr std::int64_t k_all = std::int64_t{1} << 40;
  std::vector<jobs::JobEvent> events = store.events(id, 0, k_all);
  const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  if (events.size() > keep)
    events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(keep));
  return events;
}

class JobsShow final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("JOB", options_.id, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    table.option("--events", options_.events, "N", "show the last so many events");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Examples:\n"
        "  weir jobs show @last\n"
        "  weir jobs show r3f9c --json | jq .error\n\n"
        "Exit status: 0; 7 when there is no such job.\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const jobs::Job job = store->resolve(options_.id);
    const std::vector<jobs::Stage> stages = store->stages(job.id);
    const std::vector<jobs::JobEvent> events = last_events(*store, job.id, options_.events);
    if (options_.json) {
      ordered_json document = document_of(job, stages, events);
      document["waits"] = waits_of(*store, job);
      print_json(document, context.out);
      return ExitStatus::ok;
    }
    print_job(job, context.out);
    print_waits(waits_of(*store, job), context.out);
    print_stages(stages, context.out);
    print_events(events, context.out);
    return ExitStatus::ok;
  }

 private:
  static ordered_json document_of(const jobs::Job& job, const std::vector<jobs::Stage>& stages,
                                  const std::vector<jobs::JobEvent>& events) {
    ordered_json document{{"schema", k_jobs_schema}, {"job", json_of(job)}};
    document["stages"] = ordered_json::array();
    for (const jobs::Stage& stage : stages) {
      document["stages"].push_back({{"kind", stage.kind},
                                    {"attempt", stage.attempt},
                                    {"cache_key", stage.cache_key},
                                    {"sha256", stage.sha256},
                                    {"size", stage.size_bytes}});
    }
    document["events"] = ordered_json::array();
    for (const jobs::JobEvent& event : events) document["events"].push_back(json_of(event));
    return document;
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_show() {
  return std::make_unique<JobsShow>();
}

}  // namespace weir::app
