#include "cache/archive.hpp"

#include "base/fault_point.hpp"
#include "base/process.hpp"
#include "cache/key.hpp"
#include "cache/put.hpp"
#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::cache;

namespace {

Artifact put(CacheFixture& f, const std::string& name, const std::string& content) {
  base::write_file(f.dir.path() / name, content);
  PutRequest request;
  request.parts.kind = "data";
  request.parts.processor_id = "put";
  request.parts.processor_version = 1;
  request.parts.parameters = {{"level", "9"}};
  request.source_name = name;
  request.suffix = ".txt";
  const base::Fd file = base::open_read(f.dir.path() / name);
  return put_file(f.store, request, file.get(), name).artifact;
}

std::string exported(CacheFixture& f) {
  base::AtomicFile file(f.dir.path() / "archive");
  export_artifacts(f.store, f.store.manifest().list({}), 3, file.fd(), "archive");
  file.commit(base::Durable::no);
  return base::read_file(f.dir.path() / "archive");
}

ImportReport import(CacheFixture& f, const std::string& archive, ImportOptions options = {}) {
  base::write_file(f.dir.path() / "incoming", archive);
  const base::Fd file = base::open_read(f.dir.path() / "incoming");
  return import_artifacts(f.store, options, file.get(), "x.tar.zst");
}

/// Nothing of a refused archive is to be seen.
void check_untouched(CacheFixture& f) {
  CHECK(f.store.manifest().list({}).empty());
  int blobs = 0;
  f.store.backend().list([&](const BlobInfo&) { ++blobs; });
  CHECK(blobs == 0);
  const std::filesystem::path scratch = f.dir.path() / "cache" / "tmp";
  if (base::file_info(scratch).has_value()) CHECK(base::list_folder(scratch).empty());
}

/// An archive made by a few lines of Python, as somebody hostile might. The script's `t` is the tar
/// file, `manifest` a list with one artifact, `blob` its bytes, `name` its member's name.
std::string forged(CacheFixture& f, const Artifact& artifact, const std::string& content,
                   const std::string& script) {
  base::write_file(f.dir.path() / "good.tar.zst", exported(f));
  const std::string program =
      "import io, json, sys, tarfile\n"
      "def add(name, data, **more):\n"
      "    info = tarfile.TarInfo(name)\n"
      "    info.size = len(data)\n"
      "    for key, value in more.items(): setattr(info, key, value)\n"
      "    t.addfile(info, io.BytesIO(data))\n"
      "manifest = json.loads(sys.argv[2])\n"
      "blob = sys.argv[3].encode()\n"
      "name = 'blobs/' + manifest['artifacts'][0]['sha256']\n"
      "def add_manifest(): add('weir-cache.json', json.dumps(manifest).encode())\n"
      "t = tarfile.open(sys.argv[1], 'w')\n" +
      script + "\nt.close()\n";
  const std::string row =
      R"({"schema":1,"artifacts":[{"key":")" + artifact.key + R"(","alias":")" + artifact.alias +
      R"(","kind":"data","sha256":")" + artifact.sha256 + R"(","size":)" +
      std::to_string(artifact.size_bytes) + R"(,"media_type":"m","suffix":".txt","source_name":")" +
      artifact.source_name + R"(","source_sha256":")" + artifact.source_sha256 +
      R"(","source_size":)" + std::to_string(artifact.source_size_bytes) +
      R"(,"processor":"put","processor_version":1,"parameters":{"level":"9"},)" +
      R"("report":{},"job_id":"","created_at_ms":1}]})";
  base::SpawnOptions options;
  options.argv = {
      "/usr/bin/python3", "-c", program, (f.dir.path() / "forged.tar").string(), row, content};
  const base::CommandResult result = base::run_command(options);
  INFO(result.errors);
  REQUIRE(result.exit.status == 0);
  return base::read_file(f.dir.path() / "forged.tar");
}

}  // namespace

TEST_CASE("an exported cache comes back whole in another one") {
  CacheFixture f;
  const Artifact a = put(f, "a.txt", "content of a");
  const Artifact b = put(f, "b.txt", "");
  const std::string archive = exported(f);
  CHECK(archive == exported(f));
  CacheFixture g;
  const ImportReport report = import(g, archive);
  CHECK(report.added == 2);
  CHECK(report.blobs == 2);
  CHECK(report.bytes == 12);
  const std::optional<Artifact> found = g.store.find(a.key);
  REQUIRE(found.has_value());
  CHECK(found->alias == a.alias);
  CHECK(found->parameters_json == a.parameters_json);
  CHECK(found->suffix == ".txt");
  CHECK(g.store.find(b.key).has_value());
  CHECK(g.store.verify(1).bad.empty());
  const ImportReport again = import(g, archive);
  CHECK(again.added == 0);
  CHECK(again.present == 2);
  CHECK(base::list_folder(g.dir.path() / "cache" / "tmp").empty());
}

TEST_CASE("a dry run of an import checks everything and changes nothing") {
  CacheFixture f;
  put(f, "a.txt", "content");
  CacheFixture g;
  CHECK(import(g, exported(f), {.bytes_max = 0, .dry_run = true}).added == 1);
  CHECK(g.store.manifest().list({}).empty());
}

TEST_CASE("an archive that is cut off, damaged, too large or none is refused whole") {
  CacheFixture f;
  put(f, "a.txt", std::string(100000, 'a') + "end");
  put(f, "b.txt", "b");
  std::string archive = exported(f);
  ImportOptions options;
  std::string code = "archive_truncated";
  SUBCASE("cut off") {
    archive.resize(archive.size() / 2);
  }
  SUBCASE("too large") {
    options.bytes_max = 1000;
    code = "archive_too_large";
  }
  SUBCASE("no archive") {
    archive = "hello";
    code = "archive_corrupt";
  }
  CacheFixture g;
  const Error error = error_of([&] { import(g, archive, options); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK((error.code() == code || error.code() == "archive_corrupt" ||
         error.code() == "not_an_archive"));
  if (options.bytes_max > 0) CHECK(error.code() == code);
  check_untouched(g);
}

TEST_CASE("members that are no plain file the list tells of are refused, and nothing is imported") {
  CacheFixture f;
  const Artifact artifact = put(f, "a.txt", "content");
  std::string script;
  std::string code = "archive_unsafe";
  SUBCASE("a name that leads out") {
    script = "add_manifest(); add('../outside', b'x'); add(name, blob)";
  }
  SUBCASE("an absolute name") {
    script = "add_manifest(); add('/tmp/weir-outside', b'x'); add(name, blob)";
  }
  SUBCASE("a symbolic link") {
    script = "add_manifest(); add(name, b'', type=tarfile.SYMTYPE, linkname='/etc/passwd')";
  }
  SUBCASE("a hard link") {
    script = "add_manifest(); add(name, b'', type=tarfile.LNKTYPE, linkname='weir-cache.json')";
  }
  SUBCASE("a device") {
    script = "add_manifest(); add(name, b'', type=tarfile.CHRTYPE, devmajor=1, devminor=3)";
  }
  SUBCASE("a folder") {
    script = "add_manifest(); add('blobs', b'', type=tarfile.DIRTYPE); add(name, blob)";
  }
  SUBCASE("a member too many") {
    script = "add_manifest(); add(name, blob); add('blobs/' + 'ab' * 32, b'x')";
  }
  SUBCASE("a member twice") {
    script = "add_manifest(); add(name, blob); add(name, blob)";
  }
  SUBCASE("another size") {
    script = "add_manifest(); add(name, blob + b'!')";
  }
  SUBCASE("other bytes") {
    script = "add_manifest(); add(name, b'CONTENT')";
    code = "sha256_mismatch";
  }
  SUBCASE("a member missing") {
    script = "add_manifest()";
    code = "archive_truncated";
  }
  SUBCASE("no list") {
    script = "add(name, blob)";
    code = "not_an_archive";
  }
  SUBCASE("a key of its own making") {
    script = "manifest['artifacts'][0]['key'] = 'ab' * 32; add_manifest(); add(name, blob)";
    code = "archive_corrupt";
  }
  SUBCASE("an ending that leads out") {
    script = "manifest['artifacts'][0]['suffix'] = '/../x'; add_manifest(); add(name, blob)";
    code = "archive_corrupt";
  }
  SUBCASE("a newer version") {
    script = "manifest['schema'] = 2; add_manifest(); add(name, blob)";
    code = "archive_newer";
  }
  CacheFixture g;
  const Error error = error_of([&] { import(g, forged(f, artifact, "content", script)); });
  CHECK(error.code() == code);
  CHECK(error.kind() == ErrorKind::input);
  check_untouched(g);
}

TEST_CASE("an artifact that is here with other bytes stays, and nothing else comes in") {
  CacheFixture f;
  const Artifact artifact = put(f, "a.txt", "content");
  put(f, "b.txt", "more");
  const std::string archive = exported(f);
  CacheFixture g;
  g.put("other");
  Artifact other = artifact;
  other.sha256 = base::sha256_hex("other");
  other.size_bytes = 5;
  REQUIRE(g.store.manifest().record(other) == Recorded::fresh);
  CHECK(error_of([&] { import(g, archive); }).code() == "divergent");
  CHECK(g.store.manifest().list({}).size() == 1);
  CHECK(g.store.find(artifact.key)->sha256 == other.sha256);
}

TEST_CASE("a damaged blob ends an export") {
  CacheFixture f;
  const Artifact artifact = put(f, "a.txt", "content");
  const std::filesystem::path path = *f.store.backend().local_path(artifact.sha256);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  base::write_file(path, "CONTENT");
  CHECK(error_of([&] { exported(f); }).code() == "blob_corrupt");
  CHECK_FALSE(base::file_info(f.dir.path() / "archive").has_value());
}

TEST_CASE("an import that breaks off at any point shows nothing, and can be done again") {
  CacheFixture f;
  put(f, "a.txt", "content");
  put(f, "b.txt", "more");
  const std::string archive = exported(f);
  std::vector<std::string> points;
  {
    CacheFixture g;
    base::set_fault_hook([&](std::string_view name) { points.emplace_back(name); });
    import(g, archive);
    base::set_fault_hook({});
  }
  REQUIRE(points.size() >= 10);
  for (std::size_t point = 0; point < points.size(); ++point) {
    CAPTURE(points[point]);
    CacheFixture g;
    std::size_t left = point;
    base::set_fault_hook([&](std::string_view) {
      if (left-- == 0) throw Error(ErrorKind::temporary, "no space left on device");
    });
    CHECK(error_of([&] { import(g, archive); }).kind() == ErrorKind::temporary);
    base::set_fault_hook({});
    CHECK(g.store.manifest().list({}).empty());
    CHECK(import(g, archive).added == 2);
    CHECK(g.store.verify(1).bad.empty());
  }
}

TEST_CASE("the same file put again changes nothing; other bytes under its key are refused") {
  CacheFixture f;
  const Artifact first = put(f, "a.txt", "content");
  CHECK(first.key == put(f, "a.txt", "content").key);
  CHECK(f.store.manifest().list({}).size() == 1);
  base::write_file(f.dir.path() / "b.txt", "other");
  PutRequest request;
  request.parts = {first.source_sha256, "data", "put", 1, {{"level", "9"}}};
  request.source_name = "a.txt";
  const base::Fd file = base::open_read(f.dir.path() / "b.txt");
  CHECK(error_of([&] { put_file(f.store, request, file.get(), "b.txt"); }).code() == "divergent");
  CHECK(f.store.find(first.key)->sha256 == base::sha256_hex("content"));
}
