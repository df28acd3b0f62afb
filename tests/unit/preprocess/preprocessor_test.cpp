#include "preprocess/preprocessor.hpp"

#include "base/hash.hpp"
#include "cache/source_memory.hpp"
#include "cache/store.hpp"
#include "preprocess_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace weir;
using namespace weir::preprocess;

namespace {

/// Makes a file look as if nobody had touched it for an hour, as far as its times can be set.
void age(const std::filesystem::path& path) {
  std::filesystem::last_write_time(path,
                                   std::filesystem::last_write_time(path) - std::chrono::hours(1));
}

}  // namespace

TEST_CASE("a file is made into data and index once; the second request comes from the cache") {
  Scene scene;
  const auto source = scene.input("calls.vcf", vcf_text());
  const Result first = run(scene, request_of(source));
  CHECK(first.how == How::made);
  CHECK(first.data.suffix == ".vcf.gz");
  CHECK(first.index->suffix == ".tbi");
  CHECK(first.data.source_name == "calls.vcf");
  CHECK(first.report_json.find(R"("records":20)") != std::string::npos);
  const Result second = run(scene, request_of(source));
  CHECK(second.how == How::cached);
  CHECK(second.job_id == first.job_id);
  CHECK(second.data.key == first.data.key);
  const auto jobs = scene.jobs();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].state == jobs::JobState::succeeded);
  CHECK(jobs[0].attempt == 1);
  CHECK(scene.cache_files("tmp").empty());
}

TEST_CASE("a copy under another name is the same content and comes from the cache") {
  Scene scene;
  const Result first = run(scene, request_of(scene.input("a.vcf", vcf_text())));
  const Result second = run(scene, request_of(scene.input("b.vcf", vcf_text())));
  CHECK(second.how == How::cached);
  CHECK(second.data.sha256 == first.data.sha256);
}

TEST_CASE("a changed file is processed again, also when size and modification time are the same") {
  Scene scene;
  const auto source = scene.input("calls.vcf", vcf_text(20, 1));
  age(source);
  const auto time = std::filesystem::last_write_time(source);
  const Result first = run(scene, request_of(source));
  scene.input("calls.vcf", vcf_text(20, 2));
  std::filesystem::last_write_time(source, time);
  const Result second = run(scene, request_of(source));
  CHECK(second.how == How::made);
  CHECK(second.data.sha256 != first.data.sha256);
}

TEST_CASE("what changes the bytes makes an artifact of its own") {
  Scene scene;
  Request request = request_of(scene.input("calls.vcf", vcf_text()));
  const Result normal = run(scene, request);
  request.index = genomics::IndexType::csi;
  const Result csi = run(scene, request);
  CHECK(csi.how == How::made);
  CHECK(csi.index->suffix == ".csi");
  CHECK(csi.data.key != normal.data.key);
  CHECK(csi.data.sha256 == normal.data.sha256);
  request.index = genomics::IndexType::automatic;
  request.level = 9;
  CHECK(run(scene, request).how == How::made);
}

TEST_CASE("a sorted input is its own artifact, and the cache keeps a copy that outlives it") {
  Scene scene;
  const Result made = run(scene, request_of(scene.input("calls.vcf", vcf_text())));
  cache::LocalBackend backend(scene.dir.path() / "cache");
  base::copy_file(*backend.local_path(made.data.sha256), scene.dir.path() / "sorted.vcf.gz");
  const Result reused = run(scene, request_of(scene.dir.path() / "sorted.vcf.gz"));
  CHECK(reused.data.sha256 == made.data.sha256);
  CHECK(reused.report_json.find(R"("reused_source":true)") != std::string::npos);
  base::remove_file(scene.dir.path() / "sorted.vcf.gz");
  CHECK(base::sha256_file(*backend.local_path(reused.data.sha256)) == made.data.sha256);
}

TEST_CASE("a refused file is remembered, its reason too, until somebody insists or it changes") {
  Scene scene;
  Request request = request_of(scene.input("bad.vcf", "##fileformat=VCFv4.2\nno header line\n"));
  const Error first = error_of([&] { static_cast<void>(run(scene, request)); });
  CHECK(first.kind() == ErrorKind::input);
  const Error second = error_of([&] { static_cast<void>(run(scene, request)); });
  CHECK(second.kind() == ErrorKind::input);
  CHECK(second.code() == first.code());
  CHECK(second.hint().find("--retry") != std::string::npos);
  CHECK(scene.jobs().size() == 1);
  request.retry = true;
  CHECK(error_of([&] { static_cast<void>(run(scene, request)); }).code() == first.code());
  CHECK(scene.jobs().size() == 2);
  for (const jobs::Job& job : scene.jobs()) {
    CHECK(job.state == jobs::JobState::failed);
    CHECK(job.outcome.permanent);
    CHECK(job.outcome.reason == "input");
  }
  request.retry = false;
  scene.input("bad.vcf", vcf_text());
  CHECK(run(scene, request).how == How::made);
  CHECK(scene.cache_files("tmp").empty());
}

TEST_CASE("what is no file is refused before any job is recorded") {
  Scene scene;
  CHECK(error_of([&] {
          static_cast<void>(run(scene, request_of(scene.dir.path() / "absent.vcf")));
        }).code() == "no_such_file");
  CHECK(error_of([&] { static_cast<void>(run(scene, request_of(scene.dir.path()))); }).code() ==
        "not_regular");
  CHECK(scene.jobs().empty());
}

TEST_CASE("an artifact whose blob was damaged or removed is made again") {
  Scene scene;
  const auto source = scene.input("calls.vcf", vcf_text());
  const Result first = run(scene, request_of(source));
  cache::LocalBackend backend(scene.dir.path() / "cache");
  SUBCASE("removed") {
    CHECK(backend.remove(first.index->sha256) == cache::Removal::done);
  }
  SUBCASE("cut") {
    const auto path = *backend.local_path(first.data.sha256);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::filesystem::resize_file(path, 10);
  }
  SUBCASE("changed, its size as it was") {
    const auto path = *backend.local_path(first.data.sha256);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::string bytes = base::read_file(path);
    bytes[bytes.size() / 2] ^= 1;
    base::write_file(path, bytes);
  }
  const Result second = run(scene, request_of(source));
  CHECK(second.how == How::made);
  CHECK(second.data.sha256 == first.data.sha256);
  CHECK(base::sha256_file(*backend.local_path(first.data.sha256)) == first.data.sha256);
}

TEST_CASE(
    "strict rules refuse what was repaired under milder ones, though the artifact is cached") {
  Scene scene;
  std::string crlf = vcf_text();
  for (std::size_t at = crlf.find('\n'); at != std::string::npos; at = crlf.find('\n', at + 2))
    crlf.insert(at, "\r");
  Request request = request_of(scene.input("calls.vcf", crlf));
  const Result repaired = run(scene, request);
  CHECK(repaired.report_json.find("crlf") != std::string::npos);
  request.policy = genomics::LinePolicy::strict;
  CHECK(error_of([&] { static_cast<void>(run(scene, request)); }).kind() == ErrorKind::input);
  request.policy = genomics::LinePolicy::normal;
  CHECK(run(scene, request).how == How::cached);
}

TEST_CASE("work that is told to stop leaves a cancelled job and nothing else") {
  Scene scene;
  const Request request = request_of(scene.input("calls.vcf", vcf_text(50000)));
  const std::atomic<bool> stop{true};
  Preprocessor preprocessor(scene.settings());
  CHECK(error_of([&] { static_cast<void>(preprocessor.run(request, nullptr, stop)); }).kind() ==
        ErrorKind::cancelled);
  const auto jobs = scene.jobs();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].state == jobs::JobState::cancelled);
  CHECK(scene.cache_files("blobs").empty());
  CHECK(scene.cache_files("tmp").empty());
  CHECK(run(scene, request).how == How::made);
}

TEST_CASE("too many active jobs refuse a new file for now") {
  Scene scene;
  Settings settings = scene.settings();
  settings.active_max = 1;
  jobs::JobStore store(settings.state_dir);
  jobs::Submission other;
  other.kind = jobs::JobKind::preprocess;
  other.key = "other";
  other.lease = std::chrono::minutes(10);
  REQUIRE(store.claim(other).answer == jobs::Claim::Answer::fresh);
  Preprocessor preprocessor(settings);
  const Error error = error_of([&] {
    static_cast<void>(
        preprocessor.run(request_of(scene.input("calls.vcf", vcf_text())), nullptr, k_never));
  });
  CHECK(error.kind() == ErrorKind::temporary);
  CHECK(error.code() == "too_many_jobs");
}
