#include "repos/pipeline_store.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::repos;

namespace fs = std::filesystem;

namespace {

/// A repository with two branches and a tag, made by git itself.
class Repository {
 public:
  explicit Repository(const fs::path& folder) : folder_(folder.string()), git_(environment()) {
    base::make_folders(folder);
    run({"init", "--quiet", "--initial-branch=main"});
    commit("one");
    run({"tag", "-a", "1.0", "-m", "the first"});
    run({"branch", "dev"});
  }
  std::string commit(const std::string& content) {
    base::write_file(folder_ + "/main.nf", content);
    run({"add", "-A"});
    run({"commit", "--quiet", "-m", content});
    return run({"rev-parse", "HEAD"});
  }
  std::string run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-C", folder_});
    return git_.run("make the repository", std::move(arguments));
  }
  [[nodiscard]] std::string address() const { return "file://" + folder_; }

  static std::vector<std::string> environment() {
    std::vector<std::string> result = base::own_environment();
    for (const char* const entry :
         {"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a",
          "GIT_COMMITTER_EMAIL=a@b", "GIT_CONFIG_GLOBAL=/dev/null"})
      result.emplace_back(entry);
    return result;
  }

 private:
  std::string folder_;
  Git git_;
};

PipelineStore::Submodules no_submodules(const fs::path&) {
  return {};
}

struct Fixture {
  base::TempDir folder;
  Repository origin{folder.path() / "origin"};
  PipelineStore store{folder.path() / "assets", Git(Repository::environment())};

  std::string script_of(const std::string& revision) {
    const auto found = store.find("lab/demo", revision);
    REQUIRE(found);
    return base::read_file(store.check_out("lab/demo", *found, no_submodules) / "main.nf");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "revisions are found by branch, tag and commit") {
  CHECK_FALSE(store.has("lab/demo"));
  CHECK(store.projects().empty());
  store.fetch("lab/demo", origin.address(), {});
  CHECK(store.projects() == std::vector<std::string>{"lab/demo"});
  const std::string first = origin.run({"rev-parse", "HEAD"});

  const auto usual = store.find("lab/demo", "");
  REQUIRE(usual);
  CHECK(to_text(*usual) == first.substr(0, 10) + " [main]");
  CHECK(store.find("lab/demo", "1.0")->kind == Revision::Kind::tag);
  CHECK(store.find("lab/demo", "1.0")->commit == first);
  // A commit that a tag names is told by it.
  CHECK(store.find("lab/demo", first.substr(0, 7))->name == "1.0");
  for (const char* const text : {"2.0", "abcdef12", "--help", "HEAD", "main^"})
    CHECK_FALSE(store.find("lab/demo", text));

  const std::string second = origin.commit("two");
  CHECK(store.find("lab/demo", "")->commit == first);
  store.fetch("lab/demo", origin.address(), {});
  CHECK(store.find("lab/demo", "")->commit == second);
  CHECK(to_text(*store.find("lab/demo", second)) == second);
  CHECK(script_of("main") == "two");
  CHECK(script_of("1.0") == "one");
  CHECK(script_of("dev") == "one");
  CHECK(store.commits("lab/demo").size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a project is of one address") {
  store.fetch("lab/demo", origin.address(), {});
  store.fetch("lab/demo", origin.address() + ".git", {});
  const Repository other(folder.path() / "other");
  CHECK_THROWS_AS(store.fetch("lab/demo", other.address(), {}), Error);
  CHECK(store.address_of("lab/demo") == origin.address());
}

TEST_CASE_FIXTURE(Fixture, "what fails leaves nothing") {
  try {
    store.fetch("lab/none", "file://" + (folder.path() / "none").string(), {});
    FAIL("it was fetched");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_found);
  }
  CHECK_FALSE(store.has("lab/none"));
  CHECK(base::list_folder(folder.path() / "assets" / ".repos" / "lab").empty());
  store.fetch("lab/demo", origin.address(), {});
  const Revision missing{Revision::Kind::commit, "", std::string(40, '0')};
  CHECK_THROWS_AS(static_cast<void>(store.check_out("lab/demo", missing, no_submodules)), Error);
  CHECK(store.commits("lab/demo").empty());
  CHECK(base::list_folder(store.folder_of("lab/demo")) == std::vector<std::string>{"bare"});
}

TEST_CASE_FIXTURE(Fixture, "what somebody changed is dropped only by force") {
  store.fetch("lab/demo", origin.address(), {});
  CHECK(script_of("main") == "one");
  const std::string commit = store.find("lab/demo", "main")->commit;
  base::write_file(store.clone_of("lab/demo", commit) / "main.nf", "mine");
  CHECK_THROWS_AS(store.drop("lab/demo", "", PipelineStore::Changes::keep), Error);
  CHECK_THROWS_AS(store.drop("lab/demo", commit, PipelineStore::Changes::keep), Error);
  store.drop("lab/demo", commit, PipelineStore::Changes::lose);
  CHECK(store.commits("lab/demo").empty());
  store.drop("lab/demo", "", PipelineStore::Changes::keep);
  CHECK(store.projects().empty());
}
