#include "engine/task_directory.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/task_key.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::engine;
using weir::base::FileInfo;
using weir::base::FollowLinks;
using weir::base::TempDir;
using Origin = FinishedTask::Origin;

namespace {

struct Case {
  TempDir dir;
  DirectoryOptions options;
  TaskSpec spec;

  Case() {
    options = {.work_dir = (dir.path() / "work").native(),
               .temp_dir = "/tmp",
               .revision_dir = "",
               .run_id = "run"};
    spec.name = "P (1)";
    spec.script = "echo 1 > out.txt";
    spec.key = {text_part("process", "P"), text_part("script", "echo 1 > out.txt")};
    spec.path_outputs.push_back({.patterns = {"out.txt"}, .type = {}, .arity = {}});
    spec.context = "the context";
  }

  [[nodiscard]] TaskKey key() const { return make_key(spec, options); }

  /// What a program would do: directory, then files as if the script had run here.
  [[nodiscard]] PreparedTask run(const std::string& content = "1\n") const {
    PreparedTask prepared = claim_directory(key(), 1, options);
    fill_directory(spec, options, prepared);
    weir::base::write_file(prepared.work_dir + "/.command.out", "printed\n");
    weir::base::write_file(prepared.work_dir + "/.command.err", "");
    weir::base::write_file(prepared.work_dir + "/out.txt", content);
    return prepared;
  }

  std::optional<DirectoryFailure> end(const PreparedTask& prepared, int exit_status,
                                      FinishedTask& task) const {
    task.hash = prepared.hash;
    task.work_dir = prepared.work_dir;
    task.exit_status = exit_status;
    return conclude(spec, key(), weir::base::Folder(task.work_dir), task);
  }
  [[nodiscard]] std::optional<FinishedTask> find() const {
    return find_finished(spec, key(), options);
  }
};

}  // namespace

TEST_SUITE("task directory") {
  TEST_CASE("a directory belongs to the first who claims it; the next gets the next try") {
    const Case one;
    const PreparedTask first = claim_directory(one.key(), 1, one.options);
    const PreparedTask second = claim_directory(one.key(), 1, one.options);
    CHECK(first.work_dir != second.work_dir);
    CHECK(first.work_dir ==
          one.options.work_dir + "/" + first.hash.substr(0, 2) + "/" + first.hash.substr(2));
  }

  TEST_CASE("inputs are staged by the asked mode, folders in the name included") {
    for (const StageMode mode :
         {StageMode::symlink, StageMode::rellink, StageMode::link, StageMode::copy}) {
      Case one;
      weir::base::write_file(one.dir.path() / "data", "content");
      one.spec.inputs = {{(one.dir.path() / "data").native(), "sub/in put\n.txt"}};
      one.spec.stage_in_mode = mode;
      PreparedTask prepared = claim_directory(one.key(), 1, one.options);
      fill_directory(one.spec, one.options, prepared);
      const std::string staged = prepared.work_dir + "/sub/in put\n.txt";
      CHECK(weir::base::read_file(staged) == "content");
      const bool is_link =
          weir::base::file_info(staged, FollowLinks::no)->type == FileInfo::Type::symlink;
      CHECK(is_link == (mode == StageMode::symlink || mode == StageMode::rellink));
    }
  }

  TEST_CASE("colliding inputs are refused before anything runs") {
    Case one;
    one.spec.inputs = {{"/a/x", "x"}, {"/b/x", "x"}};
    PreparedTask prepared = claim_directory(one.key(), 1, one.options);
    CHECK_THROWS_WITH_AS(fill_directory(one.spec, one.options, prepared),
                         doctest::Contains("collision"), weir::Error);
  }

  TEST_CASE("a work directory that cannot be written is named") {
    Case one;
    weir::base::write_file(one.dir.path() / "file", "");
    one.options.work_dir = (one.dir.path() / "file").native();
    CHECK_THROWS_WITH_AS((void)claim_directory(one.key(), 1, one.options),
                         doctest::Contains("file"), weir::Error);
  }

  TEST_CASE("a good end is sealed, and found again with all it gave") {
    Case one;
    one.spec.stdout_output = true;
    FinishedTask task;
    task.usage.realtime_ms = 77;
    CHECK_FALSE(one.end(one.run(), 0, task).has_value());
    CHECK(task.stdout_text == "printed\n");
    CHECK(weir::base::read_file(task.work_dir + "/.exitcode") == "0");
    CHECK(weir::base::read_file(task.work_dir + "/.command.log") == "printed\n");

    const auto again = one.find();
    REQUIRE(again.has_value());
    CHECK(again->origin == Origin::sealed);
    CHECK(again->work_dir == task.work_dir);
    CHECK(again->paths[0].names == std::vector<std::string>{"out.txt"});
    CHECK(again->stdout_text == "printed\n");
    CHECK(again->usage.realtime_ms == 77);
    CHECK(again->context == "the context");
  }

  TEST_CASE("a bad status or a missing output is told and leaves no seal") {
    Case one;
    FinishedTask task;
    const auto failure = one.end(one.run(), 3, task);
    REQUIRE(failure.has_value());
    CHECK(failure->kind == TaskFailure::Kind::exit_status);
    CHECK(failure->cause == "Process `P (1)` terminated with an error exit status (3)");
    CHECK_FALSE(one.find().has_value());

    FinishedTask other;
    const PreparedTask prepared = one.run();
    weir::base::remove_file(prepared.work_dir + "/out.txt");
    CHECK(one.end(prepared, 0, other)->kind == TaskFailure::Kind::missing_output);
    CHECK_FALSE(one.find().has_value());
  }

  TEST_CASE("an output that is gone or cut short makes the seal void") {
    for (const bool gone : {true, false}) {
      Case one;
      FinishedTask task;
      REQUIRE_FALSE(one.end(one.run(), 0, task).has_value());
      if (gone) {
        weir::base::remove_file(task.work_dir + "/out.txt");
      } else {
        weir::base::write_file(task.work_dir + "/out.txt", "");
      }
      CHECK_FALSE(one.find().has_value());
    }
  }

  TEST_CASE("a directory found after unusable ones is used") {
    Case one;
    (void)claim_directory(one.key(), 1, one.options);  // never started
    FinishedTask failed;
    (void)one.end(one.run(), 1, failed);
    FinishedTask good;
    REQUIRE_FALSE(one.end(one.run(), 0, good).has_value());
    REQUIRE(one.find().has_value());
    CHECK(one.find()->work_dir == good.work_dir);
  }

  TEST_CASE("finished but unsealed work is adopted and sealed, in the same boot only") {
    Case one;
    const PreparedTask prepared = one.run();
    CHECK_FALSE(one.find().has_value());  // no exit status: it did not end
    weir::base::write_file(prepared.work_dir + "/.exitcode", "0");
    const std::string wrapper = weir::base::read_file(prepared.work_dir + "/.command.run");
    weir::base::write_file(prepared.work_dir + "/.command.run",
                           wrapper.substr(0, wrapper.rfind("# boot")) + "# boot another\n");
    CHECK_FALSE(one.find().has_value());
    weir::base::write_file(prepared.work_dir + "/.command.run", wrapper);
    const auto adopted = one.find();
    REQUIRE(adopted.has_value());
    CHECK(adopted->origin == Origin::adopted);
    CHECK(one.find()->origin == Origin::sealed);
  }

  TEST_CASE("a seal that a kill cut short is none: the work is adopted and sealed again") {
    const Case one;
    FinishedTask task;
    const PreparedTask prepared = one.run();
    REQUIRE_FALSE(one.end(prepared, 0, task).has_value());
    const std::string seal = weir::base::read_file(prepared.work_dir + "/.weir.seal");
    for (const std::size_t size : {std::size_t{0}, std::size_t{12}, seal.size() - 1}) {
      weir::base::write_file(prepared.work_dir + "/.weir.seal", seal.substr(0, size));
      const auto found = one.find();
      REQUIRE(found.has_value());
      CHECK(found->origin == Origin::adopted);
      CHECK(one.find()->origin == Origin::sealed);
    }
  }

  TEST_CASE("neither a failed status nor rubbish is adopted") {
    for (const char* status : {"1", "", "zero", "0x"}) {
      Case one;
      const PreparedTask prepared = one.run();
      weir::base::write_file(prepared.work_dir + "/.exitcode", status);
      CHECK_FALSE(one.find().has_value());
    }
  }

  TEST_CASE("a damaged seal is no seal, and its directory is not adopted either") {
    Case one;
    FinishedTask task;
    REQUIRE_FALSE(one.end(one.run(), 0, task).has_value());
    const std::string path = task.work_dir + "/" + k_seal_name;
    std::string bytes = weir::base::read_file(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
    weir::base::write_file(path, bytes);
    CHECK_FALSE(one.find().has_value());
  }

  TEST_CASE("other output declarations over the same script are looked for in the same place") {
    Case one;
    FinishedTask task;
    REQUIRE_FALSE(one.end(one.run(), 0, task).has_value());
    one.spec.path_outputs[0].patterns = {"*.txt"};
    REQUIRE(one.find().has_value());
    CHECK(one.find()->work_dir == task.work_dir);
    one.spec.path_outputs[0].patterns = {"*.bam"};
    CHECK_FALSE(one.find().has_value());
  }

  TEST_CASE("what changes a key changes the directory") {
    Case one;
    FinishedTask task;
    REQUIRE_FALSE(one.end(one.run(), 0, task).has_value());
    one.spec.resources.cpus = 7;
    CHECK(one.find().has_value());
    one.options.run_id = "other run";
    CHECK_FALSE(one.find().has_value());
  }

  TEST_CASE("a storeDir takes the outputs and answers later runs by itself") {
    Case one;
    one.spec.store_dir = (one.dir.path() / "store").native();
    CHECK_FALSE(find_stored(one.spec).has_value());
    FinishedTask task;
    REQUIRE_FALSE(one.end(one.run("stored\n"), 0, task).has_value());
    CHECK(task.output_dir == one.spec.store_dir);
    CHECK(weir::base::read_file(one.spec.store_dir + "/out.txt") == "stored\n");
    const auto stored = find_stored(one.spec);
    REQUIRE(stored.has_value());
    CHECK(stored->origin == Origin::stored);
    CHECK(stored->paths[0].names == std::vector<std::string>{"out.txt"});
  }

  TEST_CASE("a log of two streams holds both") {
    const Case one;
    const PreparedTask prepared = one.run();
    weir::base::write_file(prepared.work_dir + "/.command.err", "warned\n");
    FinishedTask task;
    REQUIRE_FALSE(one.end(prepared, 0, task).has_value());
    CHECK(weir::base::read_file(prepared.work_dir + "/.command.log") == "printed\nwarned\n");
  }
}
