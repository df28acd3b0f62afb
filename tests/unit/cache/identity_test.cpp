#include "cache/identity.hpp"

#include "cache_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;
using namespace weir::cache;

namespace {

constexpr const char* k_md5 = "0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("spellings of one identity give one key, case of the file's name counts") {
  const std::string key = catalogue_key("4dn", "File1", k_md5, 1);
  CHECK(key == "4dn/File1/0123456789abcdef0123456789abcdef/v1");
  CHECK(catalogue_key(" 4DN ", "File1", "0123456789ABCDEF0123456789ABCDEF ", 1) == key);
  CHECK(catalogue_key("4dn", "file1", k_md5, 1) != key);
}

TEST_CASE("what could lead elsewhere is no identifier") {
  for (const std::string& bad :
       {std::string(".."), std::string("."), std::string(" "), std::string("a/b"),
        std::string("a\\b"), std::string("a%2fb"), std::string("a%2Fb"), std::string("a\0b", 3),
        std::string("a\nb"), std::string(257, 'a')}) {
    CAPTURE(bad);
    CHECK(error_of([&] { static_cast<void>(normal_local_id(bad)); }).code() == "bad_identifier");
    CHECK(error_of([&] { static_cast<void>(normal_collection(bad)); }).code() == "bad_identifier");
  }
  CHECK(normal_local_id(std::string(256, 'a')).size() == 256);
  CHECK(normal_local_id("a..b") == "a..b");
}

TEST_CASE("a digest has its digits, a processor a plain name of its own") {
  CHECK(error_of([] { static_cast<void>(normal_md5("012")); }).code() == "bad_identifier");
  CHECK(error_of([] { static_cast<void>(normal_md5(std::string(32, 'g'))); }).code() ==
        "bad_identifier");
  CHECK(error_of([] { static_cast<void>(normal_sha256(k_md5)); }).code() == "bad_identifier");
  CHECK(normal_processor_id(" tabix-interval ") == "tabix-interval");
  for (const char* bad : {"data", "index", "a b", "a/b", "", "ä"})
    CHECK(error_of([&] { static_cast<void>(normal_processor_id(bad)); }).code() ==
          "bad_identifier");
  CHECK(error_of([] { static_cast<void>(normal_kind("Data")); }).code() == "bad_identifier");
}
