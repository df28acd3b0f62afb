#include "engine/secret_store.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace weir::engine;
using weir::base::TempDir;

TEST_SUITE("secrets") {
  TEST_CASE("what is set can be got, listed and removed, also by others that read the file") {
    const TempDir dir;
    const std::string file = (dir.path() / "secrets/store.json").native();
    SecretStore store(file);
    store.set("B_KEY", "two \"words\"\n");
    SecretStore(file).set("A_KEY", "1");
    const SecretStore fresh(file);
    CHECK(fresh.get("B_KEY") == "two \"words\"\n");
    CHECK(fresh.names() == std::vector<std::string>{"A_KEY", "B_KEY"});
    CHECK_FALSE(fresh.get("C_KEY"));
    CHECK(store.remove("B_KEY"));
    CHECK_FALSE(store.remove("B_KEY"));
    CHECK(SecretStore(file).names() == std::vector<std::string>{"A_KEY"});
  }

  TEST_CASE("nobody else can read the file, and one that others can read is refused") {
    const TempDir dir;
    const std::string file = (dir.path() / "store.json").native();
    SecretStore(file).set("KEY", "x");
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    CHECK_THROWS_WITH_AS(SecretStore{file}, doctest::Contains("others can read"), weir::Error);
  }

  TEST_CASE("a name must do as a variable") {
    const TempDir dir;
    SecretStore store((dir.path() / "store.json").native());
    for (const char* name : {"", "1A", "a-b", "a b", "ä"})
      CHECK_THROWS_AS(store.set(name, "x"), weir::Error);
  }

  TEST_CASE("the file is the one that upstream uses") {
    CHECK(secret_file({}, "/users/u") == "/users/u/.nextflow/secrets/store.json");
    CHECK(secret_file({"NXF_HOME=/n"}, "/users/u") == "/n/secrets/store.json");
    CHECK(secret_file({"NXF_SECRETS_FILE=/s.json", "NXF_HOME=/n"}, "/users/u") == "/s.json");
  }
}
