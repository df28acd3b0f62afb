// Sources on another machine, played by tests/support/http_server.py.
#include "base/fd.hpp"
#include "base/hash.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "preprocess_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::preprocess;

namespace {

struct Server {
  base::TempDir dir;
  base::Pipe input = base::make_pipe();
  base::Pipe output = base::make_pipe();
  base::Child child = start();
  int port = read_port();

  ~Server() {
    input.write.reset();
    child.wait();
  }
  base::Child start() {
    base::SpawnOptions spawn;
    spawn.argv = {"/usr/bin/python3", WEIR_SUPPORT_DIR "/http_server.py", dir.path().string()};
    spawn.stdin_fd = input.read.get();
    spawn.stdout_fd = output.write.get();
    return base::spawn(spawn);
  }
  int read_port() {
    std::string line;
    char c = 0;
    output.write.reset();
    while (base::read_some(output.read.get(), &c, 1, "the server") == 1 && c != '\n') line += c;
    return static_cast<int>(base::parse_int64(line).value_or(0));
  }
  [[nodiscard]] std::size_t requests() const {
    const std::string log = base::try_read_file(dir.path() / "requests.log").value_or("");
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n'));
  }
};

struct RemoteScene : Scene {
  Server server;
  std::string content = vcf_text(2000);

  RemoteScene() { base::write_file(server.dir.path() / "calls.vcf", content); }

  [[nodiscard]] Request request(const std::string& path) const {
    Request request;
    request.remote = net::parse_url("http://127.0.0.1:" + std::to_string(server.port) + path);
    return request;
  }
  [[nodiscard]] Settings remote_settings() const {
    Settings with = settings();
    with.fetch.rules.loopback_ports = {server.port};
    with.fetch.pause = [](std::chrono::milliseconds) { return true; };
    return with;
  }
  [[nodiscard]] Result fetch(const Request& wanted) const {
    return Preprocessor(remote_settings()).run(wanted, nullptr, k_never);
  }
};

}  // namespace

TEST_CASE("a source elsewhere is fetched and made into data and index") {
  RemoteScene scene;
  const Result made = scene.fetch(scene.request("/ok/calls.vcf"));
  CHECK(made.how == How::made);
  CHECK(made.data.source_name == "calls.vcf");
  CHECK(made.data.source_sha256 == base::sha256_hex(scene.content));
  REQUIRE(scene.jobs().size() == 1);
  CHECK(scene.jobs()[0].state == jobs::JobState::succeeded);
  CHECK(scene.cache_files("tmp").empty());
  // The same bytes as a file of this machine are the same artifact.
  const Result local = run(scene, request_of(scene.input("other.vcf", scene.content)));
  CHECK(local.how == How::cached);
  CHECK(local.data.key == made.data.key);
}

TEST_CASE(
    "an unchanged source is asked for its tag only, a claimed digest that is here for nothing") {
  RemoteScene scene;
  Request request = scene.request("/ok/calls.vcf");
  static_cast<void>(scene.fetch(request));
  CHECK(scene.fetch(request).how == How::cached);
  CHECK(scene.jobs().size() == 1);
  CHECK(scene.server.requests() == 2);
  request.claims.sha256 = base::sha256_hex(scene.content);
  CHECK(scene.fetch(request).how == How::cached);
  CHECK(scene.server.requests() == 2);
  request.claims = {};
  base::write_file(scene.server.dir.path() / "calls.vcf", vcf_text(20));
  CHECK(scene.fetch(request).how == How::made);
}

TEST_CASE("a wrong MD5 sum fails the job after one more fetch, and nothing is kept") {
  RemoteScene scene;
  Request request = scene.request("/ok/calls.vcf");
  request.claims.md5 = std::string(32, '0');
  const Error error = error_of([&] { static_cast<void>(scene.fetch(request)); });
  CHECK(error.code() == "md5_mismatch");
  CHECK(error.kind() == ErrorKind::input);
  CHECK(scene.server.requests() == 2);
  REQUIRE(scene.jobs().size() == 1);
  CHECK(scene.jobs()[0].state == jobs::JobState::failed);
  CHECK(scene.jobs()[0].outcome.reason == "upstream");
  CHECK(scene.cache_files("blobs").empty());
  CHECK(scene.cache_files("tmp").empty());
  // Remembered, but not for as long as wrong content is.
  CHECK(error_of([&] { static_cast<void>(scene.fetch(request)); }).code() == "md5_mismatch");
  CHECK(scene.server.requests() == 2);
  Settings forgetful = scene.remote_settings();
  forgetful.upstream_failure_memory = std::chrono::minutes(0);
  CHECK(error_of([&] {
          static_cast<void>(Preprocessor(forgetful).run(request, nullptr, k_never));
        }).code() == "md5_mismatch");
  CHECK(scene.server.requests() == 4);
}

TEST_CASE("what came with a wrong digest is kept aside when that is asked for") {
  RemoteScene scene;
  Request request = scene.request("/ok/calls.vcf");
  request.keep_rejected = true;
  request.claims.sha256 = std::string(64, '0');
  const Error error = error_of([&] { static_cast<void>(scene.fetch(request)); });
  CHECK(error.code() == "sha256_mismatch");
  REQUIRE(scene.cache_files("quarantine").size() == 1);
  const std::string kept = scene.cache_files("quarantine")[0];
  CHECK(base::contains(error.hint(), kept));
  CHECK(base::contains(kept, "rejected-" + base::sha256_hex(scene.content)));
  CHECK(base::read_file(kept) == scene.content);
  CHECK(scene.cache_files("blobs").empty());
  CHECK(scene.cache_files("tmp").empty());
  // The same bytes again, and a source that is refused for something else.
  request.retry = true;
  CHECK(error_of([&] { static_cast<void>(scene.fetch(request)); }).code() == "sha256_mismatch");
  Request missing = scene.request("/status/404/9/calls.vcf");
  missing.keep_rejected = true;
  CHECK(error_of([&] { static_cast<void>(scene.fetch(missing)); }).code() == "upstream_missing");
  CHECK(scene.cache_files("quarantine").size() == 1);
}

TEST_CASE("a wrong MD5 sum that may be wrong is told of with the job, not with the artifact") {
  RemoteScene scene;
  Request request = scene.request("/ok/calls.vcf");
  request.claims.md5 = std::string(32, '0');
  CHECK(error_of([&] { static_cast<void>(scene.fetch(request)); }).code() == "md5_mismatch");
  request.claims.md5_may_differ = true;
  const Result result = scene.fetch(request);
  CHECK(result.how == How::made);
  CHECK(scene.server.requests() == 4);
  CHECK(result.report_json.find("md5_mismatch") != std::string::npos);
  CHECK(result.data.report_json.find("md5_mismatch") == std::string::npos);
  CHECK(scene.jobs()[0].outcome.result_json.find("md5_mismatch") != std::string::npos);
  // The other digest is still what it must be.
  request.claims.sha256 = std::string(64, '0');
  CHECK(error_of([&] { static_cast<void>(scene.fetch(request)); }).code() == "sha256_mismatch");
}

TEST_CASE("a source that is not to be had now is not remembered") {
  RemoteScene scene;
  const Request request = scene.request("/status/503/6/calls.vcf");
  CHECK(error_of([&] { static_cast<void>(scene.fetch(request)); }).kind() == ErrorKind::temporary);
  CHECK(scene.fetch(request).how == How::made);
}

TEST_CASE("what is refused in a fetched file is told by its address, without its query") {
  RemoteScene scene;
  base::write_file(scene.server.dir.path() / "bad.vcf", "##fileformat=VCFv4.2\nno header line\n");
  Request request = scene.request("/ok/bad.vcf");
  request.remote->query = "signature=secret";
  const Error error = error_of([&] { static_cast<void>(scene.fetch(request)); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(base::contains(error.what(), "/ok/bad.vcf"));
  CHECK_FALSE(base::contains(error.what(), "secret"));
  CHECK_FALSE(base::contains(scene.jobs()[0].name, "secret"));
  CHECK(scene.jobs()[0].outcome.reason == "input");
}

TEST_CASE("claims hold a file of this machine, too") {
  Scene scene;
  Request request = request_of(scene.input("calls.vcf", vcf_text()));
  request.claims = {base::md5_hex(vcf_text()), base::sha256_hex(vcf_text()), {}};
  CHECK(run(scene, request).how == How::made);
  request.claims.md5 = std::string(32, '0');
  CHECK(error_of([&] { static_cast<void>(run(scene, request)); }).code() == "md5_mismatch");
  request.claims.md5_may_differ = true;
  const Result told = run(scene, request);
  CHECK(told.how == How::cached);
  CHECK(told.report_json.find("md5_mismatch") != std::string::npos);
  request.claims = {{}, {}, 7};
  CHECK(error_of([&] { static_cast<void>(run(scene, request)); }).code() == "size_mismatch");
}
