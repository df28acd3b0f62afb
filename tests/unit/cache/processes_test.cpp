// Several processes at one cache. The workers are this same test program, started with one of the
// skipped test cases.
#include "base/process.hpp"
#include "base/random.hpp"
#include "cache/put.hpp"
#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::cache;

namespace {

constexpr int k_contents = 12;
constexpr int k_rounds = 40;

std::filesystem::path test_folder() {
  const char* value = std::getenv("WEIR_TEST_DIR");
  return value == nullptr ? "" : value;
}

std::string content_of(std::uint64_t i) {
  return "content " + std::to_string(i) + std::string(5000, static_cast<char>('a' + i));
}

base::Child start_worker(const std::string& test_case, const std::filesystem::path& folder) {
  base::SpawnOptions options;
  options.argv = {base::own_executable(), "--no-skip", "--minimal", "--test-case=" + test_case};
  options.environment = {"WEIR_TEST_DIR=" + folder.string()};
  return base::spawn(options);
}

/// Keeps one of the contents under one of two names, so that blobs are shared.
Artifact put_one(Store& store, const std::filesystem::path& scratch, std::uint64_t i) {
  base::write_file(scratch, content_of(i));
  PutRequest request;
  request.parts.kind = "data";
  request.parts.processor_id = "put";
  request.parts.parameters = {{"name", std::to_string(base::random_u64() % 2)}};
  request.source_name = "n" + std::to_string(i);
  const base::Fd file = base::open_read(scratch);
  return put_file(store, request, file.get(), "scratch").artifact;
}

}  // namespace

TEST_CASE("worker: puts and reads" * doctest::skip()) {
  base::TempDir own;
  db::Database database(test_folder() / "state" / "weir.db");
  Store store(test_folder() / "cache", database);
  for (int round = 0; round < k_rounds; ++round) {
    const std::uint64_t i = base::random_u64() % k_contents;
    const Artifact artifact = put_one(store, own.path() / "file", i);
    const std::unique_ptr<Blob> blob = store.backend().open(artifact.sha256);
    if (blob == nullptr) continue;  // collected already
    std::string read(static_cast<std::size_t>(blob->size_bytes()), '\0');
    CHECK(blob->read(0, read.data(), read.size()) == read.size());
    CHECK(read == content_of(i));
  }
}

TEST_CASE("worker: collects and verifies" * doctest::skip()) {
  db::Database database(test_folder() / "state" / "weir.db");
  Store store(test_folder() / "cache", database);
  for (int round = 0; round < k_rounds; ++round) {
    GcOptions options;
    options.bytes_max = static_cast<std::int64_t>(base::random_u64() % 20000);
    static_cast<void>(store.collect(options, base::now_wall()));
    CHECK(store.verify(2).bad.empty());
  }
}

TEST_CASE(
    "processes that write, read, collect and verify one cache never see a wrong or lost blob") {
  CacheFixture f;
  std::vector<base::Child> workers;
  for (int i = 0; i < 4; ++i)
    workers.push_back(start_worker("worker: puts and reads", f.dir.path()));
  workers.push_back(start_worker("worker: collects and verifies", f.dir.path()));
  for (base::Child& worker : workers) CHECK(worker.wait().status == 0);
  CHECK(f.store.verify(2).bad.empty());
  // Every row has its blob: a put that was told it is done is not undone by a collection.
  for (const Artifact& artifact : f.store.manifest().list({}))
    CHECK(f.store.find(artifact.key).has_value());
  CHECK(base::list_folder(f.dir.path() / "cache" / "tmp").empty());
  CHECK_FALSE(base::file_info(f.dir.path() / "cache" / "quarantine").has_value());
}
