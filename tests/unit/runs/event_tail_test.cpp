#include "runs/event_tail.hpp"

#include "jobs/cursor.hpp"
#include "runs_fixture.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::runs;
using namespace std::string_literals;

namespace {

struct Tailed : RunFixture {
  jobs::Attempt attempt = start();
  std::filesystem::path file = folder->path() / "events.tail";
  std::vector<std::string> told;

  std::vector<jobs::JobEvent> record(int count) {
    std::vector<jobs::JobEvent> events;
    jobs::JobStore::Progress progress;
    progress.events.assign(static_cast<std::size_t>(count), {"task", R"({"seq":7,"type":"x"})"});
    CHECK(store.record_progress(attempt, progress, [&](const auto& recorded) {
      events.assign(recorded.begin(), recorded.end());
    }));
    return events;
  }
  /// What a reader got, and whether that was all.
  bool read(EventTailReader& reader) {
    told.clear();
    return reader.read([&](const EventTailReader::Line& line) {
      CHECK(line.type == "task");
      CHECK(line.text.find("\"seq\":" + std::to_string(line.seq) + ",\"cursor\"") !=
            std::string_view::npos);
      told.emplace_back(line.text);
      return true;
    });
  }
  [[nodiscard]] std::vector<std::string> lines_of_table(std::int64_t after) {
    std::vector<std::string> lines;
    for (const jobs::JobEvent& event : store.events(attempt.id, after, 1000))
      lines.push_back(
          jobs::to_ndjson(attempt.id, event, jobs::to_word({.seq = event.seq}, attempt.id)));
    return lines;
  }
};

}  // namespace

TEST_CASE("the tail has the very lines that the table gives") {
  Tailed f;
  EventTail tail(f.folder->path(), f.attempt.id);
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
  tail.append(f.record(3));
  const std::int64_t before = f.store.last_seq(f.attempt.id);
  CHECK_FALSE(f.read(reader));  // it opens the file now
  CHECK(f.told.empty());
  tail.append(f.record(40));
  CHECK(f.read(reader));
  CHECK(f.told == f.lines_of_table(before));
  CHECK_FALSE(f.read(reader));
}

TEST_CASE("a line whose end is missing waits for it") {
  Tailed f;
  base::write_file(f.file, "");
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
  f.record(2);
  const std::vector<std::string> lines = f.lines_of_table(f.store.last_seq(f.attempt.id) - 2);
  const base::Fd out = base::open_append(f.file);
  base::write_all(out.get(), lines[0] + "\n" + lines[1].substr(0, 20), "tail");
  CHECK(f.read(reader));
  CHECK(f.told == std::vector<std::string>{lines[0]});
  base::write_all(out.get(), lines[1].substr(20), "tail");
  CHECK_FALSE(f.read(reader));
  base::write_all(out.get(), "\n", "tail");
  CHECK(f.read(reader));
  CHECK(f.told == std::vector<std::string>{lines[1]});
}

TEST_CASE("lines that are none are passed over") {
  Tailed f;
  base::write_file(f.file, "");
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
  const base::Fd out = base::open_append(f.file);
  base::write_all(out.get(), "\n{\"v\":1,\"type\":\"task\",\"seq\":x,}\n\0\xff\n"s, "tail");
  CHECK_FALSE(f.read(reader));
  CHECK(f.told.empty());
}

TEST_CASE("a file that grew too large is replaced, and readers go over to the new one") {
  Tailed f;
  EventTail tail(f.folder->path(), f.attempt.id);
  tail.append(f.record(1));
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
  const auto first = base::file_info(f.file)->inode;
  const std::vector<jobs::JobEvent> events = f.record(500);
  while (base::file_info(f.file)->inode == first) tail.append(events);
  CHECK(base::file_info(f.file)->size_bytes < EventTail::k_bytes_max);
  CHECK_FALSE(f.read(reader));
  const std::vector<jobs::JobEvent> more = f.record(2);
  tail.append(more);
  CHECK(f.read(reader));
  CHECK(f.told == f.lines_of_table(more.front().seq - 1));
}

TEST_CASE("what a killed process left is replaced, and nothing is left behind") {
  Tailed f;
  base::write_file(f.file, R"({"v":1,"type":"task)");
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
  {
    EventTail tail(f.folder->path(), f.attempt.id);
    tail.append(f.record(1));
    CHECK_FALSE(f.read(reader));
    tail.append(f.record(1));
    CHECK(f.read(reader));
  }
  CHECK_FALSE(f.read(reader));
  CHECK_FALSE(base::file_info(f.file).has_value());
}

TEST_CASE("without room for it there is none, and nothing else happens") {
  Tailed f;
  std::filesystem::create_directory(f.file);
  base::write_file(f.file / "in the way", "");
  EventTail tail(f.folder->path(), f.attempt.id);
  tail.append(f.record(1));
  EventTailReader reader(f.folder->path());
  CHECK_FALSE(f.read(reader));
}
