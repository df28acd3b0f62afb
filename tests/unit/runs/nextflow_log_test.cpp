#include "runs/nextflow_log.hpp"

#include "base/file.hpp"
#include "runs/counters.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace weir;
using namespace weir::runs;

namespace {

struct Read {
  Counters counters;
  std::vector<jobs::TaskRow> rows;
  std::vector<NextflowLog::Message> messages;
  NextflowLog log{
      {.task =
           [this](const jobs::TaskRow& row) {
             counters.note(row);
             rows.push_back(row);
           },
       .message = [this](const NextflowLog::Message& one) { messages.push_back(one); }}};

  explicit Read(const std::string& name, std::size_t piece = 1 << 20) {
    const std::string text = base::read_file(std::filesystem::path(WEIR_RECORDINGS) / name);
    for (std::size_t i = 0; i < text.size(); i += piece)
      log.add(std::string_view(text).substr(i, piece));
    log.finish();
  }
  std::map<std::string, std::string> states() const {
    std::map<std::string, std::string> last;
    for (const jobs::TaskRow& row : rows) last[row.name] = row.state;
    return last;
  }
};

}  // namespace

TEST_CASE("a run of eleven tasks is counted as its own statistics say, whatever their names") {
  for (const std::size_t piece : {1U, 7U, 100U, 1U << 20}) {
    Read read("nextflow_recordings/success.log", piece);
    CHECK(read.counters.total() == 11);
    CHECK(read.counters.completed() == 11);
    REQUIRE(read.log.end().totals.has_value());
    CHECK(*read.log.end().totals == read.counters.totals());
    CHECK(read.log.end().complete);
    CHECK_FALSE(read.log.end().failed);
    CHECK(read.log.version() == "25.05.0-edge");
    CHECK(read.log.executor() == "local");
    CHECK(read.log.run_name() == "r0123456789a");
    CHECK(read.log.session_id().size() == 36);
    const auto states = read.states();
    CHECK(states.at("multiQc (gr\xC3\xBC\xC3\x9F"
                    "e (\xE2\x9C\x94)") == "completed");
    CHECK(states.at("QC:fastQc (tab\there)") == "completed");
    CHECK(states.at("QC:ALIGN_READS (one; status: COMPLETED; exit: 0; lane 2 > [x] (final))") ==
          "completed");
    CHECK(states.at("QC:fastQc (" + std::string(300, 'x') + ")") == "completed");
  }
}

TEST_CASE("processes and tags are told apart by the last parenthesis") {
  std::string tag;
  CHECK(process_of("NFCORE:RNASEQ:alignReads (a;b > c [x])", tag) == "NFCORE:RNASEQ:alignReads");
  CHECK(tag == "a;b > c [x]");
  CHECK(process_of("multiQc", tag) == "multiQc");
  CHECK(tag.empty());
}

TEST_CASE("a task retried twice and an ignored one count as the engine counts them") {
  Read read("nextflow_recordings/retry-ignore.log");
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.counters.total() == 3);
  CHECK(read.counters.completed() == 3);
  std::int64_t attempts = 0;
  for (const jobs::TaskRow& row : read.rows) {
    if (row.name == "FLAKY") attempts = std::max(attempts, row.attempt);
  }
  CHECK(attempts == 3);
  CHECK(read.states().at("SLOPPY (2)") == "ignored");
  CHECK_FALSE(read.log.end().failed);
}

TEST_CASE("a failure tells its block, and what ran beside it is aborted when the engine is gone") {
  Read read("nextflow_recordings/failure.log");
  CHECK(read.log.end().failed);
  CHECK(read.log.error_block().starts_with("Error executing process > 'BAD (late)'"));
  CHECK(read.log.error_block().find("Work dir:\n  /data/run/work/b8") != std::string::npos);
  CHECK(read.states().at("BAD (late)") == "failed");
  CHECK(read.states().at("GOOD (1)") == "submitted");
  read.log.abandon();
  CHECK(read.states().at("GOOD (1)") == "aborted");
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.log.pending() == 2);
  REQUIRE(read.messages.size() == 2);
  CHECK(read.messages[0].level == "error");
  CHECK(read.messages[1].text == "Killing running tasks (1)");
}

TEST_CASE("a command that ends well and leaves no output has failed, and counts once") {
  Read read("nextflow_recordings/missing-output.log");
  CHECK(read.states().at("A") == "failed");
  CHECK(read.rows.back().error == "Missing output file(s) `never.txt` expected by process `A`");
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.counters.total() == 1);
  CHECK(read.counters.completed() == 0);
}

TEST_CASE("an exit by KILL is told with its status") {
  Read read("nextflow_recordings/out-of-memory.log");
  CHECK(read.states().at("HUNGRY") == "failed");
  const auto failed = std::find_if(read.rows.begin(), read.rows.end(),
                                   [](const jobs::TaskRow& row) { return row.state == "failed"; });
  CHECK(failed->exit_status == 137);
}

TEST_CASE("an error of the script itself is the last error, without any task") {
  for (const auto& [name, words] :
       std::map<std::string, std::string>{{"script-error", "No signature of method"},
                                          {"syntax-error", "Script compilation error"}}) {
    Read read("nextflow_recordings/" + name + ".log");
    CHECK(read.log.end().failed);
    CHECK(read.log.error_block().empty());
    CHECK(read.log.last_error().find(words) != std::string::npos);
    CHECK(read.rows.empty());
  }
}

TEST_CASE("a cancelled run ends in order; what ran is aborted, what waited stays pending") {
  Read read("nextflow_recordings/cancel.log");
  CHECK(read.log.end().complete);
  CHECK(read.log.end().failed);
  read.log.abandon();
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.counters.totals().aborted == 2);
  CHECK(read.log.pending() == 1);
}

TEST_CASE("a hundred tasks") {
  Read read("nextflow_recordings/many.log");
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.counters.completed() == 100);
}

TEST_CASE("a resumed run tells what it takes from the cache and from stores") {
  Read read("nextflow_recordings/resume.log");
  CHECK(read.counters.completed() == 22);
  CHECK(read.counters.totals().cached == 20);
  CHECK(read.counters.totals().stored == 1);
}

TEST_CASE("cached and stored tasks are done; fields of grids do not disturb") {
  Read read("nextflow_logs/resume-26.04.log");
  CHECK(read.counters.completed() == 52);
  CHECK(read.counters.totals().cached == 50);
  CHECK(read.counters.totals().stored == 1);
  CHECK(read.states().at("MERGE") == "completed");
  CHECK(read.log.executor() == "slurm");
  CHECK(read.log.grid_jobs().empty());
}

TEST_CASE("jobs of a batch system that were not told to have ended are known by their numbers") {
  NextflowLog log({});
  log.add(
      "Jan-31 12:00:01.000 [Task submitter] DEBUG nextflow.executor.GridTaskHandler - [SLURM] "
      "submitted process ALIGN (a > jobId: 1) > jobId: 4711; workDir: /w/aa/000001\n"
      "Jan-31 12:00:02.000 [Task submitter] DEBUG nextflow.executor.GridTaskHandler - [SGE] "
      "submitted process SORT > jobId: 4712; workDir: /w/aa/000002\n");
  log.finish();
  CHECK(log.grid_jobs() ==
        std::vector<std::string>{"SLURM 4711 (ALIGN (a > jobId: 1))", "SGE 4712 (SORT)"});
  log.add(
      "Jan-31 12:00:03.000 [Task monitor] DEBUG n.processor.TaskPollingMonitor - Task completed > "
      "TaskHandler[jobId: 4711; id: 1; name: ALIGN (a > jobId: 1); status: COMPLETED; exit: 0; "
      "error: -; workDir: /w/aa/000001 started: 1; exited: 2024-01-31T12:00:00Z; ]\n");
  log.finish();
  CHECK(log.grid_jobs() == std::vector<std::string>{"SGE 4712 (SORT)"});
}

TEST_CASE("a log in a format of the future says nothing, and does no harm") {
  Read read("nextflow_logs/unknown-future.log");
  CHECK(read.log.records() == 0);
  CHECK(read.rows.empty());
}

TEST_CASE("a log read twice counts once") {
  Read read("nextflow_recordings/retry-ignore.log");
  const Counters::Totals before = read.counters.totals();
  read.log.restart();
  read.log.add(base::read_file(std::filesystem::path(WEIR_RECORDINGS) /
                               "nextflow_recordings/retry-ignore.log"));
  read.log.finish();
  CHECK(read.counters.totals() == before);
}

TEST_CASE("submitted tasks are looked for in turn, and told once when they have begun") {
  std::vector<jobs::TaskRow> running;
  NextflowLog log({.task =
                       [&](const jobs::TaskRow& row) {
                         if (row.state == "running") running.push_back(row);
                       },
                   .message = {}});
  const std::string head = "Nov-28 17:04:06.149 [main] DEBUG nextflow.Session - ";
  const std::string submitted = "Nov-28 17:04:07.149 [Task submitter] INFO  nextflow.Session - ";
  CHECK(log.work_dir().empty());
  log.add(head + "Work-dir: /data/my work [ext2/ext3]\n");
  CHECK(log.work_dir() == "/data/my work");
  for (const char* hash : {"aa/000001", "bb/000002", "cc/000003"})
    log.add(submitted + "[" + hash + "] Submitted process > P (" + hash + ")\n");
  std::vector<std::string> asked;
  const auto look = [&](std::size_t most, const std::string& begun) {
    asked.clear();
    log.look_for_started(most, [&](const std::string& hash) {
      asked.push_back(hash);
      return hash == begun ? std::optional(base::from_millis(1000)) : std::nullopt;
    });
  };
  look(2, "");
  CHECK(asked == std::vector<std::string>{"aa/000001", "bb/000002"});
  look(2, "cc/000003");
  CHECK(asked == std::vector<std::string>{"cc/000003", "aa/000001"});
  REQUIRE(running.size() == 1);
  CHECK(running[0].name == "P (cc/000003)");
  CHECK(running[0].started_at == base::from_millis(1000));
  look(9, "cc/000003");
  CHECK(asked == std::vector<std::string>{"bb/000002", "aa/000001"});
  CHECK(running.size() == 1);
}
