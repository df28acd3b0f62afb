#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate_desk.hpp"
#include "engine/gate_keeper.hpp"
#include "engine/gate_lease.hpp"
#include "engine/gate_protocol.hpp"
#include "engine/service_capacity.hpp"
#include "engine/time_window.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

using namespace weir;
using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

base::WallTime at(int year, unsigned month, unsigned day, int hour, int minute) {
  using namespace std::chrono;
  return base::WallTime(sys_days(year_month_day(std::chrono::year(year), std::chrono::month(month),
                                                std::chrono::day(day)))) +
         hours(hour) + minutes(minute);
}

struct Fixture {
  base::TempDir folder;
  base::EventLoop loop;
  base::ThreadPool pool{1};
  std::vector<TaskId> again;
  std::vector<std::string> warnings;
  std::optional<GateKeeper> keeper;

  Fixture() { open(); }

  void open() {
    GateKeeper::Options options;
    options.environment = {"PATH=/usr/bin:/bin", "LOG=" + (folder.path() / "log").string()};
    options.state_dir = folder.path() / "state";
    options.pool_scope = folder.path();
    options.cancel_grace = 100ms;
    keeper.emplace(loop, pool, options);
    keeper->on_again([this](TaskId task) {
      again.push_back(task);
      loop.stop();
    });
    keeper->on_warning([this](const std::string& text) { warnings.push_back(text); });
  }

  template <typename Condition>
  void run_until(Condition condition) {
    bool late = false;
    const auto limit = loop.after(30s, [&] {
      late = true;
      loop.stop();
    });
    while (!condition() && !late) loop.run();
    loop.cancel(limit);
    REQUIRE_FALSE(late);
  }

  AdmitOutcome ask(TaskId task, const std::vector<GateSpec>& gates) {
    auto request = std::make_shared<GateRequest>();
    request->task = task;
    request->key = "k" + std::to_string(task);
    for (const GateSpec& gate : gates) request->add(gate);
    std::optional<AdmitOutcome> seen;
    keeper->admit(request, [&](const AdmitOutcome& outcome) {
      seen = outcome;
      loop.stop();
    });
    run_until([&] { return seen.has_value(); });
    return *seen;
  }

  static GateSpec gate(const std::string& name,
                       std::initializer_list<std::pair<const char*, const char*>> options) {
    GateSpec spec;
    spec.name = name;
    for (const auto& [option, value] : options) set_gate_option(spec, option, value);
    return spec;
  }
};

constexpr auto k_admitted = AdmitOutcome::Kind::admitted;
constexpr auto k_wait = AdmitOutcome::Kind::wait;

}  // namespace

TEST_SUITE_BEGIN("gate_admit");

TEST_CASE_FIXTURE(Fixture, "tokens: so many holders as the pool has, first come, first served") {
  const GateSpec licence = gate("licence", {{"type", "semaphore"}, {"slots", "2"}});
  const AdmitOutcome first = ask(1, {licence});
  CHECK(first.kind == k_admitted);
  CHECK(first.descriptors.size() == 1);
  CHECK(ask(2, {licence}).kind == k_admitted);
  CHECK(ask(3, {licence}).kind == k_wait);
  const AdmitOutcome fourth = ask(4, {licence});
  CHECK(fourth.kind == k_wait);
  CHECK(base::contains(fourth.message, "place 2"));
  keeper->release(1);
  run_until([&] { return !again.empty(); });
  CHECK(ask(4, {licence}).kind == k_wait);  // the third is before it
  CHECK(ask(3, {licence}).kind == k_admitted);
}

TEST_CASE_FIXTURE(Fixture, "a token stays held as long as a copy of its descriptor is open") {
  const GateSpec licence = gate("licence", {{"type", "semaphore"}, {"slots", "1"}});
  const AdmitOutcome first = ask(1, {licence});
  const base::Fd inherited = base::Fd(::fcntl(first.descriptors.at(0), F_DUPFD_CLOEXEC, 0));
  keeper->release(1);
  open();  // a run after a killed one
  CHECK(ask(2, {licence}).kind == k_wait);
}

TEST_CASE_FIXTURE(Fixture, "a request larger than the pool can never be served") {
  GateSpec licence = gate("licence", {{"type", "semaphore"}, {"slots", "2"}, {"tokens", "3"}});
  const AdmitOutcome outcome = ask(1, {licence});
  CHECK(outcome.kind == AdmitOutcome::Kind::failed);
  CHECK(outcome.unrecoverable);
}

TEST_CASE_FIXTURE(Fixture, "all or nothing: what waits for one pool holds nothing of another") {
  const GateSpec a = gate("a", {{"type", "semaphore"}, {"slots", "1"}});
  const GateSpec b = gate("b", {{"type", "semaphore"}, {"slots", "1"}});
  CHECK(ask(1, {b}).kind == k_admitted);
  CHECK(ask(2, {a, b}).kind == k_wait);
  CHECK(ask(3, {a}).kind == k_admitted);
}

TEST_CASE_FIXTURE(Fixture, "a rate lets the burst through, then one after the other") {
  const GateSpec pace = gate("pace", {{"rate", "20/s"}, {"burst", "2"}});
  CHECK(ask(1, {pace}).kind == k_admitted);
  CHECK(ask(2, {pace}).kind == k_admitted);
  CHECK(ask(3, {pace}).kind == k_wait);
  run_until([&] { return !again.empty(); });
  CHECK(ask(3, {pace}).kind == k_admitted);
}

TEST_CASE_FIXTURE(Fixture, "maxWait counts over all questions of the phase") {
  const GateSpec full = gate("full", {{"type", "disk"},
                                      {"path", "/"},
                                      {"size", "1000000TB"},
                                      {"maxWait", "60ms"},
                                      {"poll", "10ms"}});
  CHECK(ask(1, {full}).kind == k_wait);
  AdmitOutcome outcome;
  do {
    again.clear();
    run_until([&] { return !again.empty(); });
    outcome = ask(1, {full});
  } while (outcome.kind == k_wait);
  CHECK(outcome.code == "gate-timeout");
}

TEST_CASE_FIXTURE(Fixture, "disk and memory let pass what there is") {
  CHECK(ask(1, {gate("d", {{"type", "disk"}, {"path", "/"}, {"size", "1KB"}}),
                gate("m", {{"memory", "1KB"}})})
            .kind == k_admitted);
  CHECK(ask(2, {gate("m2", {{"memory", "1000000TB"}})}).kind == k_wait);
}

TEST_CASE_FIXTURE(Fixture, "a lease is given back at the end, and after a crash by the next run") {
  const std::string program = (folder.path() / "gate").string();
  base::write_file(program,
                   "#!/bin/bash\nread -r request\n"
                   "case $request in\n"
                   "*'\"op\":\"admit\"'*) echo '{\"event\":\"ready\",\"lease\":\"seat 4\"}' ;;\n"
                   "*'\"lease\":\"seat 4\"'*) echo released >> $LOG ;;\nesac\n");
  REQUIRE(::chmod(program.c_str(), 0755) == 0);
  GateSpec seats = gate("seats", {{"phase", "admit"}});
  seats.kind = GateSpec::Kind::external;
  seats.command = {program};
  CHECK(ask(1, {seats}).kind == k_admitted);
  keeper->release(1);
  bool idle = false;
  keeper->when_idle([&] {
    idle = true;
    loop.stop();
  });
  run_until([&] { return idle; });
  CHECK(base::read_file(folder.path() / "log") == "released\n");

  base::make_folders(folder.path() / "state/gates/leases");
  base::write_file(folder.path() / "state/gates/leases/dead.leases",
                   "{\"n\":1,\"gate\":\"seats\",\"lease\":\"seat 4\",\"task\":9,\"key\":\"k\","
                   "\"attempt\":1}\n{\"n\":2,\"ga");
  open();
  keeper->release_dead_leases({std::make_shared<const GateSpec>(seats)});
  idle = false;
  keeper->when_idle([&] {
    idle = true;
    loop.stop();
  });
  run_until([&] { return idle; });
  CHECK(base::read_file(folder.path() / "log") == "released\nreleased\n");
  CHECK_FALSE(base::file_info(folder.path() / "state/gates/leases/dead.leases").has_value());
}

TEST_CASE("reservations: what running tasks were promised and have not used is not free") {
  Reservations disk;
  CHECK(disk.available(100) == 100);
  disk.add(40, 100);
  CHECK(disk.available(100) == 60);
  CHECK(disk.available(70) == 60);  // 30 of the 40 are written
  disk.add(20, 70);
  CHECK(disk.available(70) == 40);
  disk.remove(40, 70, true);
  CHECK(disk.available(70) == 50);
  disk.remove(20, 70, true);
  CHECK(disk.available(70) == 70);
}

TEST_CASE("time windows: days, midnight, zones") {
  const TimeWindow night("Mon-Fri 20:00-06:00 UTC");
  CHECK(night.contains(at(2026, 11, 27, 21, 0)));        // Friday evening
  CHECK(night.contains(at(2026, 11, 28, 5, 59)));        // its end on Saturday
  CHECK_FALSE(night.contains(at(2026, 11, 28, 6, 0)));   // and over
  CHECK_FALSE(night.contains(at(2026, 11, 28, 21, 0)));  // none begins on Saturday
  CHECK_FALSE(night.contains(at(2026, 11, 30, 5, 0)));   // nor on Sunday
  CHECK(night.open_for(at(2026, 11, 28, 5, 0)) == 60min);
  CHECK(night.opens_in(at(2026, 11, 30, 19, 0)) == 60min);
  const TimeWindow day("08:00-24:00; Sun 00:00-24:00 UTC");
  CHECK(day.contains(at(2026, 11, 29, 3, 0)));
  CHECK_FALSE(day.contains(at(2026, 11, 28, 3, 0)));
  if (base::file_info("/usr/share/zoneinfo/Europe/Berlin")) {
    const TimeWindow berlin("20:00-21:00 Europe/Berlin");
    CHECK(berlin.contains(at(2026, 1, 15, 19, 30)));  // winter: UTC + 1
    CHECK(berlin.contains(at(2026, 7, 15, 18, 30)));  // summer: UTC + 2
  }
  for (const char* wrong :
       {"", "Mon", "20:00-20:00", "25:00-26:00", "Foo 10:00-11:00", "10:00-11:00 No/Zone"})
    CHECK_THROWS_AS(TimeWindow{wrong}, Error);
}

TEST_CASE("weir-gate/1: events, statuses, descriptions") {
  CHECK(gate_kind_of_exit(11) == GateAnswer::Kind::not_ready);
  CHECK(gate_kind_of_exit(64) == GateAnswer::Kind::unrecoverable);
  CHECK(gate_kind_of_exit(1) == GateAnswer::Kind::permanent);
  CHECK_FALSE(parse_gate_event("hello").has_value());
  CHECK_FALSE(parse_gate_event("{\"event\":\"unknown\"}").has_value());
  const auto event = parse_gate_event(
      "{\"event\":\"failed\",\"req\":7,\"class\":\"transient\",\"retry_after\":\"2s\"}");
  REQUIRE(event);
  CHECK(event->req == "7");
  CHECK(event->answer.kind == GateAnswer::Kind::transient);
  CHECK(event->answer.retry_after == 2s);
  CHECK(parse_gate_event("{\"event\":\"ready\",\"valid_until\":\"2001-01-01T00:00:00Z\"}")
            ->answer.valid_for == 0ms);
  const GateDescription description = parse_gate_description(
      "{\"protocol\":\"weir-gate/"
      "1\",\"name\":\"g\",\"modes\":[\"multiplex\"],\"phases\":[\"admit\"],"
      "\"hints\":{\"tier\":{\"type\":\"number\"}}}");
  GateSpec gate;
  gate.name = "g";
  gate.kind = GateSpec::Kind::external;
  const GateSpec described = described_gate(gate, description);
  CHECK(described.multiplex);
  CHECK(described.in_admit);
  CHECK_FALSE(described.in_prepare);
  gate.hints["teir"] = "1";
  CHECK(base::contains(check_gate_hints(gate, description).at(0), "did you mean 'g/tier'?"));
  gate.hints = {{"tier", "high"}};
  CHECK_THROWS_AS(check_gate_hints(gate, description), Error);
  CHECK_THROWS_AS(parse_gate_description("{\"protocol\":\"weir-gate/9\"}"), Error);
}

TEST_CASE("capacity: the smallest consumer must fit beside all services that it needs") {
  Resources machine;
  machine.cpus = 2;
  Resources one;
  Resources two;
  two.cpus = 2;
  ServiceCapacity fits(machine);
  const auto service = fits.add_service({"S", one, {}});
  fits.add_consumer({"C", one, {service}});
  CHECK_FALSE(fits.objection().has_value());
  ServiceCapacity large(machine);
  const auto wide = large.add_service({"S", two, {}});
  large.add_consumer({"C", one, {wide}});
  CHECK(base::contains(large.objection().value_or(""), "2 + 1 > 2 cpus"));
  ServiceCapacity chain(machine);
  const auto a = chain.add_service({"A", one, {}});
  const auto b = chain.add_service({"B", one, {}});
  chain.use(b, a);
  chain.add_consumer({"C", one, {b}});
  CHECK(base::contains(chain.objection().value_or(""), "service 'A', service 'B'"));

  ServiceCapacity two_services(machine);
  const auto x = two_services.add_service({"X", one, {}});
  const auto y = two_services.add_service({"Y", one, {}});
  two_services.add_consumer({"CX", one, {x}});
  two_services.add_consumer({"CY", one, {y}});
  CHECK(two_services.may_start(x, {}));
  CHECK_FALSE(two_services.may_start(y, {x}));  // K8: it waits until X has ended
}

TEST_SUITE_END();
