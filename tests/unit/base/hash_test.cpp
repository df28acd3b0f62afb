#include "base/hash.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/random.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace weir::base;

TEST_SUITE("hash") {
  TEST_CASE("digests equal the published test vectors") {
    // FIPS 180-2 appendix B.1; RFC 1321 appendix A.5.
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
  }

  TEST_CASE("a file's digest is that of its bytes") {
    const TempDir dir;
    write_file(dir.path() / "f", std::string(3'000'000, 'a'));
    CHECK(sha256_file(dir.path() / "f") == sha256_hex(std::string(3'000'000, 'a')));
  }

  TEST_CASE("streaming in parts gives the hash of the whole") {
    FastHasher hasher;
    hasher.update("ab");
    const FastHasher copy(hasher);
    hasher.update("c");
    CHECK(hasher.finish() == fast_hash("abc"));
    CHECK(copy.finish() == fast_hash("ab"));
    CHECK(fast_hash("abc").hex().size() == 32);
  }
}

TEST_SUITE("clock") {
  TEST_CASE("times are printed as RFC 3339 in UTC") {
    CHECK(to_rfc3339(from_millis(0)) == "1970-01-01T00:00:00.000Z");
    CHECK(to_rfc3339(from_millis(1769860800123)) == "2026-01-31T12:00:00.123Z");
    CHECK(to_rfc3339(from_millis(-1)) == "1969-12-31T23:59:59.999Z");
  }

  TEST_CASE("the boot clock only rises") {
    const auto first = now_boot();
    CHECK(now_boot() >= first);
    CHECK(boot_id().size() == 36);
  }
}

TEST_SUITE("random") {
  TEST_CASE("drawn names differ and have the length asked for") {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random_hex(12));
    CHECK(seen.size() == 1000);
    CHECK(random_hex(33).size() == 33);
  }
}
