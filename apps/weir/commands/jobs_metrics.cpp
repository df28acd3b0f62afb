#include "base/output_file.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "jobs/metrics.hpp"

namespace weir::app {
namespace {

class JobsMetrics final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--textfile", file_, "FILE",
                 "replace this file in one step, for a node exporter's text-file collector");
    table.epilogue(
        "Prometheus' text format. The server of `weir serve` gives the same names.\n\n"
        "Example, from cron:\n"
        "  weir jobs metrics --textfile /var/lib/node_exporter/weir.prom\n");
  }

  ExitStatus run(Context& context) override {
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string text = jobs::metrics_text(*store);
    if (file_.empty()) {
      context.out.write(text);
    } else {
      base::write_output(context.working_directory / file_, text);
    }
    return ExitStatus::ok;
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_metrics() {
  return std::make_unique<JobsMetrics>();
}

}  // namespace weir::app
