#include "runs/admission.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file_watch.hpp"
#include "base/text.hpp"
#include "jobs/recovery.hpp"
#include "runs/event_stream.hpp"
#include "runs/external_run.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace weir::runs {
namespace {

using Answer = Admitted::Answer;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 5> k_words{"fail", "skip", "attach", "queue", "replace"};
constexpr milliseconds k_look_anyway{200};

}  // namespace

std::span<const std::string_view> on_busy_words() {
  return k_words;
}

std::optional<OnBusy> parse_on_busy(std::string_view word) {
  for (std::size_t i = 0; i < k_words.size(); ++i) {
    if (k_words.at(i) == word) return static_cast<OnBusy>(i);
  }
  return std::nullopt;
}

Admission::Admission(jobs::JobStore& store, AdmissionRequest request,
                     std::function<void(const jobs::Job&)> on_queued)
    : store_(store), request_(std::move(request)), on_queued_(std::move(on_queued)) {
  WEIR_ASSERT(request_.submission.kind == jobs::JobKind::run);
  if (request_.on_busy == OnBusy::queue) {
    request_.submission.when_busy = jobs::Submission::WhenBusy::queue;
    request_.submission.queue_limit = request_.queue_timeout;
  }
}

Admitted Admission::take(jobs::Job job) const {
  Admitted admitted{.answer = Answer::mine, .job = std::move(job), .folder = {}};
  admitted.folder = jobs::RunFolder::create(store_.state_dir(), admitted.job);
  return admitted;
}

void Admission::refuse(const jobs::Job& holder, std::string_view code, std::string_view why) const {
  const bool directory = !request_.submission.directory.empty() &&
                         holder.directory == request_.submission.directory &&
                         holder.key != request_.submission.key;
  const std::string since = base::to_rfc3339(holder.started_at.value_or(holder.submitted_at));
  const std::string by = holder.actor.empty() ? "" : " by " + base::printable(holder.actor);
  const bool own_folder = request_.submission.key == request_.submission.directory;
  throw Error(ErrorKind::busy,
              fmt::format("run {} ('{}', {} since {}{}) holds {}{}", holder.id,
                          base::printable(holder.name), jobs::word_of(holder.state), since, by,
                          directory || own_folder ? "this launch directory" : "this lane", why))
      .with_code(!code.empty()             ? std::string(code)
                 : directory || own_folder ? "launch_dir_busy"
                                           : "lane_busy")
      .with_hint(fmt::format("follow it with `weir jobs attach {}`, or see --on-busy", holder.id));
}

Admitted Admission::wait_for_turn(const jobs::Claim& claim, const std::atomic<bool>& stop) {
  const std::string id = claim.job.id;
  // Held while it waits, so that a prune or a rebuilt table sees somebody behind it.
  jobs::RunFolder folder = jobs::RunFolder::create(store_.state_dir(), claim.job);
  if (on_queued_) on_queued_(claim.job);
  base::FileWatch watch;
  watch.add(store_.state_dir());
  while (!stop) {
    static_cast<void>(jobs::recover(store_, jobs::DryRun::no, probe_end));
    std::optional<jobs::Job> started = store_.start(id, milliseconds(0));
    if (started.has_value()) {
      Admitted admitted{.answer = Answer::mine, .job = std::move(*started), .folder = {}};
      folder.note_job(admitted.job);
      admitted.folder = std::move(folder);
      return admitted;
    }
    const std::optional<jobs::Job> now = store_.find(id);
    if (!now.has_value() || jobs::is_terminal(now->state)) {
      if (now.has_value() && now->outcome.reason == "queue_timeout") {
        throw Error(
            ErrorKind::timed_out,
            fmt::format("run {} waited for its turn for {} in vain", id,
                        base::format_duration(request_.queue_timeout.value_or(milliseconds(0)))))
            .with_code("queue_timeout");
      }
      throw Error(ErrorKind::cancelled, fmt::format("run {} was cancelled while it waited", id))
          .with_code("cancelled");
    }
    wait_for_news(watch, k_look_anyway);
  }
  static_cast<void>(store_.cancel(id, request_.submission.actor, "interrupted while it waited"));
  return {.answer = Answer::stopped, .job = claim.job, .folder = {}};
}

void Admission::replace(const jobs::Job& holder, const std::atomic<bool>& stop) {
  // After the grace its owner kills; that and the record of it take a moment more.
  constexpr milliseconds k_after_kill{15000};
  static_cast<void>(
      store_.cancel(holder.id, request_.submission.actor, "replaced", request_.grace));
  const base::BootTime deadline = base::now_boot() + request_.grace + k_after_kill;
  base::FileWatch watch;
  watch.add(store_.state_dir());
  while (!stop) {
    static_cast<void>(jobs::recover(store_, jobs::DryRun::no, probe_end));
    const std::optional<jobs::Job> now = store_.find(holder.id);
    if (!now.has_value() || jobs::is_terminal(now->state)) return;
    if (base::now_boot() >= deadline) refuse(*now, "replace_failed", " and does not end");
    wait_for_news(watch, k_look_anyway);
  }
}

/// Nothing: the holder has gone, try again.
std::optional<Admitted> Admission::when_held(const jobs::Job& holder,
                                             const std::atomic<bool>& stop) {
  const jobs::Submission& asked = request_.submission;
  switch (request_.on_busy) {
    case OnBusy::skip:
      store_.audit(asked.actor, "skip", holder.id, "busy");
      return Admitted{.answer = Answer::skipped, .job = holder, .folder = {}};
    case OnBusy::attach:
      if (!request_.attach_any && holder.fingerprint != asked.fingerprint)
        refuse(holder, "busy_mismatch", ", but was asked for something else");
      return Admitted{.answer = Answer::follow, .job = holder, .folder = {}};
    case OnBusy::replace: replace(holder, stop); return std::nullopt;
    case OnBusy::fail:
    case OnBusy::queue: refuse(holder, "", "");
  }
  return std::nullopt;
}

Admitted Admission::admit(const std::atomic<bool>& stop) {
  while (!stop) {
    jobs::Claim claim = store_.claim(request_.submission);
    switch (claim.answer) {
      case jobs::Claim::Answer::fresh:
        if (claim.job.state == jobs::JobState::queued) return wait_for_turn(claim, stop);
        return take(std::move(claim.job));
      case jobs::Claim::Answer::repeated:
        return {.answer = jobs::is_terminal(claim.job.state) ? Answer::ended : Answer::follow,
                .job = std::move(claim.job),
                .folder = {}};
      case jobs::Claim::Answer::key_reused:
        throw Error(ErrorKind::input,
                    fmt::format("the idempotency key '{}' was given before, for another request "
                                "(run {})",
                                base::printable(request_.submission.request_key), claim.job.id))
            .with_code("key_reused")
            .with_hint("use a new key for a new request");
      case jobs::Claim::Answer::held: {
        std::optional<Admitted> answer = when_held(claim.job, stop);
        if (answer.has_value()) return std::move(*answer);
        break;
      }
      default: throw Error(ErrorKind::bug, "a run was answered as no run is");
    }
  }
  return {.answer = Answer::stopped, .job = {}, .folder = {}};
}

}  // namespace weir::runs
