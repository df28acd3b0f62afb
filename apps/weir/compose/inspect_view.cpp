#include "compose/inspect_view.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "compose/job_view.hpp"
#include "compose/pipeline_run.hpp"
#include "engine/run_names.hpp"
#include "engine/script_host.hpp"
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

}  // namespace

ExitStatus inspect_pipeline(Context& context, engine::RunSettings settings,
                            const std::string& format) {
  settings.preview = true;
  ToErrors listener(context.err);
  base::EventLoop loop;
  engine::Session session(loop, std::move(settings), listener, engine::make_uuid());
  try {
    session.prepare();
  } catch (const engine::ScriptExit& exit) {
    if (exit.status() != 0)
      throw Error(ErrorKind::failed, fmt::format("the script ends with status {}", exit.status()));
  }
  if (format == "json") {
    auto processes = nlohmann::ordered_json::array();
    for (const engine::ProcessSummary& process : session.processes())
      processes.push_back({{"name", process.name}, {"container", process.container}});
    print_json({{"processes", processes}}, context.out);
    return ExitStatus::ok;
  }
  for (const engine::ProcessSummary& process : session.processes()) {
    if (process.container.empty()) continue;
    context.out.line(fmt::format("process {{ withName: {} {{ container = {} }} }}",
                                 quoted(process.name), quoted(process.container)));
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
