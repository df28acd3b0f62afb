#include "compose/log_pump.hpp"

#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "base/log.hpp"
#include "runs/log_text.hpp"
#include "runs/run_log.hpp"

#include <chrono>

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds k_look_anyway{100};

}  // namespace

LogPump::LogPump(Context& context, std::filesystem::path folder, const RunControl& control)
    : context_(context), folder_(std::move(folder)) {
  if (control.owns_output() || control.is_detached_child()) return;
  context_.out.outlive_reader();
  context_.err.outlive_reader();
  thread_ = std::thread([this] {
    try {
      work();
    } catch (const Error& error) {  // a thread's entry: the run goes on, its logs are files
      base::log(base::LogLevel::warn, "what the engine says cannot be shown",
                {{"error", error.what()}});
    }
  });
}

LogPump::~LogPump() {
  finish();
}

void LogPump::finish() {
  ended_ = true;
  if (thread_.joinable()) thread_.join();
}

void LogPump::work() {
  base::FileWatch watch;
  watch.add(folder_);
  runs::RunLogReader reader(folder_, runs::RunLogReader::Which::both);
  runs::TerminalFilter filters[2];
  std::string cleaned;
  while (true) {
    const bool last = ended_;
    static_cast<void>(reader.read([&](const runs::RunLogReader::Piece& piece) {
      const bool is_out = piece.stream == runs::Stream::out;
      Output& output = is_out ? context_.out : context_.err;
      runs::TerminalFilter& filter = filters[is_out ? 0 : 1];
      if (!output.is_terminal() || filter.passes(piece.bytes)) {
        output.write(piece.bytes);
      } else {
        cleaned.clear();
        filter.filter(piece.bytes, cleaned);
        output.write(cleaned);
      }
      return true;
    }));
    context_.out.flush();
    context_.err.flush();
    if (last) return;
    static_cast<void>(watch.wait(k_look_anyway));
  }
}

}  // namespace weir::app
