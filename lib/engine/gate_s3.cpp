// Objects of an S3 server that may have to be brought back from archive storage first.
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/text.hpp"
#include "base/thread_pool.hpp"
#include "engine/gate.hpp"
#include "engine/internal/question.hpp"
#include "engine/internal/s3_restores.hpp"
#include "net/curl_client.hpp"
#include "net/s3.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

/// A copy must stay so long when neither the gate nor the task's time limit says.
constexpr std::chrono::hours k_remaining_default{24};

GateAnswer answer(Kind kind, std::string message) {
  return {kind, kind >= Kind::transient ? "gate-failed" : "", std::move(message), std::nullopt};
}

/// What is asked about each object; copied to the thread that asks.
struct Wanted {
  net::RestoreRequest restore;
  milliseconds remaining{k_remaining_default};
  bool only_look = false;  // `weir gate check`: nothing is restored
};

/// The copy that an archived object has. AWS, HeadObject, `x-amz-restore`:
/// ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT".
struct Copy {
  bool is_coming = false;
  bool is_there = false;
  std::optional<base::WallTime> until;  // nothing: for good (intelligent tiering)
};

Copy copy_of(const net::HttpHead& head) {
  const auto text = head.header("x-amz-restore");
  Copy copy;
  if (!text) return copy;
  copy.is_coming = text->find("ongoing-request=\"true\"") != std::string::npos;
  copy.is_there = text->find("ongoing-request=\"false\"") != std::string::npos;
  constexpr std::string_view k_expiry = "expiry-date=\"";
  const std::size_t at = text->find(k_expiry);
  if (at != std::string::npos) {
    const std::string_view rest = std::string_view(*text).substr(at + k_expiry.size());
    copy.until = net::parse_http_date(rest.substr(0, rest.find('"')));
  }
  return copy;
}

/// By the label and by the archive status of intelligent tiering. The label stays after a restore,
/// so it alone decides nothing.
bool is_archived(const net::HttpHead& head) {
  const std::string label = head.header("x-amz-storage-class").value_or("");
  return label == "GLACIER" || label == "DEEP_ARCHIVE" ||
         head.header("x-amz-archive-status").has_value();
}

class ObjectCheck {
 public:
  ObjectCheck(net::S3Client& client, const Wanted& wanted, internal::S3Restores& restores,
              const std::atomic<bool>& stop)
      : client_(client), wanted_(wanted), restores_(restores), stop_(stop) {}

  GateAnswer run(const net::S3Name& name) {
    net::S3Answer seen = client_.head(name, stop_);
    if (const auto verdict = judge(name, seen)) return *verdict;
    if (wanted_.only_look)
      return answer(Kind::not_ready, name.text() +
                                         " is in archive storage; its restore has not "
                                         "been asked for");
    // One request for each object, whoever else looks: what others asked for shows in a new look.
    const auto turn = restores_.take_turn(name.text());
    seen = client_.head(name, stop_);
    if (const auto verdict = judge(name, seen)) return *verdict;
    return ask_for_it(name, seen);
  }

 private:
  static GateAnswer failed(const net::S3Name& name, const net::S3Answer& seen) {
    const bool busy = seen.status == 429 || seen.status >= 500;
    const bool unheard = seen.status == 0 && !seen.untrustworthy;
    std::string text = name.text() + ": " + seen.reason;
    if (seen.status == 404) text = name.text() + " does not exist";
    if (seen.status == 403) text += " (not permitted, or it does not exist)";
    const bool passing = unheard || (busy && seen.status != 501);
    return answer(passing ? Kind::transient : Kind::permanent, text);
  }

  /// Nothing: it is archived and has no copy that lasts.
  [[nodiscard]] std::optional<GateAnswer> judge(const net::S3Name& name,
                                                const net::S3Answer& seen) const {
    if (seen.status != 200) return failed(name, seen);
    if (!is_archived(seen.head)) return answer(Kind::ready, "");
    const Copy copy = copy_of(seen.head);
    if (copy.is_coming)
      return answer(Kind::not_ready, name.text() + " is being restored from archive storage");
    const bool lasts =
        copy.is_there && (!copy.until || *copy.until - base::now_wall() >= wanted_.remaining);
    return lasts ? std::optional(answer(Kind::ready, "")) : std::nullopt;
  }

  GateAnswer ask_for_it(const net::S3Name& name, const net::S3Answer& seen) {
    net::RestoreRequest wanted = wanted_.restore;
    const auto days = std::chrono::ceil<std::chrono::days>(wanted_.remaining).count();
    wanted.days = std::max(wanted.days, static_cast<int>(days));
    if (seen.head.header("x-amz-archive-status")) wanted.days = 0;
    net::S3Answer told = client_.restore(name, wanted, stop_);
    if (told.code == "GlacierExpeditedRetrievalNotAvailable" && wanted.tier == "Expedited") {
      wanted.tier = "Standard";
      told = client_.restore(name, wanted, stop_);
    }
    if (told.status == 200) {  // it had a copy, whose time is longer now
      if (const auto verdict = judge(name, client_.head(name, stop_))) return *verdict;
    }
    if (told.status == 200 || told.status == 202 || told.status == 409)
      return answer(
          Kind::not_ready,
          name.text() + ": its restore from archive storage was asked for (" + wanted.tier + ")");
    return failed(name, told);
  }

  net::S3Client& client_;
  const Wanted& wanted_;
  internal::S3Restores& restores_;
  const std::atomic<bool>& stop_;
};

/// The first object that is not there decides what is said; restores of the others are asked for
/// all the same. Blocks.
GateAnswer look_at(const std::vector<net::S3Name>& names, const net::S3Settings& settings,
                   const Wanted& wanted, internal::S3Restores& restores,
                   const std::atomic<bool>& stop) {
  try {
    net::CurlClient http;
    net::S3Client client(http, settings);
    ObjectCheck check(client, wanted, restores, stop);
    std::optional<GateAnswer> first;
    for (const net::S3Name& name : names) {
      if (stop) break;
      GateAnswer seen = check.run(name);
      if (seen.kind >= Kind::permanent) return seen;
      if (seen.kind != Kind::ready && !first) first = std::move(seen);
    }
    return first.value_or(answer(Kind::ready, ""));
  } catch (const Error& error) {  // a step on a thread: the error is the gate's answer
    return answer(Kind::unrecoverable, error.what());
  }
}

class S3Gate final : public Gate {
 public:
  S3Gate(std::vector<net::S3Name> names, Wanted wanted, net::S3Settings settings,
         const GateContext& context)
      : names_(std::move(names)),
        wanted_(std::move(wanted)),
        settings_(std::move(settings)),
        context_(context) {}

  void ask(Done done) override {
    if (names_.empty()) return done(answer(Kind::not_applicable, ""));
    const auto restores = context_.s3_restores();
    look_.ask(
        context_.loop, restores->threads(),
        [names = names_, settings = settings_, wanted = wanted_,
         restores = restores.get()](const std::atomic<bool>& stop) {
          return look_at(names, settings, wanted, *restores, stop);
        },
        std::move(done));
  }

  void cancel() override { look_.give_up(); }

 private:
  std::vector<net::S3Name> names_;
  Wanted wanted_;
  net::S3Settings settings_;
  const GateContext& context_;
  internal::Question<GateAnswer> look_;
};

}  // namespace

std::unique_ptr<Gate> make_s3_gate(const GateSpecPtr& spec, const GateSubject& subject,
                                   const GateContext& context) {
  std::vector<net::S3Name> names;
  for (const std::string& path : gate_paths(*spec, subject)) {
    if (!spec->target.empty() || path.starts_with("s3://"))
      names.push_back(net::parse_s3_name(path));
  }
  Wanted wanted;
  wanted.restore = {spec->tier, spec->days};
  const milliseconds limit = subject.request->resources.time;
  if (limit.count() > 0) wanted.remaining = limit;
  wanted.remaining = spec->min_remaining.value_or(wanted.remaining);
  wanted.only_look = context.ask_once;
  net::S3Settings settings;
  if (!names.empty()) settings = net::s3_settings(subject.options->environment);
  return std::make_unique<S3Gate>(std::move(names), std::move(wanted), std::move(settings),
                                  context);
}

}  // namespace weir::engine
