#include "cache/key.hpp"

#include "base/hash.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace weir::cache;

namespace {

KeyParts parts() {
  return {.source_sha256 = std::string(64, 'a'),
          .kind = "data",
          .processor_id = "tabix-interval",
          .processor_version = 2,
          .parameters = {{"level", "6"}, {"codec", "libdeflate"}}};
}

}  // namespace

TEST_CASE("a key is the digest of the canonical text that the README states") {
  CHECK(key_of(parts()) ==
        weir::base::sha256_hex(R"({"kind":"data","parameters":{"codec":"libdeflate","level":"6"},)"
                               R"("processor":"tabix-interval","processor_version":2,"source":")" +
                               std::string(64, 'a') + R"(","version":1})"));
}

TEST_CASE("every part changes the key") {
  const std::string key = key_of(parts());
  KeyParts other = parts();
  other.source_sha256.back() = 'b';
  CHECK(key_of(other) != key);
  other = parts();
  other.kind = "index";
  CHECK(key_of(other) != key);
  other = parts();
  other.processor_id = "x";
  CHECK(key_of(other) != key);
  other = parts();
  other.processor_version = 3;
  CHECK(key_of(other) != key);
  other = parts();
  other.parameters["level"] = "7";
  CHECK(key_of(other) != key);
  CHECK(key_of(parts()) == key);
}

TEST_CASE("an alias has five segments and cannot lead anywhere") {
  CHECK(alias_of(parts(), "local", "calls.vcf.gz") ==
        "local/calls.vcf.gz/data/tabix-interval/aaaaaaaaaaaaaaaa-v2");
  for (const char* name : {"..", ".", "", "a/b", "a\\b", "a b", "\n", "../../etc/passwd"}) {
    const std::string alias = alias_of(parts(), "local", name);
    CAPTURE(alias);
    CHECK(std::count(alias.begin(), alias.end(), '/') == 4);
    CHECK(alias.find("/../") == std::string::npos);
    CHECK(alias.find("/./") == std::string::npos);
    CHECK(alias.find("//") == std::string::npos);
  }
}

TEST_CASE("only 64 lower-case hexadecimal digits name a blob") {
  CHECK(is_digest(std::string(64, 'f')));
  for (const std::string& text :
       {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
        std::string(64, 'g'), "../" + std::string(61, 'a')}) {
    CHECK_FALSE(is_digest(text));
  }
}
