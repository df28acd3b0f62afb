#include "engine/seal.hpp"

#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::engine;

namespace {

Seal sample() {
  Seal seal;
  seal.task = "ALIGN (a\tb\nc\\d)";
  seal.attempt = 2;
  seal.exit_status = 0;
  seal.usage = {1, 2, 3, 4, 5, 6, 7};
  seal.declaration = {11, 12};
  seal.files = {{0, "out/a b.txt", false, 12, 34}, {1, "dir\nnew", true, 4096, -5}};
  seal.env = {std::string("x\ny"), std::nullopt, std::string("")};
  seal.eval = {"1.2", ""};
  seal.context = std::string("\0bytes\n", 7);
  seal.key = {{"script", {1, 2}, "echo"}, {"input x", {3, 0xFFFFFFFFFFFFFFFF}, "a\tb"}};
  return seal;
}

}  // namespace

TEST_SUITE("seal") {
  TEST_CASE("what is sealed comes back, whatever bytes it holds") {
    const Seal seal = sample();
    const auto back = decode_seal(encode_seal(seal));
    REQUIRE(back.has_value());
    CHECK(back->task == seal.task);
    CHECK(back->attempt == 2);
    CHECK(back->usage.peak_rss_bytes == 7);
    CHECK(back->usage.submit_ms == 1);
    CHECK(back->declaration == seal.declaration);
    CHECK(back->files == seal.files);
    CHECK(back->env == seal.env);
    CHECK(back->eval == seal.eval);
    CHECK(back->context == seal.context);
    CHECK(back->key == seal.key);
  }

  TEST_CASE("a seal that is cut short anywhere is no seal") {
    const std::string bytes = encode_seal(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
      CHECK_FALSE(decode_seal(std::string_view(bytes).substr(0, size)).has_value());
  }

  TEST_CASE("a seal with any changed byte is no seal") {
    const std::string bytes = encode_seal(sample());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK_FALSE(decode_seal(changed).has_value());
    }
  }

  TEST_CASE("another version is no seal of ours") {
    std::string bytes = "weir-seal 2\ntask\tx\n";
    bytes += "end\t" + weir::base::fast_hash(bytes).hex() + "\n";
    CHECK_FALSE(decode_seal(bytes).has_value());
  }

  TEST_CASE("seals of every released version are read") {
    const auto bytes = weir::base::read_file(WEIR_COMPAT_DIR "/engine/seal-1.txt");
    const auto seal = decode_seal(bytes);
    REQUIRE(seal.has_value());
    CHECK(seal->task == "ALIGN (s1)");
    CHECK(seal->usage.realtime_ms == 1229);
    REQUIRE(seal->files.size() == 2);
    CHECK(seal->files[0] == SealedFile{0, "s1.bam", false, 48213, 1767225601200000000});
    CHECK(seal->files[1].is_folder);
    CHECK(seal->env == std::vector<std::optional<std::string>>{"1.21\tb"});
    CHECK(seal->key.size() == 2);
  }

  TEST_CASE("output declarations that find other files have another hash") {
    TaskSpec spec;
    spec.path_outputs.push_back({.patterns = {"*.txt"}, .type = {}, .arity = {}});
    const auto before = declaration_hash(spec);
    spec.path_outputs[0].optional = true;
    CHECK(before != declaration_hash(spec));
    spec.path_outputs[0].optional = false;
    CHECK(before == declaration_hash(spec));
    spec.path_outputs[0].patterns = {"*.tx", "t"};
    CHECK(before != declaration_hash(spec));
  }

  TEST_CASE("two keys tell what changed, came and went") {
    const std::vector<KeyComponent> before{{"script", {1, 1}, "echo 1"}, {"gone", {2, 2}, "g"}};
    const std::vector<KeyComponent> after{{"script", {1, 2}, "echo 2"}, {"new", {3, 3}, "n"}};
    const auto changes = compare_keys(before, after);
    REQUIRE(changes.size() == 3);
    CHECK(changes[0].name == "script");
    CHECK(changes[0].before == "echo 1");
    CHECK(changes[0].after == "echo 2");
    CHECK(changes[1].after.empty());
    CHECK(changes[2].before.empty());
    CHECK(compare_keys(before, before).empty());
  }
}
