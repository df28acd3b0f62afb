#include "runs/run_log.hpp"

#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;
using namespace weir::runs;
using Which = RunLogReader::Which;

namespace {

/// Everything that a reader hands out, streams marked.
std::string read_all(RunLogReader& reader) {
  std::string text;
  CHECK(reader.read([&](const RunLogReader::Piece& piece) {
    text += piece.stream == Stream::out ? "o[" : "e[";
    text += std::string(piece.bytes) + "]";
    return true;
  }));
  return text;
}

}  // namespace

TEST_CASE("two streams are read back in the order they were written") {
  base::TempDir dir;
  RunLog log(dir.path());
  log.write(Stream::out, "1\n");
  log.write(Stream::err, "2\n");
  log.write(Stream::out, "3\n");
  log.write(Stream::out, "4\n");
  RunLogReader reader(dir.path(), Which::both);
  CHECK(read_all(reader) == "o[1\n]e[2\n]o[3\n4\n]");
  CHECK(read_all(reader).empty());
  log.write(Stream::err, "5\n");
  log.write(Stream::out, "6\n");
  CHECK(read_all(reader) == "e[5\n]o[6\n]");
  RunLogReader only_err(dir.path(), Which::err);
  CHECK(read_all(only_err) == "e[2\n]e[5\n]");
}

TEST_CASE("reading goes on exactly at every position") {
  base::TempDir dir;
  RunLog log(dir.path());
  for (int i = 0; i < 20; ++i) log.write(i % 3 == 0 ? Stream::err : Stream::out, "line\n");
  RunLogReader whole(dir.path(), Which::both);
  std::string all;
  std::vector<std::pair<jobs::Cursor, std::size_t>> places;
  static_cast<void>(whole.read([&](const RunLogReader::Piece& piece) {
    all += piece.bytes;
    places.emplace_back(whole.position(), all.size());
    return true;
  }));
  for (const auto& [position, size] : places) {
    RunLogReader rest(dir.path(), Which::both, position);
    std::string text = all.substr(0, size);
    static_cast<void>(rest.read([&](const RunLogReader::Piece& piece) {
      text += piece.bytes;
      return true;
    }));
    CHECK(text == all);
  }
}

TEST_CASE("logs that somebody else writes are put in order as they are seen to grow") {
  base::TempDir dir;
  RunLog log(dir.path());
  base::write_file(dir.path() / "other", "");
  const auto append = [&](const char* name, const char* text) {
    const base::Fd fd = base::open_append(dir.path() / name);
    base::write_all(fd.get(), text, name);
  };
  append("stderr.log", "first\n");
  CHECK(log.note_growth());
  append("stdout.log", "second\n");
  CHECK(log.note_growth());
  CHECK_FALSE(log.note_growth());
  append("stderr.log", "third, not noted yet\n");
  RunLogReader reader(dir.path(), Which::both);
  CHECK(read_all(reader) == "e[first\n]o[second\n]e[third, not noted yet\n]");
}

TEST_CASE("a log that is cut short or replaced is read anew, and that is told") {
  base::TempDir dir;
  base::write_file(dir.path() / "stdout.log", "a long beginning\n");
  RunLogReader reader(dir.path(), Which::out);
  CHECK(read_all(reader) == "o[a long beginning\n]");
  base::write_file(dir.path() / "stdout.log", "new\n");
  CHECK(read_all(reader) == "o[new\n]");
  CHECK(reader.restarts() == 1);
}

TEST_CASE("the last lines are found across both streams") {
  base::TempDir dir;
  RunLog log(dir.path());
  log.write(Stream::out, "1\n2\n");
  log.write(Stream::err, "3\n");
  log.write(Stream::out, "4\n");
  const auto tail = [&](std::int64_t lines) {
    RunLogReader reader(dir.path(), Which::both, tail_position(dir.path(), Which::both, lines));
    std::string text;
    static_cast<void>(reader.read([&](const RunLogReader::Piece& piece) {
      text += piece.bytes;
      return true;
    }));
    return text;
  };
  CHECK(tail(0).empty());
  CHECK(tail(1) == "4\n");
  CHECK(tail(2) == "3\n4\n");
  CHECK(tail(3) == "2\n3\n4\n");
  CHECK(tail(9) == "1\n2\n3\n4\n");
  CHECK(log_preview(dir.path(), 2) == std::vector<std::string>{"3", "4"});
}
