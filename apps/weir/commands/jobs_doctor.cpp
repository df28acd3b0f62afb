#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/lock.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "db/database.hpp"
#include "db/migration.hpp"
#include "jobs/rebuild.hpp"
#include "jobs/recovery.hpp"
#include "runs/external_run.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include <vector>

namespace weir::app {
namespace {

struct Finding {
  std::string check;
  enum class Verdict { ok, warning, problem } verdict = Verdict::ok;
  std::string text;
  std::string advice;
  ExitStatus status = ExitStatus::store_unusable;  ///< of a problem
};
using Verdict = Finding::Verdict;

class JobsDoctor final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.option("--engine", engine_, "NAME", "also look for an external engine: {}");
    table.words({"nextflow"});
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "Looks at the state directory's file system, locks, database and free space, and at the "
        "clock.\n\n"
        "Exit status: 0 all is well; 10 the state directory cannot be used as it is; 11 the "
        "engine asked for is missing.\n");
  }

  ExitStatus run(Context& context) override {
    const std::filesystem::path folder = context.state_dir();
    check_folder(folder);
    if (base::file_info(folder).has_value()) {
      check_locks(folder);
      check_database(folder);
      check_space(folder);
    }
    check_clock();
    if (engine_ == "nextflow") check_nextflow(context);
    ExitStatus status = ExitStatus::ok;
    for (const Finding& finding : findings_) {
      if (finding.verdict == Verdict::problem && status == ExitStatus::ok) status = finding.status;
    }
    print(context, status);
    return status;
  }

 private:
  void add(std::string check, Verdict verdict, std::string text, std::string advice = {},
           ExitStatus status = ExitStatus::store_unusable) {
    findings_.push_back({std::move(check), verdict, std::move(text), std::move(advice), status});
  }

  /// Whether the first run could make the folder: goes by the nearest folder above that is there.
  void check_folder_to_come(const std::filesystem::path& folder) {
    std::filesystem::path above = std::filesystem::absolute(folder).parent_path();
    auto info = base::file_info(above);
    while (!info.has_value() && above != above.parent_path()) {
      above = above.parent_path();
      info = base::file_info(above);
    }
    const bool is_folder = info.has_value() && info->type == base::FileInfo::Type::directory;
    if (is_folder && ::access(above.c_str(), W_OK | X_OK) == 0)
      return add("folder", Verdict::ok, folder.string() + " does not exist yet");
    add("folder", Verdict::problem,
        folder.string() + " does not exist and cannot be made in " + above.string(),
        "name a folder that can be with --state-dir or WEIR_STATE_DIR");
  }

  void check_folder(const std::filesystem::path& folder) {
    if (!base::file_info(folder).has_value()) return check_folder_to_come(folder);
    const auto network = base::network_file_system(folder);
    if (network.has_value()) {
      return add("folder", Verdict::problem,
                 folder.string() + " is on a network file system (" + *network + ")",
                 "name a folder on a local disk with --state-dir or WEIR_STATE_DIR");
    }
    if (::access(folder.c_str(), W_OK) != 0) {
      return add("folder", Verdict::problem, folder.string() + " cannot be written",
                 "runs need to write there; `weir jobs list` and the like only read");
    }
    add("folder", Verdict::ok, folder.string() + " is on a local disk and can be written");
  }

  void check_locks(const std::filesystem::path& folder) {
    try {
      const auto first = base::FileLock::try_lock(folder / "doctor.lock");
      const bool excludes =
          first.has_value() && !base::FileLock::try_lock(folder / "doctor.lock").has_value();
      if (first.has_value()) base::remove_file(folder / "doctor.lock");
      if (excludes || !first.has_value()) {
        add("locks", Verdict::ok, "locks exclude each other");
      } else {
        add("locks", Verdict::problem, "locks there exclude nobody",
            "name a folder on a local disk with --state-dir");
      }
    } catch (const Error& error) {  // what doctor is for: it tells and goes on
      add("locks", Verdict::problem, error.what());
    }
  }

  void check_database(const std::filesystem::path& folder) {
    try {
      if (!jobs::JobStore::exists(folder))
        return add("database", Verdict::ok, "there is no database yet");
      if (!jobs::is_intact(folder)) {
        return add("database", Verdict::problem, (folder / "weir.db").string() + " is damaged",
                   "`weir jobs recover --rebuild` moves it aside and makes a new one");
      }
      jobs::JobStore store(folder);
      db::Statement version = store.database().prepare("SELECT sqlite_version()");
      const std::string sqlite = version.step() ? version.text(0) : "";
      add("database", Verdict::ok,
          "intact; schema of jobs " + std::to_string(db::schema_version(store.database(), "jobs")));
      add("sqlite", Verdict::ok,
          "SQLite " + sqlite +
              ": automatic checkpoints are off, and one process at a time makes them under "
              "weir.db.checkpoint, so the WAL reset race of versions before 3.51.3 is not met");
      const auto log = base::file_info(folder / "weir.db-wal");
      constexpr std::int64_t k_long = std::int64_t{64} << 20;
      if (log.has_value() && log->size_bytes > k_long) {
        add("log", Verdict::warning,
            "the database's log has grown to " + base::format_bytes(log->size_bytes),
            "a reader holds it open; it shrinks when that ends");
      }
      const auto open = jobs::recover(store, jobs::DryRun::yes, runs::probe_end);
      if (!open.empty()) {
        add("jobs", Verdict::warning, std::to_string(open.size()) + " jobs have dead owners",
            "`weir jobs recover`");
      }
    } catch (const Error& error) {
      add("database", Verdict::problem, error.what(), error.hint(), exit_status_of(error.kind()));
    }
  }

  void check_space(const std::filesystem::path& folder) {
    constexpr std::int64_t k_little = std::int64_t{64} << 20;
    const std::int64_t bytes = base::free_bytes(folder);
    add("space", bytes < k_little ? Verdict::warning : Verdict::ok,
        base::format_bytes(bytes) + " free");
    const auto reserve = base::file_info(folder / "weir.db.reserve");
    if (jobs::JobStore::exists(folder) && !reserve.has_value()) {
      add("reserve", Verdict::warning, "the reserve for a full disk was used",
          "it is made again when there is space");
    }
  }

  void check_clock() {
    const base::WallTime now = base::now_wall();
    const base::WallTime built = base::from_millis(1'760'000'000'000);
    add("clock", now < built ? Verdict::warning : Verdict::ok,
        base::to_rfc3339(now) + ", boot " + base::boot_id(),
        now < built ? "the clock is behind; ages and --since will be wrong" : "");
  }

  void check_nextflow(const Context& context) {
    const std::string name = context.variable("WEIR_NEXTFLOW").value_or("nextflow");
    const auto program = base::find_program(name, context.variable("PATH").value_or(""));
    if (program.has_value()) return add("nextflow", Verdict::ok, *program);
    add("nextflow", Verdict::problem, "no program '" + name + "'",
        "install it, or name it with WEIR_NEXTFLOW", ExitStatus::cannot_begin);
  }

  void print(Context& context, ExitStatus status) const {
    static constexpr const char* k_words[] = {"ok", "warning", "problem"};
    if (json_) {
      nlohmann::ordered_json document{{"schema", k_jobs_schema},
                                      {"exit_code", static_cast<int>(status)},
                                      {"checks", nlohmann::ordered_json::array()}};
      for (const Finding& finding : findings_) {
        document["checks"].push_back({{"check", finding.check},
                                      {"verdict", k_words[static_cast<int>(finding.verdict)]},
                                      {"text", finding.text},
                                      {"advice", finding.advice}});
      }
      return print_json(document, context.out);
    }
    for (const Finding& finding : findings_) {
      if (context.quiet && finding.verdict == Verdict::ok) continue;
      std::string line = finding.check + ": ";
      if (finding.verdict != Verdict::ok)
        line += std::string(k_words[static_cast<int>(finding.verdict)]) + ": ";
      context.out.line(line + finding.text);
      if (!finding.advice.empty()) context.out.line("  " + finding.advice);
    }
  }

  std::string engine_;
  bool json_ = false;
  std::vector<Finding> findings_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_doctor() {
  return std::make_unique<JobsDoctor>();
}

}  // namespace weir::app
