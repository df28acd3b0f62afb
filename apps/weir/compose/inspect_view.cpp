#include "compose/inspect_view.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "compose/job_view.hpp"
#include "compose/pipeline_run.hpp"
#include "engine/run_names.hpp"
#include "engine/session.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

/// Standard output is for the answer.
class ToErrors final : public engine::RunListener {
 public:
  explicit ToErrors(Output& err) : err_(err) {}
  void on_task(const engine::TaskEvent&) override {}
  void on_print(std::string_view text) override { err_.write(text); }
  void on_print_error(std::string_view text) override { err_.write(text); }
  void on_log(lang::LogLevel level, std::string_view text) override {
    if (level >= lang::LogLevel::info) err_.line(text);
  }

 private:
  Output& err_;
};

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

/// Those whose image is known. Two modules may have a process of the same name: both are told.
std::vector<engine::ProcessContainer> known_containers(
    std::vector<engine::ProcessContainer> processes, bool skip_unknown, Output& err) {
  std::erase_if(processes, [&](const engine::ProcessContainer& process) {
    if (process.unknown.empty()) return false;
    const std::string text =
        fmt::format("the container of process '{}' cannot be told without a task: {}",
                    process.process, process.unknown);
    if (!skip_unknown)
      throw Error(ErrorKind::input, text)
          .with_hint("leave such processes out with --ignore-errors");
    err.line("WARN: " + text);
    return true;
  });
  return processes;
}

}  // namespace

ExitStatus inspect_pipeline(Context& context, engine::RunSettings settings,
                            const InspectForm& form) {
  settings.preview = true;
  ToErrors listener(context.err);
  base::EventLoop loop;
  engine::Session session(loop, std::move(settings), listener, engine::make_uuid());
  const std::vector<engine::ProcessContainer> processes =
      known_containers(session.containers(), form.skip_unknown, context.err);
  if (form.format == "json") {
    auto rows = nlohmann::ordered_json::array();
    for (const engine::ProcessContainer& process : processes)
      rows.push_back({{"name", process.process}, {"container", process.image}});
    // As upstream prints it: it is read by people as often as by programs.
    context.out.line(nlohmann::ordered_json{{"processes", rows}}.dump(
        4, ' ', false, nlohmann::json::error_handler_t::replace));
    return ExitStatus::ok;
  }
  for (const engine::ProcessContainer& process : processes) {
    context.out.line(fmt::format("process {{ withName: {} {{ container = {} }} }}",
                                 quoted(process.process), quoted(process.image)));
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
