#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/folder_watch.hpp"
#include "commands.hpp"
#include "compose/service_client.hpp"

#include <unistd.h>

#include <array>
#include <csignal>

namespace weir::app {
namespace {

class Logs final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("NAME", name_, Required::yes, "of the service");
    table.flag("--stderr", errors_, "its standard error instead of its standard output");
    table.flag("-f,--follow", follow_, "go on until the service has ended, or INT");
    table.epilogue("Of a log that reached --log-cap the beginning and the end are kept.\n");
  }

  ExitStatus run(Context& context) override {
    const engine::NamedService service = named_services(context, {name_}).front();
    const std::filesystem::path path = service.folder() / (errors_ ? "stderr.log" : "stdout.log");
    if (!base::file_info(path)) return ExitStatus::ok;  // it never ran
    const base::Fd file = base::open_read(path);
    print_more(context, file);
    auto socket = follow_ ? service.connect() : std::nullopt;
    if (!socket) return ExitStatus::ok;
    base::EventLoop loop;
    const auto watch = base::FolderWatch::try_watch(
        loop, service.folder(), [&](std::string_view, auto) { print_more(context, file); });
    int signal_seen = 0;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      loop.on_signal(signal, [&](int number) {
        signal_seen = number;
        loop.stop();
      });
    }
    loop.on_readable(socket->get(), [&] {
      std::array<char, 8192> ignored;
      if (::read(socket->get(), ignored.data(), ignored.size()) <= 0) loop.stop();
    });
    loop.run();
    print_more(context, file);
    return signal_seen != 0 ? static_cast<ExitStatus>(128 + signal_seen) : ExitStatus::ok;
  }

 private:
  static void print_more(Context& context, const base::Fd& file) {
    std::array<char, 65536> buffer;
    while (true) {
      const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
      if (got <= 0) break;
      context.out.write(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
    context.out.flush();
  }

  std::string name_;
  bool errors_ = false;
  bool follow_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve_service_logs() {
  return std::make_unique<Logs>();
}

}  // namespace weir::app
