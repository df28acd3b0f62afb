#include "engine/service_manager.hpp"

#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/internal/service_task.hpp"
#include "engine/task_key.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

using namespace weir;
using namespace weir::engine;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  base::TempDir folder;
  base::EventLoop loop;
  base::ThreadPool pool{2};
  std::optional<ServiceManager> manager;
  std::vector<std::string> aborts;
  ErrorKind abort_kind = ErrorKind::bug;
  std::vector<ServiceReport> ends;
  std::vector<ServiceUse> lost;
  std::vector<std::string> changes;  // "name:state"

  Fixture() {
    ServiceManager::Options options;
    options.directories.work_dir = folder.path() / "work";
    options.directories.temp_dir = folder.path();
    options.directories.run_id = "r1";
    options.environment = {"PATH=/usr/bin:/bin"};
    options.registry_dir = folder.path() / "registry";
    manager.emplace(loop, pool, options);
    manager->on_abort([this](const std::string& why, ErrorKind kind) {
      aborts.push_back(why);
      abort_kind = kind;
    });
    manager->on_end([this](const ServiceReport& report) {
      ends.push_back(report);
      loop.stop();
    });
    manager->on_use_lost([this](ServiceUse use, const std::string&, bool) { lost.push_back(use); });
    manager->on_change([this](ServiceId, const std::string& name, ServiceState state) {
      changes.push_back(name + ":" + std::string(name_of(state)));
    });
  }

  static TaskSpec spec(const std::string& name, const std::string& script,
                       const std::string& output) {
    TaskSpec spec;
    spec.name = name;
    spec.script = script;
    spec.key = {text_part("process", name), text_part("script", script)};
    PathOutput path;
    path.patterns = {output};
    spec.path_outputs = {path};
    return spec;
  }

  /// A service that makes the file `up` and then runs on.
  void declare(ServiceId id, const std::string& name,
               const std::string& script = "echo x > up; exec sleep 1000") {
    ServiceDeclaration declaration;
    declaration.id = id;
    declaration.make_spec = [=](int) { return spec(name, script, "up"); };
    manager->declare(std::move(declaration));
  }

  ServiceId add(const std::string& name, const std::vector<std::string>& consumers,
                const ServiceSettings& settings = {}) {
    const ServiceId id = manager->add_service(name, settings);
    for (const std::string& consumer : consumers) manager->add_consumer(id, consumer);
    return id;
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

  std::pair<ServiceUse, ServiceHandles> use(ServiceId id) {
    std::optional<ServiceHandles> handles;
    const ServiceUse number = manager->use(id, [&](const ServiceHandles& given) {
      handles = given;
      loop.stop();
    });
    run_until([&] { return handles.has_value(); });
    return {number, *handles};
  }

  void stop_all() {
    bool stopped = false;
    manager->stop_all([&] {
      stopped = true;
      loop.stop();
    });
    run_until([&] { return stopped; });
  }
};

}  // namespace

TEST_SUITE_BEGIN("service_manager");

TEST_CASE_FIXTURE(
    Fixture,
    "a service starts with the first use, serves several, and stops with its last consumer") {
  const ServiceId id = add("DB", {"A", "B"});
  manager->seal_graph();
  declare(id, "DB");
  loop.poll();
  CHECK(base::descendants_of(::getpid()).empty());  // nothing until somebody needs it
  const auto [first, handles] = use(id);
  CHECK(handles.failure.empty());
  REQUIRE(handles.paths.size() == 1);
  CHECK(handles.paths[0].names == std::vector<std::string>{"up"});
  CHECK(base::read_file(handles.work_dir + "/up") == "x\n");
  const auto [second, same] = use(id);
  CHECK(same.work_dir == handles.work_dir);
  manager->release(first);
  manager->release(second);
  manager->consumer_closed(id, "A");
  CHECK_FALSE(manager->is_idle());
  manager->consumer_closed(id, "B");
  run_until([&] { return !ends.empty(); });
  CHECK(ends[0].state == ServiceState::stopped);
  CHECK(aborts.empty());
  CHECK(manager->is_idle());
}

TEST_CASE_FIXTURE(Fixture,
                  "a service that nothing needed is skipped without a process or a directory") {
  const ServiceId id = add("DB", {"A"});
  manager->seal_graph();
  declare(id, "DB");
  manager->consumer_closed(id, "A");
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].state == ServiceState::skipped);
  CHECK(ends[0].exit_status == -1);
  CHECK_FALSE(base::file_info(folder.path() / "work").has_value());
}

TEST_CASE_FIXTURE(Fixture, "a service without consumers is refused before anything runs") {
  add("DB", {});
  CHECK_THROWS_WITH_AS(manager->seal_graph(), "no process uses the outputs of service 'DB'", Error);
}

TEST_CASE_FIXTURE(Fixture, "a second set of inputs is refused, never a second server") {
  const ServiceId id = add("DB", {"A"});
  declare(id, "DB");
  CHECK_THROWS_AS(declare(id, "DB"), Error);
}

TEST_CASE_FIXTURE(Fixture, "uses that wait hear that the service cannot be had") {
  const ServiceId id = add("DB", {"A"});
  declare(id, "DB", "echo broken >&2; exit 0");
  const auto [number, handles] = use(id);
  CHECK(base::contains(handles.failure, "ended with status 0 before it was ready"));
  REQUIRE(aborts.size() == 1);
  CHECK(base::contains(aborts[0], "broken"));
  CHECK(abort_kind == ErrorKind::cannot_begin);
}

TEST_CASE_FIXTURE(Fixture, "with strategy ignore only the consumers hear of a failed start") {
  const ServiceId id = add("DB", {"A"});
  ServiceDeclaration declaration;
  declaration.id = id;
  declaration.make_spec = [](int) { return spec("DB", "exit 1", "up"); };
  declaration.abort_on_failed_start = false;
  manager->declare(std::move(declaration));
  CHECK_FALSE(use(id).second.failure.empty());
  CHECK(aborts.empty());
}

TEST_CASE_FIXTURE(Fixture, "a crash with fail_consumers loses the uses that run") {
  ServiceSettings settings;
  settings.on_exit = OnExit::fail_consumers;
  const ServiceId id = add("DB", {"A"}, settings);
  declare(id, "DB", "echo x > up; while [ ! -e die ]; do read -t 0.01 <> <(:) || :; done; exit 3");
  const auto [number, handles] = use(id);
  base::write_file(handles.work_dir + "/die", "");
  run_until([&] { return !ends.empty(); });
  CHECK(lost == std::vector<ServiceUse>{number});
  CHECK(aborts.empty());
  CHECK(ends[0].state == ServiceState::crashed);
}

TEST_CASE_FIXTURE(Fixture, "a restart gives a new epoch with a new directory") {
  ServiceSettings settings;
  settings.on_exit = OnExit::restart;
  const ServiceId id = add("DB", {"A"}, settings);
  declare(id, "DB", "echo x > up; while [ ! -e die ]; do read -t 0.01 <> <(:) || :; done; exit 3");
  const auto [number, handles] = use(id);
  base::write_file(handles.work_dir + "/die", "");
  run_until([&] {
    loop.post([this] { loop.stop(); });
    return !lost.empty();
  });
  manager->release(number);
  const auto [again, fresh] = use(id);
  CHECK(fresh.epoch == 2);
  CHECK(fresh.work_dir != handles.work_dir);
  stop_all();
}

TEST_CASE_FIXTURE(Fixture, "a service is stopped before the one that it uses") {
  const ServiceId provider = add("STORE", {"SERVER"});
  const ServiceId user = add("SERVER", {"A"});
  manager->seal_graph();
  declare(provider, "STORE");
  declare(user, "SERVER");
  CHECK(use(provider).second.failure.empty());
  CHECK(use(user).second.failure.empty());
  stop_all();
  const auto place = [&](const char* change) {
    return std::find(changes.begin(), changes.end(), change);
  };
  CHECK(place("SERVER:stopped") < place("STORE:stopping"));
  CHECK(place("STORE:stopped") != changes.end());
  CHECK(base::descendants_of(::getpid()).empty());
}

TEST_CASE_FIXTURE(Fixture, "a server that removes its output when it stops is no failure") {
  const ServiceId id = add("DB", {"A"});
  declare(id, "DB", "trap 'rm up; exit 0' TERM; echo x > up; while :; do sleep 1000 & wait; done");
  const auto [number, handles] = use(id);
  manager->release(number);
  manager->consumer_closed(id, "A");
  run_until([&] { return !ends.empty(); });
  CHECK(ends[0].state == ServiceState::stopped);
  CHECK(ends[0].failure.empty());
}

TEST_CASE_FIXTURE(Fixture, "stopping while a start is being prepared leaves nothing") {
  for (int i = 0; i < 20; ++i) {
    const ServiceId id = add("DB" + std::to_string(i), {"A"});
    declare(id, "DB" + std::to_string(i));
    manager->use(id, [](const ServiceHandles&) {});
  }
  stop_all();
  CHECK(manager->is_idle());
  loop.poll();
  CHECK(base::descendants_of(::getpid()).empty());
  CHECK(aborts.empty());
}

TEST_CASE(
    "the identity follows script, inputs and output names, not the place or the time of a start") {
  const base::TempDir folder;
  const std::string input = folder.path() / "input";
  base::write_file(input, "abc");
  const auto make = [&](const std::string& script, const std::string& output) {
    TaskSpec spec = Fixture::spec("DB", script, output);
    KeyText text;
    text.add_file(input);
    spec.key.push_back(text.finish("input"));
    return spec;
  };
  const std::string identity = internal::service_identity(make("serve", "up"));
  CHECK(identity == internal::service_identity(make("serve", "up")));
  CHECK(identity != internal::service_identity(make("serve2", "up")));
  CHECK(identity != internal::service_identity(make("serve", "up2")));
  base::write_file(input, "abcd");
  CHECK(identity != internal::service_identity(make("serve", "up")));
}

TEST_SUITE_END();
