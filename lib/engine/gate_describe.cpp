#include "engine/gate_describe.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/fd.hpp"
#include "base/process_host.hpp"
#include "base/text.hpp"
#include "engine/log_capture.hpp"

#include <csignal>

namespace weir::engine {
namespace {

constexpr std::size_t k_description_bytes_max = std::size_t{256} << 10;

}  // namespace

std::string gate_description_text(const std::vector<std::string>& command,
                                  const std::vector<std::string>& environment,
                                  std::chrono::milliseconds limit) {
  base::EventLoop loop;
  base::ProcessHost host(loop, {limit, ""});
  std::string text;
  std::string error;
  bool late = false;
  LogCapture::Options capture;
  capture.line_bytes_max = k_description_bytes_max;
  capture.on_line = [&](std::string_view line) {
    if (text.size() < k_description_bytes_max) text.append(line).append("\n");
  };
  LogCapture output(loop, std::move(capture));
  base::SpawnOptions program;
  program.argv = command;
  program.argv.emplace_back("--describe");
  program.environment = environment;
  program.stdout_fd = output.write_fd();
  const base::Fd null = base::Fd();
  base::ProcessHost::Id id = 0;
  base::ProcessHost::Handlers handlers;
  handlers.started = [&](pid_t, const std::string& why) {
    error = why;
    if (!why.empty()) loop.stop();
  };
  handlers.exited = [&](const base::ProcessExit&) { host.stop_tree(id, SIGKILL, {}); };
  handlers.emptied = [&] { loop.stop(); };
  id = host.start(program, std::move(handlers));
  output.started();
  loop.after(limit, [&] {
    late = true;
    host.stop_tree(id, SIGKILL, {});
  });
  loop.run();
  output.finish();
  if (!error.empty()) throw Error(ErrorKind::cannot_begin, error);
  if (late) {
    throw Error(ErrorKind::cannot_begin, "the gate '" + base::printable(command.front()) +
                                             "' did not describe itself within " +
                                             base::format_duration(limit));
  }
  return text;
}

GateDescription describe_gate(const std::vector<std::string>& command,
                              const std::vector<std::string>& environment,
                              std::chrono::milliseconds limit) {
  try {
    return parse_gate_description(gate_description_text(command, environment, limit));
  } catch (Error& error) {
    error.add_context("gate '" + base::printable(base::join(command, " ")) + "'");
    throw;
  }
}

}  // namespace weir::engine
