#include "compose/log_print.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "jobs/recovery.hpp"
#include "jobs/run_folder.hpp"
#include "runs/event_stream.hpp"
#include "runs/external_run.hpp"
#include "runs/log_text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace weir::app {
namespace {

constexpr std::chrono::milliseconds k_look_anyway{250};

class Printer {
 public:
  Printer(Output& out, const LogPrint& options) : out_(out), options_(options) {}

  bool print(const runs::RunLogReader::Piece& piece) {
    if (options_.timestamps) {
      lines_of(piece.stream).add(piece.bytes, [&](const runs::LogLine& line) {
        const base::WallTime at = piece.at == base::WallTime{} ? base::now_wall() : piece.at;
        out_.line(base::to_rfc3339(at) + " " +
                  (options_.raw ? std::string(line.bytes) : runs::shown_message(line.bytes)));
      });
    } else if (options_.raw || filter_.passes(piece.bytes)) {
      out_.write(piece.bytes);
    } else {
      cleaned_.clear();
      filter_.filter(piece.bytes, cleaned_);
      out_.write(cleaned_);
    }
    return out_.fd() >= 0;
  }
  void finish() {
    for (runs::LineSplitter* lines : {&out_lines_, &err_lines_})
      lines->finish([&](const runs::LogLine& line) { out_.line(runs::shown_message(line.bytes)); });
    cleaned_.clear();
    filter_.finish(cleaned_);
    out_.write(cleaned_);
  }

 private:
  runs::LineSplitter& lines_of(runs::Stream stream) {
    return stream == runs::Stream::out ? out_lines_ : err_lines_;
  }
  Output& out_;
  const LogPrint& options_;
  runs::TerminalFilter filter_;
  runs::LineSplitter out_lines_;
  runs::LineSplitter err_lines_;
  std::string cleaned_;
};

}  // namespace

jobs::Cursor print_logs(Context& context, jobs::JobStore& store, const std::string& id,
                        const LogPrint& options, const std::atomic<bool>& stop) {
  const std::filesystem::path folder = jobs::RunFolder::path_of(store.state_dir(), id);
  runs::RunLogReader reader(folder, options.which, options.from);
  Printer printer(context.out, options);
  base::FileWatch watch;
  if (options.follow) {
    watch.add(folder);
    watch.add_touches(folder);  // its end
  }
  int restarts = 0;
  while (true) {
    // The state is read first: whatever was written before the end is then printed.
    const std::optional<jobs::Job> job = store.find(id);
    const bool ended = !options.follow || !job.has_value() || jobs::is_terminal(job->state);
    if (!options.silent) {
      const bool more =
          reader.read([&](const runs::RunLogReader::Piece& piece) { return printer.print(piece); });
      if (reader.restarts() > restarts) {
        restarts = reader.restarts();
        context.err.line("weir: a log was cut short or replaced; reading it from its beginning");
      }
      context.out.flush();
      if (!more) break;
    }
    if (ended) {
      if (options.follow && !job.has_value())
        context.err.line(fmt::format("weir: the record of job {} was removed", id));
      break;
    }
    if (stop) break;
    runs::wait_for_news(watch, k_look_anyway);
    static_cast<void>(jobs::recover(store, jobs::DryRun::no, runs::probe_end));
  }
  printer.finish();
  context.out.flush();
  jobs::Cursor position = reader.position();
  position.seq = store.last_seq(id);
  return position;
}

}  // namespace weir::app
