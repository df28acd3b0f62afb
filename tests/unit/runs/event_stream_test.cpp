#include "runs/event_stream.hpp"

#include "runs/journal.hpp"
#include "runs_fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <thread>

using namespace weir;
using namespace weir::runs;

namespace {

struct Told : RunFixture {
  std::vector<std::string> lines;
  StreamEnd read(const std::string& id, StreamOptions options) {
    lines.clear();
    EventStream stream(store, id, std::move(options));
    return stream.run(
        [&](std::string_view line) {
          lines.emplace_back(line);
          return true;
        },
        [] {}, never);
  }
  static std::vector<jobs::NewEvent> events(int count) {
    return std::vector<jobs::NewEvent>(static_cast<std::size_t>(count),
                                       {.type = "task", .data_json = R"({"task_id":1})"});
  }
};

}  // namespace

TEST_CASE("from every cursor the rest follows exactly") {
  Told f;
  const jobs::Attempt attempt = f.start();
  f.store.append_events(attempt, Told::events(30));
  f.finish(attempt);
  CHECK(f.read(attempt.id, {}) == StreamEnd::complete);
  const std::vector<std::string> all = f.lines;
  REQUIRE(all.size() == 33);
  CHECK(all.back().find(R"("type":"complete")") != std::string::npos);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto line = nlohmann::json::parse(all[i]);
    CHECK(line.at("seq") == i + 1);
    const auto cursor = jobs::parse_cursor(line.at("cursor").get<std::string>(), attempt.id);
    REQUIRE(cursor.has_value());
    static_cast<void>(f.read(attempt.id, {.after = *cursor}));
    CHECK(f.lines == std::vector<std::string>(all.begin() + static_cast<long>(i) + 1, all.end()));
  }
}

TEST_CASE("a cursor of another job, or a mistyped one, is none") {
  const std::string word = jobs::to_word({.seq = 7, .out = 100, .err = 2}, "r0123456789a");
  CHECK(jobs::parse_cursor(word, "r0123456789a")->out == 100);
  CHECK_FALSE(jobs::parse_cursor(word, "r0123456789b").has_value());
  CHECK_FALSE(jobs::parse_cursor(word + "0", "r0123456789a").has_value());
  CHECK_FALSE(jobs::parse_cursor("c1.2-", "r0123456789a").has_value());
  CHECK_FALSE(jobs::parse_cursor("-3", "r0123456789a").has_value());
  CHECK(jobs::parse_cursor("12", "r0123456789a")->seq == 12);
}

TEST_CASE("a follower sees what comes, log lines before the end, and then stops") {
  Told f;
  const jobs::Attempt attempt = f.start();
  RunLog log(f.folder->path());
  std::thread run([&] {
    jobs::JobStore store(f.dir.path());
    for (int i = 0; i < 20; ++i) {
      log.write(i % 2 == 0 ? Stream::out : Stream::err, "line " + std::to_string(i) + "\n");
      store.append_events(attempt, Told::events(1));
    }
    log.write(Stream::out, "no line end");
    jobs::Outcome outcome;
    outcome.ok = true;
    static_cast<void>(store.finish(attempt, outcome));
  });
  CHECK(f.read(attempt.id, {.follow = true, .hello = true, .logs = true}) == StreamEnd::complete);
  run.join();
  CHECK(f.lines.front().find(R"("type":"hello")") != std::string::npos);
  CHECK(f.lines.back().find(R"("type":"complete")") != std::string::npos);
  std::vector<std::string> said;
  std::int64_t seq = 0;
  for (const std::string& text : f.lines) {
    const auto line = nlohmann::json::parse(text);
    if (line.at("type") == "log") {
      for (const auto& one : line.at("data").at("lines")) said.push_back(one.at("message"));
    } else if (line.at("type") != "hello") {
      CHECK(line.at("seq") == ++seq);
    }
  }
  REQUIRE(said.size() == 21);
  for (int i = 0; i < 20; ++i)
    CHECK(said[static_cast<std::size_t>(i)] == "line " + std::to_string(i));
  CHECK(said.back() == "no line end");
}

TEST_CASE("hostile bytes become valid JSON with the very bytes beside it") {
  Told f;
  const jobs::Attempt attempt = f.start();
  RunLog log(f.folder->path());
  const std::string hostile("\xff\x00\x1b]0;x\x07ok", 9);
  log.write(Stream::out, hostile + "\n" + std::string(200000, 'x') + "\n");
  f.finish(attempt);
  static_cast<void>(f.read(attempt.id, {.logs = true}));
  std::size_t pieces = 0;
  for (const std::string& text : f.lines) {
    CHECK(text.size() < jobs::k_event_bytes_max);
    const auto line = nlohmann::json::parse(text);
    if (line.at("type") != "log") continue;
    for (const auto& one : line.at("data").at("lines")) {
      if (one.contains("message_b64")) {
        CHECK(one.at("message_b64") == to_base64(hostile));
        CHECK(one.at("message").get<std::string>().find('\x1b') == std::string::npos);
      }
      if (one.contains("partial")) ++pieces;
    }
  }
  CHECK(pieces == 3);
}

TEST_CASE("only the types asked for are told") {
  Told f;
  const jobs::Attempt attempt = f.start();
  f.store.append_events(attempt, Told::events(5));
  f.finish(attempt);
  static_cast<void>(f.read(attempt.id, {.types = {"complete"}}));
  CHECK(f.lines.size() == 1);
}

TEST_CASE("a reader whose run is removed ends, and is told why") {
  Told f;
  const jobs::Attempt attempt = f.start();
  f.finish(attempt);
  static_cast<void>(f.store.prune({.before = base::now_wall() + std::chrono::hours(1)}));
  CHECK(f.read(attempt.id, {.follow = true, .hello = true}) == StreamEnd::purged);
}

TEST_CASE("a follower of a busy run gets every event once, whoever recorded it") {
  Told f;
  const jobs::Attempt attempt = f.start();
  bool tailed = false;
  std::thread run([&] {
    jobs::JobStore store(f.dir.path());
    jobs::JobStore other(f.dir.path());
    const std::filesystem::path tail = f.folder->path() / "events.tail";
    {
      Journal journal(store, attempt, {});
      const base::BootTime limit = base::now_boot() + std::chrono::seconds(20);
      int rounds = 0;  // with the tail there; the follower lets it begin
      for (int task = 1; rounds < 20 && base::now_boot() < limit; ++task) {
        const std::int64_t before = other.last_seq(attempt.id);
        journal.task(a_task(task, "completed"));
        while (other.last_seq(attempt.id) == before) std::this_thread::yield();
        if (std::filesystem::exists(tail) && ++rounds == 10)
          static_cast<void>(other.cancel(attempt.id, "bob", "enough"));
      }
      tailed = rounds == 20;
      journal.close(Journal::End::yes);
    }
    jobs::Outcome outcome;
    static_cast<void>(store.finish(attempt, outcome));
  });
  CHECK(f.read(attempt.id, {.follow = true}) == StreamEnd::complete);
  run.join();
  CHECK(tailed);
  const std::vector<std::string> followed = f.lines;
  CHECK(f.read(attempt.id, {}) == StreamEnd::complete);
  CHECK(followed == f.lines);
}

TEST_CASE("what others recorded comes in its place between the lines of the tail") {
  Told f;
  const jobs::Attempt attempt = f.start();
  jobs::JobStore run(f.dir.path());
  std::optional<EventTail> tail(std::in_place, f.folder->path(), attempt.id);
  const auto record = [&] {
    const jobs::JobStore::Progress progress{.events = Told::events(1)};
    CHECK(
        run.record_progress(attempt, progress, [&](const auto& events) { tail->append(events); }));
  };
  record();
  EventStream stream(f.store, attempt.id, {.follow = true});
  std::int64_t calls = 0;
  const auto consumer = [&](std::string_view line) {
    const std::int64_t seq = nlohmann::json::parse(line).at("seq");
    CHECK(seq == ++calls);
    if (seq == 3) {  // the last one so far: both of these are there when it looks again
      static_cast<void>(run.cancel(attempt.id, "bob", "enough"));
      record();
    } else if (seq == 5 || seq == 6) {
      record();
    } else if (seq == 7) {
      tail.reset();
      static_cast<void>(run.finish(attempt, {}));
    }
    return true;
  };
  CHECK(stream.run(
            consumer, [] {}, f.never) == StreamEnd::complete);
  CHECK(calls == 8);
}
