#include "runs/admission.hpp"

#include "base/error.hpp"
#include "runs_fixture.hpp"

#include <doctest/doctest.h>

#include <mutex>
#include <thread>

using namespace weir;
using namespace weir::runs;

namespace {

struct Lane : RunFixture {
  Admitted ask(AdmissionRequest request) {
    jobs::JobStore own(dir.path());
    return Admission(own, std::move(request), {}).admit(never);
  }
  static AdmissionRequest request(OnBusy on_busy, std::string fingerprint = "f1") {
    AdmissionRequest asked{.submission = submission(), .on_busy = on_busy};
    asked.submission.fingerprint = std::move(fingerprint);
    return asked;
  }
  static Error error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return {ErrorKind::bug, "nothing was thrown"};
  }
};

}  // namespace

TEST_CASE("a busy lane is refused with its holder's name") {
  Lane f;
  const jobs::Attempt holder = f.start();
  const Error error =
      Lane::error_of([&] { static_cast<void>(f.ask(Lane::request(OnBusy::fail))); });
  CHECK(error.kind() == ErrorKind::busy);
  CHECK(error.code() == "lane_busy");
  CHECK(error.message().find(holder.id) != std::string::npos);
}

TEST_CASE("skip does nothing, and notes that") {
  Lane f;
  const jobs::Attempt holder = f.start();
  const Admitted answer = f.ask(Lane::request(OnBusy::skip));
  CHECK(answer.answer == Admitted::Answer::skipped);
  CHECK(answer.job.id == holder.id);
  CHECK(f.store.audit_entries(5).front().action == "skip");
}

TEST_CASE("attaching asks for the same request, unless any will do") {
  Lane f;
  static_cast<void>(f.start());
  CHECK(f.ask(Lane::request(OnBusy::attach)).answer == Admitted::Answer::follow);
  const Error error =
      Lane::error_of([&] { static_cast<void>(f.ask(Lane::request(OnBusy::attach, "other"))); });
  CHECK(error.code() == "busy_mismatch");
  AdmissionRequest any = Lane::request(OnBusy::attach, "other");
  any.attach_any = true;
  CHECK(f.ask(std::move(any)).answer == Admitted::Answer::follow);
}

TEST_CASE("the same directory under another lane is refused as such") {
  Lane f;
  jobs::Submission first = Lane::submission("lane:a");
  first.directory = "dir:1:2";
  REQUIRE(f.store.claim(first).answer == jobs::Claim::Answer::fresh);
  AdmissionRequest second{.submission = Lane::submission("lane:b")};
  second.submission.directory = "dir:1:2";
  const Error error = Lane::error_of([&] { static_cast<void>(f.ask(std::move(second))); });
  CHECK(error.code() == "launch_dir_busy");
}

TEST_CASE("a queue is first in, first out, and a cancelled one never starts") {
  Lane f;
  const jobs::Attempt holder = f.start();
  std::vector<std::thread> waiting;
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::string> ids(5);
  std::atomic<int> queued{0};
  for (int i = 0; i < 5; ++i) {
    waiting.emplace_back([&, i] {
      jobs::JobStore own(f.dir.path());
      AdmissionRequest asked = Lane::request(OnBusy::queue);
      Admission admission(own, std::move(asked), [&](const jobs::Job& job) {
        ids[static_cast<std::size_t>(i)] = job.id;
        ++queued;
      });
      try {
        const Admitted mine = admission.admit(f.never);
        {
          const std::scoped_lock lock(mutex);
          order.push_back(i);
        }
        static_cast<void>(own.confirm({mine.job.id, mine.job.attempt}));
        jobs::Outcome outcome;
        outcome.ok = true;
        static_cast<void>(own.finish({mine.job.id, mine.job.attempt}, outcome));
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::cancelled);
      }
    });
    while (queued <= i) std::this_thread::yield();
  }
  static_cast<void>(f.store.cancel(ids[2], "bob", ""));
  f.finish(holder);
  for (std::thread& thread : waiting) thread.join();
  CHECK(order == std::vector<int>{0, 1, 3, 4});
  const auto cancelled = f.store.find(ids[2]);
  CHECK(cancelled->state == jobs::JobState::cancelled);
  CHECK_FALSE(cancelled->started_at.has_value());
}

TEST_CASE("a turn that does not come in time ends the wait") {
  Lane f;
  static_cast<void>(f.start());
  AdmissionRequest asked = Lane::request(OnBusy::queue);
  asked.queue_timeout = std::chrono::milliseconds(50);
  const Error error = Lane::error_of([&] { static_cast<void>(f.ask(std::move(asked))); });
  CHECK(error.kind() == ErrorKind::timed_out);
}

TEST_CASE("the same key and request is one run; another request under it is refused") {
  Lane f;
  AdmissionRequest asked = Lane::request(OnBusy::fail);
  asked.submission.request_key = "build-1";
  const Admitted first = f.ask(asked);
  CHECK(first.answer == Admitted::Answer::mine);
  CHECK(f.ask(asked).answer == Admitted::Answer::follow);
  f.finish({first.job.id, 1});
  const Admitted again = f.ask(asked);
  CHECK(again.answer == Admitted::Answer::ended);
  CHECK(again.job.id == first.job.id);
  asked.submission.fingerprint = "other";
  const Error error = Lane::error_of([&] { static_cast<void>(f.ask(asked)); });
  CHECK(error.kind() == ErrorKind::input);
  CHECK(error.code() == "key_reused");
}

TEST_CASE("a replaced run is asked to end, and the new one starts after it has") {
  Lane f;
  const jobs::Attempt holder = f.start();
  std::thread owner([&] {
    jobs::JobStore own(f.dir.path());
    while (!own.cancel_requested(holder)) std::this_thread::yield();
    jobs::Outcome outcome;
    static_cast<void>(own.finish(holder, outcome));
  });
  const Admitted mine = f.ask(Lane::request(OnBusy::replace, "other"));
  owner.join();
  CHECK(mine.answer == Admitted::Answer::mine);
  CHECK(f.store.find(holder.id)->state == jobs::JobState::cancelled);
}
