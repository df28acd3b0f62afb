#include "compose/run_control.hpp"

#include "base/error.hpp"
#include "base/machine.hpp"
#include "base/text.hpp"
#include "jobs/job_store.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace weir::app {
namespace {

std::optional<std::chrono::milliseconds> duration_of(const std::optional<std::string>& text,
                                                     std::string_view option) {
  if (!text.has_value()) return std::nullopt;
  const auto duration = base::parse_duration(*text);
  if (!duration.has_value() || duration->count() < 0) {
    throw Error(ErrorKind::usage,
                std::string(option) + " needs a duration, not '" + base::printable(*text) + "'")
        .with_hint("such as 90s, 15m or 2h");
  }
  return duration;
}

void check_key(const std::string& key) {
  const bool printable =
      std::all_of(key.begin(), key.end(), [](char one) { return one >= 0x20 && one <= 0x7E; });
  if (printable && key.size() <= jobs::k_request_key_bytes_max) return;
  throw Error(ErrorKind::usage, "--idempotency-key takes 1 to 255 printable ASCII characters");
}

}  // namespace

void RunControlOptions::declare(OptionTable& table) {
  table.group("Control");
  table.option("--engine", control_.engine, "NAME",
               "who executes it: native, nextflow (an installed one) or exec (any command)");
  table.words(k_engines);
  table.option("--lane", control_.lane, "NAME",
               "at most one run of this name at a time (default: the folder)");
  table.option("--on-busy", on_busy_, "POLICY", "when the lane or the folder is taken: {}");
  table.words(runs::on_busy_words());
  table.flag("--attach-any", control_.attach_any,
             "with --on-busy attach: follow that run also when it was asked for otherwise");
  table.option_with_default("--attach", control_.attach, "RUN",
                            "start nothing, follow a run (default: the active one here)");
  table.option("--queue-timeout", queue_timeout_, "DURATION",
               "with --on-busy queue: wait no longer");
  table.option("--timeout", timeout_, "DURATION", "end the run after it; exit status 124");
  table.option("--grace", grace_, "DURATION", "between asking to end and killing (default: 20s)");
  table.flag("--detach", control_.detach, "print the run's id and go on in the background");
  table.flag("--follow", follow_, "print what the run says until its end (the default)");
  table.option("--on-hup", on_hup_, "WHAT", "when the terminal goes away: {}");
  table.words({"detach", "cancel"});
  table.option("--idempotency-key", control_.request_key, "KEY",
               "asked again with the same key within a day, answer that run instead of a new one");
  table.option("--triggered-by", control_.triggered_by, "WHO", "recorded (default: the user)");
  table.option("--tag", control_.tags, "NAME=VALUE", "recorded; may be repeated");
  table.option("--events", events_, "FORMAT", "ndjson: what happens, one JSON object a line");
  table.words({"ndjson"});
  table.flag("--dry-run", control_.dry_run,
             "check everything, print the resolved request and its fingerprint, start nothing");
  table.flag("--json", control_.json, "one JSON document about the run at its end");
  table.hidden();
  table.option("--handshake-fd", handshake_fd_, "FD",
               "of a detached run: where its word is awaited");
  table.option("--secrets-fd", secrets_fd_, "FD", "of a detached run: its secret parameters");
}

RunControl RunControlOptions::read(const Context& context) const {
  RunControl control = control_;
  control.on_busy = runs::parse_on_busy(on_busy_).value();
  control.hup_detaches = on_hup_ == "detach";
  control.events = !events_.empty();
  control.queue_timeout = duration_of(queue_timeout_, "--queue-timeout");
  control.timeout = duration_of(timeout_, "--timeout");
  if (const auto grace = duration_of(grace_, "--grace"); grace.has_value()) {
    control.grace = *grace;
    control.grace_given = true;
  }
  if (control.detach && (follow_ || control.events)) {
    throw Error(ErrorKind::usage, "--detach does not go with --follow or --events")
        .with_hint("follow it afterwards: `weir jobs attach ID`");
  }
  if (control.json && control.events)
    throw Error(ErrorKind::usage, "--json and --events both want standard output");
  if (!control.request_key.empty()) check_key(control.request_key);
  if (control.triggered_by.empty()) control.triggered_by = base::user_name(context.environment);
  for (const std::string& tag : control.tags) {
    if (tag.find('=') == std::string::npos || tag.starts_with('=')) {
      throw Error(ErrorKind::usage, "--tag does not take '" + base::printable(tag) + "'")
          .with_hint("one of NAME=VALUE");
    }
  }
  if (handshake_fd_.has_value()) control.handshake_fd = static_cast<int>(*handshake_fd_);
  if (secrets_fd_.has_value()) control.secrets_fd = static_cast<int>(*secrets_fd_);
  control.quiet = context.quiet;
  return control;
}

std::string tags_json(const std::vector<std::string>& tags) {
  nlohmann::ordered_json document = nlohmann::ordered_json::object();
  for (const std::string& tag : tags) {
    const std::size_t equals = tag.find('=');
    document[tag.substr(0, equals)] = tag.substr(equals + 1);
  }
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace weir::app
