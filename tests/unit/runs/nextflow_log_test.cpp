#include "runs/nextflow_log.hpp"

#include "base/file.hpp"
#include "runs/counters.hpp"

#include <doctest/doctest.h>

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
    Read read("success-24.10.log", piece);
    CHECK(read.counters.total() == 11);
    CHECK(read.counters.completed() == 11);
    REQUIRE(read.log.end().totals.has_value());
    CHECK(*read.log.end().totals == read.counters.totals());
    CHECK(read.log.end().complete);
    CHECK_FALSE(read.log.end().failed);
    CHECK(read.log.version() == "24.10.4");
    CHECK(read.log.session_id() == "5f3c4b1e-0a2b-4c6d-8e1f-112233445566");
    CHECK(read.log.run_name() == "r0123456789a");
    CHECK(read.states().at("gr\xC3\xBC\xC3\x9F"
                           "e (\xE2\x9C\x94\ttab)") == "completed");
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
  Read read("retry-ignore-25.04.log");
  CHECK(read.counters.totals() == *read.log.end().totals);
  CHECK(read.counters.total() == 2);
  CHECK(read.counters.completed() == 2);
  std::int64_t attempts = 0;
  for (const jobs::TaskRow& row : read.rows) {
    if (row.name == "ALIGN (1)") attempts = std::max(attempts, row.attempt);
  }
  CHECK(attempts == 3);
  CHECK_FALSE(read.log.end().failed);
}

TEST_CASE("a failure tells its block, and the tasks it takes with it are aborted") {
  Read read("failure-23.10.log");
  CHECK(read.log.end().failed);
  CHECK(read.log.error_block().starts_with("Error executing process > 'BAD (1)'"));
  CHECK(read.log.error_block().find("Work dir:\n  /data/work/0a") != std::string::npos);
  CHECK(read.states().at("SLOW (1)") == "aborted");
  CHECK(read.counters.totals() == *read.log.end().totals);
  REQUIRE(read.messages.size() == 2);
  CHECK(read.messages[0].level == "error");
  CHECK(read.messages[1].text == "Killing running tasks (1)");
}

TEST_CASE("cached and stored tasks are done; fields of grids do not disturb") {
  Read read("resume-26.04.log");
  CHECK(read.counters.completed() == 52);
  CHECK(read.counters.totals().cached == 50);
  CHECK(read.counters.totals().stored == 1);
  CHECK(read.states().at("MERGE") == "completed");
  CHECK(read.log.executor() == "slurm");
}

TEST_CASE("a log in a format of the future says nothing, and does no harm") {
  Read read("unknown-future.log");
  CHECK(read.log.records() == 0);
  CHECK(read.rows.empty());
}

TEST_CASE("a log read twice counts once") {
  Read read("retry-ignore-25.04.log");
  const Counters::Totals before = read.counters.totals();
  read.log.restart();
  read.log.add(base::read_file(std::filesystem::path(WEIR_RECORDINGS) / "retry-ignore-25.04.log"));
  read.log.finish();
  CHECK(read.counters.totals() == before);
}
