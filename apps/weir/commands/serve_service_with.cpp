#include "base/error.hpp"
#include "commands.hpp"
#include "compose/program_in_place.hpp"
#include "compose/service_client.hpp"
#include "engine/service_manager.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Starts the services that do not run, waits until all are ready, runs the program and ends "
    "with "
    "its status. While\n"
    "the program, or a process that it left, lives, the services stay; a service that was started "
    "this way stops when\n"
    "the last one who uses it has ended. One that `start` started stays.\n\n"
    "The program finds the ports of the services as NAME_PORT in its environment, as the services "
    "do.\n\n"
    "Exit status: the program's; 2 usage; 7 no such service; 11 a service could not be started; "
    "124 "
    "one was not ready\n"
    "in time; 129, 130, 143 by a signal.\n\n"
    "Example:\n"
    "  weir serve-service start db --on-demand --port DB -- ./server.sh\n"
    "  weir serve-service with db -- ./queries.sh\n";

class With final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--timeout", timeout_, "DURATION", "give up when a service is not ready by then");
    table.positional("NAME", names_, Required::yes, "services");
    table.rest("PROGRAM", program_, Required::yes,
               "what uses them, with its arguments, after `--`");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    if (program_.empty()) {
      throw Error(ErrorKind::usage, "with needs a program to run")
          .with_hint("weir serve-service with NAME... -- PROGRAM ARGUMENTS");
    }
    engine::sweep_services(context.state_dir() / "services");
    std::vector<ServiceClient> leases;
    std::vector<std::string> environment = context.environment;
    for (const engine::NamedService& service : named_services(context, names_)) {
      const ExitStatus status = lease(context, service, leases, environment);
      if (status != ExitStatus::ok) return status;
    }
    std::vector<int> inherited;  // the leases go with it, so that they outlive weir
    for (const ServiceClient& lease : leases) inherited.push_back(lease.fd());
    return run_in_place(program_, environment, inherited);
  }

 private:
  ExitStatus lease(Context& context, const engine::NamedService& service,
                   std::vector<ServiceClient>& leases, std::vector<std::string>& environment) {
    constexpr int k_tries_max = 10;
    for (int i = 0; i < k_tries_max; ++i) {
      ServiceClient client = connect_service(context, service, Pinned::no);
      client.send("lease");
      const auto status = client.wait_for(
          [](const engine::ServiceStatus& seen) { return is_up(seen) || is_over(seen); },
          parse_limit(timeout_));
      if (!status) {
        context.err.line("weir: service '" + service.name() + "' is not ready in time");
        return ExitStatus::timed_out;
      }
      if (is_up(*status)) {
        environment.insert(environment.end(), status->environment.begin(),
                           status->environment.end());
        leases.push_back(std::move(client));
        return ExitStatus::ok;
      }
      const engine::ServiceStatus end = client.is_closed() ? service.status() : *status;
      // It was just stopping for somebody before us: the next connection starts it again.
      const bool was_stopping = end.state == "stopped" && end.failure.empty();
      if (was_stopping || !is_over(end)) continue;
      context.err.line("weir: " + end.failure);
      return failure_of(end);
    }
    throw Error(ErrorKind::temporary, "service '" + service.name() + "' keeps ending");
  }

  std::optional<std::string> timeout_;
  std::vector<std::string> names_;
  std::vector<std::string> program_;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_with() {
  return std::make_unique<With>();
}

}  // namespace weir::app
