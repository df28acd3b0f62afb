#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"
#include "engine/service_manager.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "The service keeps running after this command, until `stop`, the machine's end, or its own. It "
    "is stopped with its\n"
    "whole process tree whatever weir process is killed. Starting one that runs already changes "
    "nothing. Without a\n"
    "PROGRAM, a service that was started before is started again as it was.\n\n"
    "Exit status: 0 it is ready; 2 usage; 4 one of that name runs another program; 11 it could not "
    "be started or\n"
    "ended before it was ready; 124 it was not ready in time.\n\n"
    "Examples:\n"
    "  weir serve-service start db --ready-cmd pg_isready -- postgres -D data\n"
    "  weir serve-service start db --on-demand --linger 30s -- postgres -D data\n"
    "  weir serve-service with db -- ./load-data.sh\n";

class Start final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", name_, Required::yes, "of the service");
    declare_readiness(table, options_);
    declare_stopping(table, options_);
    table.group("Lifetime");
    table.flag("--on-demand", on_demand_,
               "only note it; `with` starts it and the last one stops it");
    table.option("--linger", linger_, "DURATION", "stay so long after the last `with` has ended");
    table.option("--log-cap", options_.log_cap, "SIZE", "of each log; beginning and end are kept");
    table.rest("PROGRAM", program_, Required::yes, "the service and its arguments, after `--`");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    engine::sweep_services(context.state_dir() / "services");
    const engine::NamedService service(context.state_dir(), name_);
    if (!program_.empty()) define(context, service);
    static_cast<void>(service.known());
    if (on_demand_) return ExitStatus::ok;
    ServiceClient client = connect_service(context, service, Pinned::yes);
    client.send("pin");
    const auto status = client.wait_for(
        [](const engine::ServiceStatus& seen) { return is_up(seen) || is_over(seen); }, {});
    if (is_up(*status)) return ExitStatus::ok;
    const engine::ServiceStatus end = client.is_closed() ? service.status() : *status;
    context.err.line("weir: " + (end.failure.empty() ? "service '" + name_ +
                                                           "' ended before it "
                                                           "was ready"
                                                     : end.failure));
    return failure_of(end);
  }

 private:
  void define(const Context& context, const engine::NamedService& service) {
    engine::ServiceDefinition definition;
    definition.name = name_;
    definition.argv = program_;
    definition.directory = context.working_directory;
    definition.environment = context.environment;
    definition.options = service_options_of(options_);
    definition.options.emplace_back("linger", linger_);
    static_cast<void>(definition.settings());  // refuses what does not fit, before anything starts
    const auto before = service.definition();
    if (before && service.is_running()) {
      if (before->same_program(definition)) return;
      throw Error(ErrorKind::busy, "service '" + name_ + "' runs '" +
                                       base::printable(base::join(before->argv, " ")) + "'")
          .with_hint("stop it first: weir serve-service stop " + name_);
    }
    service.define(definition);
  }

  std::string name_;
  ServiceOptions options_;
  bool on_demand_ = false;
  std::string linger_ = "0s";
  std::vector<std::string> program_;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_start() {
  return std::make_unique<Start>();
}

}  // namespace weir::app
