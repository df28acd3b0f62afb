#include "engine/publish.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <latch>
#include <string>
#include <thread>
#include <vector>

using namespace weir::engine;
using weir::base::FileInfo;
using weir::base::FollowLinks;
using weir::base::TempDir;

namespace {

struct Case {
  TempDir work;
  TempDir results;

  Case() {
    weir::base::write_file(work.path() / "a.txt", "content");
    weir::base::make_folders(work.path() / "tree" / "sub");
    weir::base::write_file(work.path() / "tree" / "sub" / "x", "x");
    weir::base::make_symlink("sub/x", work.path() / "tree" / "link");
  }
  [[nodiscard]] PublishAction action(const char* name, PublishMode mode) const {
    return {.source = (work.path() / name).native(),
            .target = (results.path() / "deep" / name).native(),
            .mode = mode};
  }
  [[nodiscard]] std::optional<FileInfo> target(const char* name) const {
    return weir::base::file_info(results.path() / "deep" / name, FollowLinks::no);
  }
  /// No temporary name is left beside the results.
  [[nodiscard]] bool is_clean() const {
    const auto names = weir::base::list_folder(results.path() / "deep");
    return std::none_of(names.begin(), names.end(),
                        [](const std::string& name) { return name.ends_with(".tmp"); });
  }
};

std::vector<FoundPaths> found(std::vector<std::string> names) {
  return {{.names = std::move(names), .missing = false}};
}

}  // namespace

TEST_SUITE("publishing") {
  TEST_CASE("each mode makes what its name says, twice without harm") {
    for (const PublishMode mode : {PublishMode::symlink, PublishMode::rellink, PublishMode::link,
                                   PublishMode::copy, PublishMode::copy_no_follow}) {
      const Case one;
      for (int round = 0; round < 2; ++round) {
        publish_file(one.action("a.txt", mode));
        publish_file(one.action("tree", mode));
        CHECK(weir::base::read_file(one.results.path() / "deep" / "a.txt") == "content");
        CHECK(weir::base::read_file(one.results.path() / "deep" / "tree" / "sub" / "x") == "x");
        CHECK(one.is_clean());
      }
      const bool is_link = one.target("a.txt")->type == FileInfo::Type::symlink;
      CHECK(is_link == (mode == PublishMode::symlink || mode == PublishMode::rellink));
    }
  }

  TEST_CASE("several that publish one file to one place at once do not get in each other's way") {
    const TempDir work;
    const TempDir results;
    const std::string source = (work.path() / "a.txt").native();
    weir::base::write_file(source, "text");
    std::atomic<int> failures{0};
    for (const PublishMode mode :
         {PublishMode::symlink, PublishMode::rellink, PublishMode::link, PublishMode::copy}) {
      for (int round = 0; round < 100; ++round) {
        const std::string target = (results.path() / std::to_string(round)).native();
        std::latch start(3);
        std::vector<std::jthread> publishers;
        for (int i = 0; i < 3; ++i) {
          publishers.emplace_back([&] {
            start.arrive_and_wait();
            try {
              weir::engine::publish_file({.source = source, .target = target, .mode = mode});
            } catch (const weir::Error&) {
              ++failures;
            }
          });
        }
        publishers.clear();
        CHECK(weir::base::read_file(target) == "text");
        weir::base::remove_tree(target);
      }
    }
    CHECK(failures.load() == 0);
  }

  TEST_CASE("a relative link is relative, a hard link is the file itself") {
    const Case one;
    publish_file(one.action("a.txt", PublishMode::rellink));
    const auto link = std::filesystem::read_symlink(one.results.path() / "deep" / "a.txt");
    CHECK(link.is_relative());
    publish_file(one.action("a.txt", PublishMode::link));
    CHECK(one.target("a.txt")->inode == weir::base::file_info(one.work.path() / "a.txt")->inode);
  }

  TEST_CASE("copying follows links or keeps them") {
    const Case one;
    publish_file(one.action("tree", PublishMode::copy));
    CHECK(one.target("tree/link")->type == FileInfo::Type::regular);
    publish_file(one.action("tree", PublishMode::copy_no_follow));
    CHECK(one.target("tree/link")->type == FileInfo::Type::symlink);
  }

  TEST_CASE("moving takes the source away") {
    const Case one;
    publish_file(one.action("tree", PublishMode::move));
    CHECK(one.target("tree/sub/x").has_value());
    CHECK_FALSE(weir::base::file_info(one.work.path() / "tree").has_value());
  }

  TEST_CASE("an existing name is kept, replaced, or replaced when it differs") {
    const Case one;
    weir::base::make_folders(one.results.path() / "deep");
    const auto target = one.results.path() / "deep" / "a.txt";
    PublishAction action = one.action("a.txt", PublishMode::copy);

    weir::base::write_file(target, "old");
    action.existing = PublishAction::Existing::keep;
    publish_file(action);
    CHECK(weir::base::read_file(target) == "old");
    action.existing = PublishAction::Existing::compare;
    publish_file(action);
    CHECK(weir::base::read_file(target) == "content");

    const auto before = one.target("a.txt");
    publish_file(action);
    CHECK(one.target("a.txt")->inode == before->inode);
    action.mode = PublishMode::symlink;  // published in another mode before
    publish_file(action);
    CHECK(one.target("a.txt")->type == FileInfo::Type::symlink);
  }

  TEST_CASE("a folder can be replaced by a file and the other way round") {
    const Case one;
    PublishAction file = one.action("a.txt", PublishMode::copy);
    file.target = (one.results.path() / "deep" / "same").native();
    PublishAction tree = one.action("tree", PublishMode::copy);
    tree.target = file.target;
    publish_file(file);
    publish_file(tree);
    CHECK(one.target("same")->type == FileInfo::Type::directory);
    publish_file(file);
    CHECK(one.target("same")->type == FileInfo::Type::regular);
  }

  TEST_CASE("a failing copy leaves nothing behind and names what failed") {
    const Case one;
    const PublishAction missing = one.action("none", PublishMode::copy);
    CHECK_THROWS_WITH_AS(publish_file(missing), doctest::Contains("none"), weir::Error);
    CHECK(weir::base::list_folder(one.results.path()).empty());
    publish_file(one.action("a.txt", PublishMode::copy));
    CHECK_THROWS_WITH_AS(publish_file(missing), doctest::Contains("none"), weir::Error);
    CHECK(weir::base::list_folder(one.results.path() / "deep").size() == 1);
  }
}

namespace {

/// Publishes in a child process, from a pipe with a name that gives a few bytes and then no more.
struct Halfway {
  explicit Halfway(const PublishAction& action, const std::filesystem::path& pipe) {
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      publish_file(action);
      ::_exit(0);
    }
    in = weir::base::open_append(pipe);
    weir::base::write_all(in.get(), "half", "the pipe");
    // Until the child has taken it, and so is in the middle of its copy.
    for (int waiting = 1; waiting > 0;) static_cast<void>(::ioctl(in.get(), FIONREAD, &waiting));
  }
  void kill() const {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  pid_t pid = 0;
  weir::base::Fd in;
};

}  // namespace

TEST_SUITE("publishing that is killed") {
  TEST_CASE("a file is there whole or not at all, and nothing beside it") {
    const Case one;
    const Halfway child(one.action("pipe", PublishMode::copy), one.work.path() / "pipe");
    CHECK(weir::base::list_folder(one.results.path() / "deep").empty());
    child.kill();
    CHECK(weir::base::list_folder(one.results.path() / "deep").empty());
  }

  TEST_CASE("what is left of a folder goes when it is published again") {
    const Case one;
    const PublishAction action = one.action("tree", PublishMode::copy);
    const auto pipe = one.work.path() / "tree" / "pipe";
    const Halfway child(action, pipe);
    CHECK_FALSE(one.target("tree").has_value());
    CHECK_FALSE(one.is_clean());
    // While it is at work, another one leaves it alone.
    weir::base::remove_file(pipe);
    publish_file(action);
    CHECK(one.target("tree/sub/x").has_value());
    CHECK_FALSE(one.is_clean());
    child.kill();
    publish_file(action);
    CHECK(one.is_clean());
    CHECK(one.target("tree/sub/x").has_value());
  }

  TEST_CASE("what is left goes also when the target need not be made again") {
    const Case one;
    PublishAction action = one.action("tree", PublishMode::copy);
    const auto pipe = one.work.path() / "tree" / "pipe";
    const Halfway child(action, pipe);
    weir::base::remove_file(pipe);
    publish_file(action);
    child.kill();
    action.existing = PublishAction::Existing::keep;
    publish_file(action);
    CHECK(one.is_clean());
  }
}

TEST_SUITE("publishing plan") {
  TEST_CASE("patterns filter, saveAs renames or skips, folders bring their files") {
    PublishRule rule{.folder = "/results", .pattern = "*.txt", .overwrite = {}, .save_as = {}};
    auto plan = plan_publishing({rule}, found({"b.txt", "a.txt", "c.bam"}), "/w", false);
    REQUIRE(plan.size() == 2);
    CHECK(plan[0].source == "/w/a.txt");
    CHECK(plan[0].target == "/results/a.txt");

    rule.pattern.clear();
    rule.save_as = [](const std::string& name) -> std::optional<std::string> {
      if (name == "b.txt") return std::nullopt;
      return name == "a.txt" ? "sub/../renamed" : "/elsewhere/" + name;
    };
    plan = plan_publishing({rule}, found({"a.txt", "b.txt", "c"}), "/w", false);
    REQUIRE(plan.size() == 2);
    CHECK(plan[0].target == "/results/renamed");
    CHECK(plan[1].target == "/elsewhere/c");

    plan = plan_publishing({{.folder = "/r", .overwrite = {}, .save_as = {}}},
                           found({"tree/a", "tree", "tree/sub/b", "tree2"}), "/w", false);
    REQUIRE(plan.size() == 2);
    CHECK(plan[0].source == "/w/tree");
    CHECK(plan[1].source == "/w/tree2");
  }

  TEST_CASE("fresh results replace, cached ones only where something differs") {
    PublishRule rule{.folder = "/r", .overwrite = {}, .save_as = {}};
    const auto policy = [&](bool cached) {
      return plan_publishing({rule}, found({"a"}), "/w", cached)[0].existing;
    };
    CHECK(policy(false) == PublishAction::Existing::replace);
    CHECK(policy(true) == PublishAction::Existing::compare);
    rule.overwrite = true;
    CHECK(policy(true) == PublishAction::Existing::replace);
    rule.overwrite = false;
    CHECK(policy(false) == PublishAction::Existing::keep);
  }
}
