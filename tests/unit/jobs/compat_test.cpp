// What earlier versions left on disk must be read as it was meant: tests/compat/jobs keeps a sample
// of each.
#include "base/lock.hpp"
#include "db/database.hpp"
#include "db/migration.hpp"
#include "job_fixture.hpp"
#include "jobs/recovery.hpp"
#include "jobs/run_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace weir;
using namespace weir::jobs;

namespace {

std::string sample(const std::string& name) {
  return base::read_file(std::filesystem::path(WEIR_COMPAT_DIR) / "jobs" / name);
}

struct Old : StoreFixture {
  explicit Old(const std::string& tables = "tables-1.sql") {
    db::Database database(dir.path() / "weir.db");
    database.execute(sample(tables));
  }
};

/// The statements that made a module's tables, as SQLite keeps them.
std::string schema_of(db::Database& database) {
  std::string text;
  db::Statement query = database.prepare(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE 'job%' "
      "ORDER BY name");
  while (query.step()) text += query.text(0) + "\n";
  return text;
}

// Versions from 2 on differ in how rows are kept, not in what they say.
void check_version_2(Old& old) {
  JobStore store(old.dir.path(), old.surroundings());
  const auto run = store.find("r0123456789d");
  REQUIRE(run.has_value());
  CHECK(run->engine == "nextflow");
  CHECK(run->pinned);
  CHECK(run->counts_json == R"({"completed":1,"total":2})");
  const std::vector<TaskRow> tasks = store.tasks("r0123456789d");
  REQUIRE(tasks.size() == 1);
  CHECK(tasks[0].state == "failed");
  CHECK(tasks[0].exit_status == 137);
  CHECK(tasks[0].tag == "s1");
  const std::vector<JobEvent> events = store.events("p0123456789c", 0, 10);
  REQUIRE(events.size() == 2);
  CHECK(events[0].seq == 1);
  CHECK(events[1].seq == 2);
  CHECK(events[1].type == "complete");
  CHECK(store.last_seq("p0123456789c") == 2);
  CHECK(store.events("r0123456789d", 0, 10).empty());
  CHECK(store.audit_entries(5).front().action == "skip");
  Submission again = a_run("other");
  again.actor = "ann";
  again.request_key = "build-1";
  again.fingerprint = "f1";
  CHECK(store.claim(again).answer == Claim::Answer::repeated);
}

}  // namespace

TEST_CASE("the sample of the newest version is what this program would make") {
  Old old("tables-5.sql");
  base::TempDir dir;
  JobStore fresh(dir.path());
  db::Database database(old.dir.path() / "weir.db");
  CHECK(schema_of(database) == schema_of(fresh.database()));
  CHECK(db::schema_version(database, "jobs") == db::schema_version(fresh.database(), "jobs"));
}

TEST_CASE("jobs of version 1 are read as they were written") {
  Old old;
  JobStore store(old.dir.path(), old.surroundings());
  const auto failed = store.find("p0123456789b");
  REQUIRE(failed.has_value());
  CHECK(failed->state == JobState::failed);
  CHECK(failed->outcome.error_code == "bgzf_truncated");
  CHECK(failed->outcome.permanent);
  CHECK(failed->duration_ms == 1500);
  const auto made = store.find("p0123456789c");
  REQUIRE(made.has_value());
  CHECK(made->attempt == 2);
  CHECK(made->outcome.ok);
  CHECK(made->progress == 0.5);
  CHECK(store.stages("p0123456789c").front().sha256 == "bb22");
  CHECK(store.events("p0123456789c", 0, 10).size() == 2);
  CHECK(store.claim(a_run("nightly")).answer == Claim::Answer::held);
}

TEST_CASE("the tables of an older weir are left alone while a run of it is active") {
  Old old("tables-2.sql");
  const auto folder = RunFolder::path_of(old.dir.path(), "r0123456789a");
  base::make_folders(folder);
  {
    const auto lock = base::FileLock::lock(folder / "alive.lock");
    const Error error = error_of([&] { const JobStore store(old.dir.path(), old.surroundings()); });
    CHECK(error.code() == "store_older_active");
    CHECK(std::string(error.what()).find("r0123456789a") != std::string::npos);
    db::Database database(old.dir.path() / "weir.db");
    CHECK(db::schema_version(database, "jobs") == 2);
  }
  JobStore store(old.dir.path(), old.surroundings());
  CHECK(db::schema_version(store.database(), "jobs") == 5);
}

TEST_CASE("an active run of version 1 is settled from its exit record of version 1") {
  Old old;
  JobStore store(old.dir.path(), old.surroundings());
  const auto folder = RunFolder::path_of(old.dir.path(), "r0123456789a");
  base::make_folders(folder);
  base::write_file(folder / "exit.json", sample("exit-1.json"));
  CHECK(recover_all(store).size() == 1);
  const auto job = store.find("r0123456789a");
  CHECK(job->state == JobState::failed);
  CHECK(job->outcome.reason == "task_error");
  CHECK(job->outcome.exit_status == 137);
  CHECK(job->duration_estimated);
}

TEST_CASE("jobs of versions from 2 on are read as they were written") {
  for (const char* const tables :
       {"tables-2.sql", "tables-3.sql", "tables-4.sql", "tables-5.sql"}) {
    CAPTURE(tables);
    Old old(tables);
    check_version_2(old);
  }
}
