// The fetcher against a real server (tests/support/http_server.py) that cuts connections, lies
// about lengths and redirects, as asked by the path.
#include "net/fetcher.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "net/curl_client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::net;
using std::chrono::milliseconds;

namespace {

const std::atomic<bool> k_never{false};

struct Scene {
  base::TempDir dir;
  base::Pipe input = base::make_pipe();
  base::Pipe output = base::make_pipe();
  base::Child server = start();
  int port = read_port();
  std::string content = std::string(300000, 'a') + "the end\n";
  FetchOptions options;
  std::vector<milliseconds> pauses;

  Scene() {
    base::write_file(dir.path() / "file", content);
    options.rules.loopback_ports = {port};
    options.pause = [this](milliseconds length) {
      pauses.push_back(length);
      return true;
    };
  }
  ~Scene() {
    input.write.reset();
    server.wait();
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

  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port) + path;
  }

  Fetched fetch(const std::string& path, Claims claims = {}, std::string known_etag = {}) {
    const std::string address = looks_like_url(path) ? path : url(path);
    CurlClient client;
    Fetcher fetcher(options, client);
    return fetcher.fetch(
        {parse_url(address), dir.path() / "target", std::move(claims), std::move(known_etag)},
        nullptr, k_never);
  }

  Error error(const std::string& path, Claims claims = {}) {
    try {
      static_cast<void>(fetch(path, std::move(claims)));
    } catch (const Error& caught) {
      return caught;
    }
    return {ErrorKind::bug, "nothing was thrown"};
  }

  [[nodiscard]] std::string fetched_text() const { return base::read_file(dir.path() / "target"); }
  /// Lines of the server's log.
  [[nodiscard]] std::vector<std::string> requests() const {
    std::vector<std::string> lines;
    const std::string log = base::try_read_file(dir.path() / "requests.log").value_or("");
    for (const std::string_view line : base::split(log, '\n'))
      if (!line.empty()) lines.emplace_back(line);
    return lines;
  }
};

}  // namespace

TEST_CASE("a file comes with its digests, its size and its entity tag") {
  Scene scene;
  const Fetched fetched = scene.fetch("/ok/file");
  CHECK(scene.fetched_text() == scene.content);
  CHECK(fetched.sha256 == base::sha256_hex(scene.content));
  CHECK(fetched.md5 == base::md5_hex(scene.content));
  CHECK(fetched.etag == "\"" + fetched.md5 + "\"");
  CHECK(fetched.size_bytes == static_cast<std::int64_t>(scene.content.size()));
  CHECK(fetched.requests == 1);
  CHECK(scene.fetch("/ok/file", {}, fetched.etag).not_modified);
}

TEST_CASE("claims that hold are no trouble, an empty file is a file") {
  Scene scene;
  scene.fetch("/ok/file", {base::md5_hex(scene.content), base::sha256_hex(scene.content),
                           static_cast<std::int64_t>(scene.content.size())});
  base::write_file(scene.dir.path() / "empty", "");
  CHECK(scene.fetch("/ok/empty").size_bytes == 0);
}

TEST_CASE(
    "a connection cut at 60 % goes on where it broke, when the tag is strong and still holds") {
  Scene scene;
  const Fetched fetched = scene.fetch("/broken/file");
  CHECK(scene.fetched_text() == scene.content);
  CHECK(fetched.sha256 == base::sha256_hex(scene.content));
  CHECK(fetched.resumed == 1);
  CHECK(scene.pauses.size() == 1);
  const auto requests = scene.requests();
  REQUIRE(requests.size() == 2);
  CHECK(base::contains(requests[1], " bytes=180004- \"" + fetched.md5 + "\" "));
}

TEST_CASE("a weak tag, or one that changed, means the whole file again") {
  Scene scene;
  std::string path = "/broken-weak/file";
  std::string expected = scene.content;
  SUBCASE("weak") {}
  SUBCASE("changed") {
    expected = std::string(250000, 'b');
    base::write_file(scene.dir.path() / "other", expected);
    path = "/broken-changed/file/other";
  }
  const Fetched fetched = scene.fetch(path);
  CHECK(scene.fetched_text() == expected);
  CHECK(fetched.sha256 == base::sha256_hex(expected));
  CHECK(fetched.resumed == 0);
  CHECK(fetched.requests == 2);
}

TEST_CASE("a wrong digest is fetched once more, then believed") {
  Scene scene;
  const Claims right{base::md5_hex(scene.content), {}, {}};
  const Fetched fetched = scene.fetch("/wrong-once/file", right);
  CHECK(fetched.refetched == 1);
  CHECK(scene.fetched_text() == scene.content);
  const Error error = scene.error("/ok/file", {std::string(32, '0'), {}, {}});
  CHECK(error.kind() == ErrorKind::input);
  CHECK(error.code() == "md5_mismatch");
  CHECK(scene.requests().size() == 4);
  CHECK(scene.error("/ok/file", {{}, std::string(64, '0'), {}}).code() == "sha256_mismatch");
}

TEST_CASE("longer than claimed is refused for good, shorter is for another time") {
  Scene scene;
  const Error longer = scene.error("/ok/file", {{}, {}, 10});
  CHECK(longer.code() == "size_mismatch");
  CHECK(longer.kind() == ErrorKind::input);
  const Error shorter = scene.error("/ok/file", {{}, {}, 10'000'000});
  CHECK(shorter.code() == "size_mismatch");
  CHECK(shorter.kind() == ErrorKind::temporary);
  CHECK(scene.requests().size() < 20);
  // Without a length the claim is all there is to stop it.
  CHECK(scene.error("/endless", {{}, {}, 1'000'000}).code() == "size_mismatch");
  scene.options.bytes_max = 1'000'000;
  CHECK(scene.error("/endless").code() == "source_too_large");
}

TEST_CASE("a busy server is asked again, not sooner than it wishes, and not for ever") {
  Scene scene;
  scene.fetch("/status/503/2/file");
  CHECK(scene.pauses == std::vector<milliseconds>{milliseconds(7000), milliseconds(7000)});
  const Error error = scene.error("/status/503/99/file");
  CHECK(error.kind() == ErrorKind::temporary);
  CHECK(error.code() == "upstream_unavailable");
  CHECK(scene.requests().size() == 3 + 5);
  // Cut at the same place again and again.
  CHECK(scene.error("/always-broken/file").code() == "upstream_unavailable");
}

TEST_CASE("a source is described without its bytes") {
  Scene scene;
  CurlClient client;
  Fetcher fetcher(scene.options, client);
  const auto describe = [&](const std::string& path) {
    return fetcher.describe(parse_url(scene.url(path)), k_never);
  };
  const auto code_of = [&](const std::string& path) {
    try {
      static_cast<void>(describe(path));
    } catch (const Error& error) {
      return error.code();
    }
    return std::string();
  };
  const Described found = describe("/redirect?to=/ok/file");
  CHECK(found.size_bytes == static_cast<std::int64_t>(scene.content.size()));
  CHECK(found.etag == "\"" + base::md5_hex(scene.content) + "\"");
  CHECK(code_of("/nothing") == "upstream_missing");
  CHECK(code_of("/status/403/9/file") == "upstream_denied");
  CHECK(scene.pauses.empty());
  CHECK(describe("/status/503/2/file").size_bytes == found.size_bytes);
  CHECK(scene.pauses.size() == 2);
  CHECK(code_of("/status/503/99/file") == "upstream_unavailable");
}

TEST_CASE("by the user's own word any host may be asked, and may send pages and messages") {
  Scene scene;
  scene.options.rules = {};
  CHECK(scene.error("/ok/file").code() == "blocked_scheme");
  scene.options.rules.anywhere = true;
  scene.fetch("/ok/file");
  CHECK(scene.fetched_text() == scene.content);
  CHECK(scene.error("/message").code() == "upstream_error_page");
  CHECK(scene.error("/redirect?to=ftp://localhost/x").code() == "blocked_scheme");
  scene.options.documents = true;
  scene.fetch("/message");
  CHECK(scene.fetched_text().starts_with("{"));
}

TEST_CASE("no and never are told apart") {
  Scene scene;
  CHECK(scene.error("/nothing").code() == "upstream_missing");
  CHECK(scene.error("/status/403/9/file").code() == "upstream_denied");
  CHECK(scene.error("/status/403/9/file").kind() == ErrorKind::not_permitted);
  CHECK(scene.error("/status/400/9/file").code() == "upstream_refused");
  CHECK(scene.requests().size() == 4);
}

TEST_CASE("pages, messages and encoded answers are no files") {
  Scene scene;
  CHECK(scene.error("/page").code() == "upstream_error_page");
  CHECK(scene.error("/message").code() == "upstream_error_page");
  CHECK(scene.error("/encoded").code() == "content_encoding");
  for (const std::string code : {"upstream_error_page", "content_encoding", "md5_mismatch"})
    CHECK(is_upstream_code(code));
  CHECK_FALSE(is_upstream_code("bad_integer"));
}

TEST_CASE("redirects are followed at most five times, and each is held against the rules") {
  Scene scene;
  const Fetched fetched = scene.fetch("/redirect?to=/ok/file");
  CHECK(scene.fetched_text() == scene.content);
  CHECK(fetched.from.path == "/ok/file");
  CHECK(fetched.requests == 2);
  CHECK(scene.error("/circle/x").code() == "bad_redirect");
  CHECK(scene.error("/redirect?to=file:///etc/passwd").code() == "bad_redirect");
  CHECK(scene.error("/redirect?to=ftp://localhost/x").code() == "blocked_scheme");
  CHECK(scene.error("/redirect?to=https://10.0.0.1/x").code() == "blocked_address");
  CHECK(scene.error("/redirect?to=https://user@host/x").code() == "bad_redirect");
}

TEST_CASE("a redirect to another service on this machine is blocked before anything is sent") {
  Scene scene;
  Scene victim;
  const Error error = scene.error("/redirect?to=" + victim.url("/ok/file"));
  CHECK(error.code() == "blocked_address");
  CHECK(error.kind() == ErrorKind::not_permitted);
  CHECK(victim.requests().empty());
}

TEST_CASE("nobody listening is for another time") {
  Scene scene;
  std::string url;
  {
    const Scene other;
    url = other.url("/ok/file");
    scene.options.rules.loopback_ports.push_back(other.port);
  }
  const Error error = scene.error(url);
  CHECK(error.kind() == ErrorKind::temporary);
  CHECK(scene.pauses.size() == 4);
}

TEST_CASE("a DRS object is resolved, with its access step, headers and checksum") {
  Scene scene;
  const std::string drs = "drs://127.0.0.1:" + std::to_string(scene.port) + "/";
  const Fetched direct = scene.fetch(drs + "direct");
  CHECK(scene.fetched_text() == scene.content);
  CHECK(direct.from.path == "/ok/file");
  CHECK(base::contains(scene.requests().back(), "/ok/file - - - secret"));
  const Fetched stepwise = scene.fetch(drs + "object");
  CHECK(stepwise.sha256 == direct.sha256);
  REQUIRE(scene.pauses.size() == 1);
  CHECK(scene.pauses[0] >= milliseconds(3000));
  CHECK(scene.error(drs + "wrong").code() == "md5_mismatch");
  CHECK(scene.error(drs + "s3only").code() == "drs_unusable");
  CHECK(scene.error(drs + "moved").code() == "bad_redirect");
  CHECK(scene.error("drs://127.0.0.1:" + std::to_string(scene.port)).code() == "drs_unusable");
}

TEST_CASE("a wish to stop ends a fetch") {
  Scene scene;
  const std::atomic<bool> stop{true};
  CurlClient client;
  Fetcher fetcher(scene.options, client);
  try {
    static_cast<void>(fetcher.fetch(
        {parse_url(scene.url("/endless")), scene.dir.path() / "target", {}, {}}, nullptr, stop));
    FAIL("went on");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::cancelled);
  }
}
