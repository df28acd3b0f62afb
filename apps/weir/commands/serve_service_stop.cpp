#include "base/error.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"
#include "engine/service_manager.hpp"

namespace weir::app {
namespace {

constexpr const char* k_epilogue =
    "Waits until no process of the service is left. A service that does not run is stopped "
    "already; "
    "leases of `with` do\n"
    "not keep it.\n\n"
    "Exit status: 0 it does not run any more; 1 it had to be killed; 7 no such service; 124 not "
    "within --timeout.\n";

class Stop final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", names_, Required::no, "services");
    table.flag("--all", all_, "every service of this state directory");
    table.flag("--kill", kill_, "without any grace");
    table.flag("--remove", remove_, "forget what it runs and its logs, too");
    table.option("--timeout", timeout_, "DURATION", "wait no longer (no limit)");
    table.epilogue(k_epilogue);
  }

  ExitStatus run(Context& context) override {
    if (names_.empty() != all_) throw Error(ErrorKind::usage, "stop needs either NAMEs or --all");
    engine::sweep_services(context.state_dir() / "services");
    ExitStatus worst = ExitStatus::ok;
    for (const engine::NamedService& service : named_services(context, names_)) {
      const ExitStatus status = stop(service);
      if (status != ExitStatus::ok) worst = status;
      if (remove_ && status != ExitStatus::timed_out) service.remove();
    }
    return worst;
  }

 private:
  ExitStatus stop(const engine::NamedService& service) const {
    auto client = connect_running(service);
    if (!client) return ExitStatus::ok;
    client->send(kill_ ? "kill" : "stop");
    const auto end = client->wait_for(is_over, parse_limit(timeout_));
    if (!end) return ExitStatus::timed_out;
    wait_for_supervisor(service);
    return end->forced && !kill_ ? ExitStatus::failed : ExitStatus::ok;
  }

  std::vector<std::string> names_;
  bool all_ = false;
  bool kill_ = false;
  bool remove_ = false;
  std::optional<std::string> timeout_;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_stop() {
  return std::make_unique<Stop>();
}

}  // namespace weir::app
