// `-with-trace`, `-with-report`, `-with-timeline`, `-with-dag` and the configuration scopes of
// these names.

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/named_folder.hpp"
#include "base/text.hpp"
#include "engine/internal/session_state.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::engine {
namespace {

struct ReportKind {
  std::string_view name;
  std::string_view extension;
};
constexpr std::array k_reports{ReportKind{"report", "html"}, ReportKind{"timeline", "html"},
                               ReportKind{"dag", "html"}};

/// A scope `gates` with at least one gate in it.
bool has_gates(const Config& config) {
  const lang::Value* const scope = config.find("gates");
  const auto* const gates = scope == nullptr ? nullptr : scope->as<lang::MapObject>();
  if (gates == nullptr) return false;
  const auto& entries = gates->items.entries();
  return std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
    return entry.value.template as<lang::MapObject>() != nullptr;
  });
}

}  // namespace

bool wants_trace(const RunSettings& settings, const Config& config) {
  return settings.with_trace || config.flag("trace.enabled");
}

std::string Session::State::report_file(const std::string& kind, const std::string& given,
                                        std::string_view extension) const {
  std::string name = given.empty() ? config.text(kind + ".file") : given;
  if (name.empty()) name = fmt::format("{}-{}.{}", kind, facts.start_ms, extension);
  const std::filesystem::path path =
      (std::filesystem::path(settings.launch_dir) / name).lexically_normal();
  base::make_named_folders(path.parent_path(), ErrorKind::usage);
  return path.string();
}

void Session::State::start_trace() {
  std::vector<std::string> columns = TraceFile::default_columns();
  if (has_gates(config)) columns.emplace_back("gate_wait");
  if (const std::string fields = config.text("trace.fields"); !fields.empty()) {
    columns.clear();
    for (const std::string_view field : base::split(fields, ',')) {
      if (!base::trim(field).empty()) columns.emplace_back(base::trim(field));
    }
  }
  trace = std::make_unique<TraceFile>(
      report_file("trace", settings.with_trace.value_or(""), "txt"), std::move(columns),
      TraceFile::Format{config.text("trace.sep", "\t"), config.flag("trace.raw")});
  driver->add_observer(*trace);
  driver->on_gate_wait(
      [this](TaskId task, std::chrono::milliseconds waited, const std::string& data) {
        trace->note_gate_wait(task, waited, data);
      });
}

void Session::State::start_reports() {
  driver->add_observer(facts.stats);
  if (wants_trace(settings, config)) start_trace();
  if (!settings.journal.empty() && !wiring->units().empty()) {
    journal = std::make_unique<TaskJournal>(settings.journal);
    driver->add_observer(*journal);
  }
  if (settings.dump_hashes) {
    hash_dumper = std::make_unique<HashDumper>(
        listener, settings.dump_hashes_as_json ? HashDumper::Form::json : HashDumper::Form::lines);
    driver->add_observer(*hash_dumper);
  }
  const std::string cleanup = config.text("cleanup", "false");
  if (cleanup != "false") {
    cleaner = std::make_unique<WorkCleaner>(cleanup == "eager" ? WorkCleaner::When::eager
                                                               : WorkCleaner::When::at_end);
    driver->add_observer(*cleaner);
  }
  if (settings.explain) {
    explainer = std::make_unique<Explainer>(listener, settings.earlier_journal.empty()
                                                          ? std::vector<JournalEntry>()
                                                          : read_journal(settings.earlier_journal));
    driver->add_observer(*explainer);
  }
  for (const ReportKind& kind : k_reports) {
    const std::string name(kind.name);
    const auto given =
        std::find_if(settings.reports.begin(), settings.reports.end(),
                     [&](const auto& report_given) { return report_given.first == name; });
    if (given != settings.reports.end()) {
      report_files.try_emplace(name, report_file(name, given->second, "html"));
    } else if (config.flag(name + ".enabled")) {
      report_files.try_emplace(name, report_file(name, "", kind.extension));
    }
  }
  if (!report_files.contains("report") && !report_files.contains("timeline")) return;
  report = std::make_unique<RunReport>();
  driver->add_observer(*report);
}

void Session::State::write_reports() {
  if (report_files.empty()) return;
  ReportFacts told;
  told.run_name = facts.run_name;
  told.command_line = settings.command_line;
  told.script = facts.script_file;
  told.work_dir = context->work_dir;
  told.success = facts.success;
  told.start_ms = facts.start_ms;
  told.complete_ms = facts.complete_ms == 0 ? base::to_millis(base::now_wall()) : facts.complete_ms;
  told.error = outcome->error;
  for (auto& [kind, target] : report_files) {
    if (kind == "report") target.file.write(report->report(told));
    if (kind == "timeline") target.file.write(report->timeline(told));
    if (kind == "dag")
      target.file.write(graph_text(graph, target.path, "Graph of " + facts.script_name));
    target.file.commit(base::Durable::no);
  }
}

}  // namespace weir::engine
