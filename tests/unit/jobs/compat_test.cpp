// What earlier versions left on disk must be read as it was meant: tests/compat/jobs keeps a sample
// of each.
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
  Old() {
    db::Database database(dir.path() / "weir.db");
    database.execute(sample("tables-1.sql"));
  }
};

/// The statements that made a module's tables, as SQLite keeps them.
std::string schema_of(db::Database& database) {
  std::string text;
  db::Statement query = database.prepare(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ('jobs', 'job_events', "
      "'job_stages') "
      "ORDER BY name");
  while (query.step()) text += query.text(0) + "\n";
  return text;
}

}  // namespace

TEST_CASE("the sample of the newest version is what this program would make") {
  Old old;
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

TEST_CASE("an active run of version 1 is settled from its exit record of version 1") {
  Old old;
  JobStore store(old.dir.path(), old.surroundings());
  const auto folder = RunFolder::path_of(old.dir.path(), "r0123456789a");
  base::make_folders(folder);
  base::write_file(folder / "exit.json", sample("exit-1.json"));
  CHECK(recover(store).size() == 1);
  const auto job = store.find("r0123456789a");
  CHECK(job->state == JobState::failed);
  CHECK(job->outcome.reason == "task_error");
  CHECK(job->outcome.exit_status == 137);
  CHECK(job->duration_estimated);
}
