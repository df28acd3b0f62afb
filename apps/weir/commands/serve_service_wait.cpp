#include "base/error.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"

namespace weir::app {
namespace {

class Wait final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", name_, Required::yes, "of the service");
    table.option("--for", state_, "STATE", "{}");
    table.words({"ready", "stopped"});
    table.option("--timeout", timeout_, "DURATION", "wait no longer (no limit)");
    table.epilogue(
        "Exit status: 0 it is in that state; 1 it ended and cannot become ready; 7 no such "
        "service; "
        "11 it failed to start;\n"
        "124 not within --timeout.\n");
  }

  ExitStatus run(Context& context) override {
    const engine::NamedService service = named_services(context, {name_}).front();
    const bool for_ready = state_ == "ready";
    auto client = connect_running(service);
    if (!client) return for_ready ? failure_of(service.status()) : ExitStatus::ok;
    client->send("watch");
    const auto end = client->wait_for(
        [&](const engine::ServiceStatus& seen) {
          return is_over(seen) || (for_ready && is_up(seen));
        },
        parse_limit(timeout_));
    if (!end) return ExitStatus::timed_out;
    if (for_ready && is_up(*end)) return ExitStatus::ok;
    wait_for_supervisor(service);
    if (!for_ready) return ExitStatus::ok;
    const engine::ServiceStatus last = client->is_closed() ? service.status() : *end;
    if (!last.failure.empty()) context.err.line("weir: " + last.failure);
    return failure_of(last);
  }

 private:
  std::string name_;
  std::string state_ = "ready";
  std::optional<std::string> timeout_;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_wait() {
  return std::make_unique<Wait>();
}

}  // namespace weir::app
