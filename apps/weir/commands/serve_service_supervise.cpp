#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "commands.hpp"
#include "compose/service_record.hpp"
#include "engine/named_supervisor.hpp"

#include <csignal>

namespace weir::app {
namespace {

/// The process behind a named service; started by `start` and `with`, never by people.
class Supervise final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", name_, Required::yes, "of the service");
    table.option("--ready-fd", ready_fd_, "N", "where to write a byte once it listens");
    table.flag("--pinned", pinned_, "it stays without leases");
  }

  ExitStatus run(Context& context) override {
    base::EventLoop loop;
    base::ThreadPool pool(1);
    const engine::NamedService service(context.state_dir(), name_);
    engine::NamedSupervisor::Options options;
    options.registry_dir = context.state_dir() / "services";
    options.pinned = pinned_;
    engine::NamedSupervisor supervisor(loop, pool, service, options);
    if (ready_fd_) {
      const base::Fd answer(static_cast<int>(*ready_fd_));
      base::write_all(answer.get(), "\n", "--ready-fd");
    }
    std::unique_ptr<ServiceRecord> record;
    supervisor.on_change([&](engine::ServiceState state) {
      if (record && state == engine::ServiceState::ready) record->ready();
    });
    bool asked = false;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      loop.on_signal(
          signal, [&](int) { std::exchange(asked, true) ? supervisor.kill() : supervisor.stop(); });
    }
    supervisor.begin();
    loop.post([&] {
      record = ServiceRecord::try_begin(context.state_dir(), name_, "",
                                        base::join(service.known().argv, " "));
      if (record && supervisor.machine().state() == engine::ServiceState::ready) record->ready();
    });
    loop.run();
    if (record) record->finish(supervisor.machine());
    return supervisor.machine().failure().empty() ? ExitStatus::ok : ExitStatus::failed;
  }

 private:
  std::string name_;
  std::optional<std::int64_t> ready_fd_;
  bool pinned_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_supervise() {
  return std::make_unique<Supervise>();
}

}  // namespace weir::app
