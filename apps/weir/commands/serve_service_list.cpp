#include "base/clock.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"
#include "engine/service_manager.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

nlohmann::json json_of(const engine::NamedService& service) {
  const engine::ServiceStatus status = service.status();
  const auto definition = service.definition();
  nlohmann::json row = nlohmann::json::parse(engine::to_json(status));
  row.erase("since_ms");
  row["name"] = service.name();
  row["since"] = status.since_ms > 0
                     ? nlohmann::json(base::to_rfc3339(base::from_millis(status.since_ms)))
                     : nlohmann::json(nullptr);
  row["command"] = definition ? definition->argv : std::vector<std::string>();
  row["folder"] = service.folder().string();
  return row;
}

std::string age_of(const engine::ServiceStatus& status) {
  if (status.since_ms == 0) return "-";
  const auto age = base::now_wall() - base::from_millis(status.since_ms);
  return base::format_duration(std::chrono::duration_cast<std::chrono::seconds>(age));
}

class List final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.flag("--json", json_, "as JSON");
    table.flag("--plain", plain_, "as tab-separated values");
    table.epilogue("Lists named services; `weir jobs list` has every service, pipelines' too.\n");
  }

  ExitStatus run(Context& context) override {
    engine::sweep_services(context.state_dir() / "services");
    nlohmann::json list = nlohmann::json::array();
    Table table({"NAME", "STATE", "FOR", "PID", "USERS", "COMMAND"});
    for (const engine::NamedService& service : named_services(context, {})) {
      const engine::ServiceStatus status = service.status();
      const auto definition = service.definition();
      if (!definition) continue;
      list.push_back(json_of(service));
      table.row({service.name(), status.state, age_of(status),
                 status.leader > 0 ? std::to_string(status.leader) : "-",
                 std::to_string(status.leases),
                 base::printable(base::join(definition->argv, " "), 60)});
    }
    if (json_) {
      context.out.line(nlohmann::json{{"schema", 1}, {"services", list}}.dump(2));
    } else {
      table.print(context.out, plain_);
    }
    return ExitStatus::ok;
  }

 private:
  bool json_ = false;
  bool plain_ = false;
};

class Status final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", name_, Required::yes, "of the service");
    table.flag("--json", json_, "as JSON");
    table.epilogue(
        "Exit status: 0 it is ready; 8 it is starting or stopping; 1 it does not run; 7 no such "
        "service.\n");
  }

  ExitStatus run(Context& context) override {
    engine::sweep_services(context.state_dir() / "services");
    const engine::NamedService service = named_services(context, {name_}).front();
    const engine::ServiceStatus status = service.status();
    if (json_) {
      nlohmann::json row = json_of(service);
      row["schema"] = 1;
      context.out.line(row.dump(2));
    } else {
      std::string line = name_ + ": " + status.state + " for " + age_of(status);
      if (status.leader > 0) line += ", process " + std::to_string(status.leader);
      if (status.leases > 0)
        line += ", " + std::to_string(status.leases) + (status.leases == 1 ? " user" : " users");
      context.out.line(line);
      for (const std::string& variable : status.environment) context.out.line("  " + variable);
      if (!status.failure.empty()) context.out.line("  " + status.failure);
    }
    if (is_up(status)) return ExitStatus::ok;
    return is_over(status) ? ExitStatus::failed : ExitStatus::active;
  }

 private:
  std::string name_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_list() {
  return std::make_unique<List>();
}

std::unique_ptr<Command> make_serve_service_status() {
  return std::make_unique<Status>();
}

}  // namespace weir::app
