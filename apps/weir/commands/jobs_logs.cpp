#include "base/error.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "compose/log_print.hpp"
#include "jobs/cursor.hpp"
#include "jobs/run_folder.hpp"
#include "runs/event_stream.hpp"
#include "runs/log_text.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {
namespace {

using Which = runs::RunLogReader::Which;
constexpr int k_signal_base = 128;

/// `jobs logs` and, when it always follows, `jobs follow`.
class JobsLogs final : public Command {
 public:
  explicit JobsLogs(bool follow) : always_follows_(follow) {}

  void declare(OptionTable& table) override {
    table.positional("JOB", id_, Required::yes,
                     "an id or its unique beginning, @last, @active or @lane:NAME");
    if (!always_follows_) table.flag("-f,--follow", follow_, "go on until the job has ended");
    table.flag("--stdout", stdout_, "only what it wrote to standard output");
    table.flag("--stderr", stderr_, "only what it wrote to standard error");
    if (!always_follows_)
      table.flag("--engine-log", engine_log_, "the log file of an external engine instead");
    table.option("-n,--lines", lines_, "N", "only the last so many lines");
    table.option("--since", since_, "DURATION", "only what was written within it, such as 10m");
    table.option("--after", after_, "CURSOR", "go on where another call ended (see --json)");
    table.flag("--timestamps", timestamps_, "begin each line with about when it was written");
    table.flag("--raw", raw_, "the very bytes; else terminal sequences are removed");
    table.flag("--json", json_, "the events of the job with its log lines, as NDJSON");
    table.epilogue(
        "Both streams, in the order they were written. What could drive a terminal is made "
        "harmless unless --raw is given.\n\n"
        "Examples:\n"
        "  weir jobs logs @last\n"
        "  weir jobs logs r3f9c -n 20 --stderr\n"
        "  weir jobs logs @active -f | tee today.log\n\n"
        "Exit status: 0; 7 no such job.\n");
  }

  ExitStatus run(Context& context) override {
    if (stdout_ && stderr_)
      throw Error(ErrorKind::usage, "--stdout and --stderr exclude each other");
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const std::string id = store->resolve(id_).id;
    const std::filesystem::path folder = jobs::RunFolder::path_of(store->state_dir(), id);
    if (engine_log_) return print_engine_log(context, folder);
    LogPrint print{.which = stdout_   ? Which::out
                            : stderr_ ? Which::err
                                      : Which::both,
                   .follow = follow_ || always_follows_,
                   .raw = raw_,
                   .timestamps = timestamps_};
    print.from = begin(id, folder, print.which);
    const base::InterruptWatch watch;
    context.out.outlive_reader();
    if (json_) {
      runs::EventStream stream(
          *store, id,
          {.after = print.from, .follow = print.follow, .logs = true, .types = {"log"}});
      static_cast<void>(stream.run(
          [&](std::string_view line) {
            context.out.line(line);
            return context.out.fd() >= 0;
          },
          [&] { context.out.flush(); }, watch.requested()));
    } else {
      static_cast<void>(print_logs(context, *store, id, print, watch.requested()));
    }
    if (watch.requested()) return static_cast<ExitStatus>(k_signal_base + watch.signal_number());
    return ExitStatus::ok;
  }

 private:
  [[nodiscard]] jobs::Cursor begin(const std::string& id, const std::filesystem::path& folder,
                                   Which which) const {
    if (!after_.empty()) {
      const auto cursor = jobs::parse_cursor(after_, id);
      if (!cursor.has_value()) {
        throw Error(ErrorKind::usage, "'" + base::printable(after_) + "' is no cursor of job " + id)
            .with_hint("cursors stand in the lines of `weir jobs events` and `logs --json`");
      }
      return *cursor;
    }
    if (since_.has_value()) {
      const auto age = base::parse_duration(*since_);
      if (!age.has_value())
        throw Error(ErrorKind::usage, "--since needs a duration, not '" + *since_ + "'");
      return runs::position_since(folder, base::now_wall() - *age);
    }
    if (lines_.has_value()) {
      if (*lines_ < 0) throw Error(ErrorKind::usage, "--lines cannot be negative");
      return runs::tail_position(folder, which, *lines_);
    }
    return {};
  }

  static ExitStatus print_engine_log(Context& context, const std::filesystem::path& folder) {
    const auto text = base::try_read_file(folder / "nextflow.log");
    if (!text.has_value()) {
      throw Error(ErrorKind::not_found, "this job has no log of an external engine")
          .with_code("no_engine_log");
    }
    std::string cleaned;
    runs::TerminalFilter filter;
    filter.filter(*text, cleaned);
    filter.finish(cleaned);
    context.out.write(cleaned);
    return ExitStatus::ok;
  }

  const bool always_follows_;
  std::string id_;
  bool follow_ = false;
  bool stdout_ = false;
  bool stderr_ = false;
  bool engine_log_ = false;
  std::optional<std::int64_t> lines_;
  std::optional<std::string> since_;
  std::string after_;
  bool timestamps_ = false;
  bool raw_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> make_jobs_logs() {
  return std::make_unique<JobsLogs>(false);
}

std::unique_ptr<Command> make_jobs_follow() {
  return std::make_unique<JobsLogs>(true);
}

}  // namespace weir::app
