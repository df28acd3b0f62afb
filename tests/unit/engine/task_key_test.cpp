#include "engine/task_key.hpp"

#include "base/file.hpp"
#include "engine/task_hash.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir::engine;
using weir::base::TempDir;

namespace {

std::string no_files(std::string_view path) {
  return std::string(path);
}

TaskKey key_of(const std::vector<KeyPart>& parts, std::string_view run = "run-1") {
  return compute_key(run, parts, no_files);
}

KeyPart list_of(const std::vector<std::string>& items, bool unordered) {
  KeyText text;
  unordered ? text.begin_unordered() : text.begin_list();
  for (const std::string& item : items) text.add_text(item);
  unordered ? text.end_unordered() : text.end_list();
  return text.finish("input x");
}

}  // namespace

TEST_SUITE("key text") {
  TEST_CASE("values that differ give different texts") {
    const auto text = [](auto add) {
      KeyText value;
      add(value);
      return value.finish("v").text;
    };
    const std::vector<std::string> texts{
        text([](KeyText& v) { v.add_int(5, 4); }),
        text([](KeyText& v) { v.add_int(5, 8); }),
        text([](KeyText& v) { v.add_double(5, 8); }),
        text([](KeyText& v) { v.add_decimal("5"); }),
        text([](KeyText& v) { v.add_text("5"); }),
        text([](KeyText& v) { v.add_bool(true); }),
        text([](KeyText& v) { v.add_null(); }),
        text([](KeyText& v) { v.add_file("5"); }),
        list_of({"a", "b"}, false).text,
        list_of({"a,b"}, false).text,
        list_of({"a','b"}, false).text,
        list_of({}, false).text,
    };
    for (std::size_t i = 0; i < texts.size(); ++i) {
      for (std::size_t j = i + 1; j < texts.size(); ++j) CHECK(texts[i] != texts[j]);
    }
  }

  TEST_CASE("lists keep their order, maps and sets do not have one") {
    CHECK(list_of({"a", "b"}, false).text != list_of({"b", "a"}, false).text);
    CHECK(list_of({"a", "b"}, true).text == list_of({"b", "a"}, true).text);
  }

  TEST_CASE("a text cannot pass for a file") {
    KeyText value;
    value.add_text(std::string(1, k_file_mark) + "/etc/passwd" + k_file_mark);
    const KeyPart part = value.finish("v");
    CHECK_FALSE(part.has_files);
    CHECK(part.text.find(k_file_mark) == std::string::npos);
  }
}

TEST_SUITE("task hash") {
  TEST_CASE("each of run, name and text counts, and so does the order of parts") {
    const KeyPart a = text_part("script", "echo 1");
    const KeyPart b = text_part("process", "P");
    const auto base = key_of({a, b}).hash;
    CHECK(base == key_of({a, b}).hash);
    CHECK(base != key_of({b, a}).hash);
    CHECK(base != key_of({a, b}, "run-2").hash);
    CHECK(base != key_of({text_part("script", "echo 2"), b}).hash);
    CHECK(base != key_of({text_part("other", "echo 1"), b}).hash);
    CHECK(base != key_of({a}).hash);
  }

  TEST_CASE("the boundary between parts cannot move") {
    CHECK(key_of({text_part("ab", "c")}).hash != key_of({text_part("a", "bc")}).hash);
  }

  TEST_CASE("each try has its own directory, named by 2 and 30 digits") {
    const TaskKey key = key_of({text_part("a", "b")});
    const std::string first = directory_name(directory_hash(key, 1));
    CHECK(first.size() == 33);
    CHECK(first[2] == '/');
    CHECK(first != directory_name(directory_hash(key, 2)));
  }

  TEST_CASE("files are taken by path, size and time, or less, or content") {
    const TempDir dir;
    const std::string path = (dir.path() / "x").native();
    weir::base::write_file(path, "abc");
    const std::string standard = file_fingerprint(path, CacheMode::standard, "");
    const std::string lenient = file_fingerprint(path, CacheMode::lenient, "");
    const std::string deep = file_fingerprint(path, CacheMode::deep, "");
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) + std::chrono::seconds(5));
    CHECK(standard != file_fingerprint(path, CacheMode::standard, ""));
    CHECK(lenient == file_fingerprint(path, CacheMode::lenient, ""));
    CHECK(deep == file_fingerprint(path, CacheMode::deep, ""));
    weir::base::write_file(path, "abd");
    CHECK(lenient == file_fingerprint(path, CacheMode::lenient, ""));
    CHECK(deep != file_fingerprint(path, CacheMode::deep, ""));
    weir::base::write_file(path, "abcd");
    CHECK(lenient != file_fingerprint(path, CacheMode::lenient, ""));
  }

  TEST_CASE("below a revision's folder the content counts, not the place or the time") {
    const TempDir one;
    const TempDir two;
    for (const TempDir* dir : {&one, &two}) weir::base::write_file(dir->path() / "x", "same");
    const auto print = [](const TempDir& dir) {
      return file_fingerprint((dir.path() / "x").native(), CacheMode::standard,
                              dir.path().native());
    };
    CHECK(print(one) == print(two));
  }

  TEST_CASE("a missing file has a fingerprint of its own, deep folders hold their files") {
    const TempDir dir;
    const std::string folder = (dir.path() / "f").native();
    CHECK(file_fingerprint(folder, CacheMode::deep, "").find("missing") != std::string::npos);
    weir::base::make_folders(folder + "/sub");
    weir::base::write_file(folder + "/sub/a", "1");
    const std::string before = file_fingerprint(folder, CacheMode::deep, "");
    weir::base::write_file(folder + "/sub/a", "2");
    CHECK(before != file_fingerprint(folder, CacheMode::deep, ""));
  }

  TEST_CASE("fingerprints replace the marks and show in the components") {
    KeyText value;
    value.begin_list();
    value.add_file("/x");
    value.add_file("/y");
    value.end_list();
    const TaskKey key = compute_key("r", {value.finish("input")}, [](std::string_view path) {
      return "<" + std::string(path) + ">";
    });
    REQUIRE(key.components.size() == 1);
    CHECK(key.components[0].shown == "[</x>,</y>]");
  }
}
