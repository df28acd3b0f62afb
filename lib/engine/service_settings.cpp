#include "engine/service_settings.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/internal/service_channels.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;

struct SignalName {
  std::string_view name;
  int number;
};
constexpr std::array<SignalName, 8> k_signals{{{"TERM", SIGTERM},
                                               {"INT", SIGINT},
                                               {"HUP", SIGHUP},
                                               {"QUIT", SIGQUIT},
                                               {"USR1", SIGUSR1},
                                               {"USR2", SIGUSR2},
                                               {"WINCH", SIGWINCH},
                                               {"KILL", SIGKILL}}};

struct ProbePrefix {
  std::string_view prefix;
  ProbeSpec::Kind kind;
  bool keeps_prefix;  // the prefix is part of the target
};
constexpr std::array<ProbePrefix, 10> k_probe_prefixes{
    {{"file:", ProbeSpec::Kind::file, false},
     {"tcp://", ProbeSpec::Kind::tcp, false},
     {"tcp:", ProbeSpec::Kind::tcp, false},
     {"unix://", ProbeSpec::Kind::unix, false},
     {"unix:", ProbeSpec::Kind::unix, false},
     {"http://", ProbeSpec::Kind::http, true},
     {"https://", ProbeSpec::Kind::http, true},
     {"command:", ProbeSpec::Kind::command, false},
     {"log:", ProbeSpec::Kind::log, false},
     {"fd:", ProbeSpec::Kind::fd, false}}};

Error bad_value(const std::string& name, const std::string& value, std::string_view wanted) {
  return Error(ErrorKind::usage, "service option '" + name + "': '" + base::printable(value) +
                                     "' is not " + std::string(wanted));
}

milliseconds duration_of(const std::string& name, const std::string& value) {
  const auto duration = base::parse_duration(value);
  if (!duration || duration->count() < 0) throw bad_value(name, value, "a duration such as 30s");
  return *duration;
}

std::int64_t number_of(const std::string& name, const std::string& value, std::int64_t max) {
  const auto number = base::parse_int64(value);
  if (!number || *number < 0 || *number > max) throw bad_value(name, value, "a number it can be");
  return *number;
}

bool flag_of(const std::string& name, const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  throw bad_value(name, value, "true or false");
}

std::vector<std::string> words_of(const std::string& value) {
  std::vector<std::string> words;
  for (const std::string_view part : base::split(value, ',')) {
    const std::string_view word = base::trim(part);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

/// Of the names of environment variables.
constexpr std::string_view k_name_letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

OnExit on_exit_of(const std::string& name, const std::string& value) {
  if (value == "abort") return OnExit::abort;
  if (value == "fail_consumers" || value == "failConsumers") return OnExit::fail_consumers;
  if (value == "restart") return OnExit::restart;
  if (value == "allow_zero" || value == "allowZero") return OnExit::allow_zero;
  throw bad_value(name, value, "one of abort, failConsumers, restart, allowZero");
}

using Setter = void (*)(ServiceSettings&, const std::string& name, const std::string& value);
struct Option {
  std::string_view name;
  Setter set;
};

const std::array<Option, 23> k_options{{
    {"ready", [](ServiceSettings& s, const std::string&,
                 const std::string& v) { s.probes.push_back(parse_probe(v)); }},
    {"readyBody",
     [](ServiceSettings& s, const std::string&, const std::string& v) { s.ready_body = v; }},
    {"readyStatus",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       s.ready_statuses = parse_statuses(v);
       if (s.ready_statuses.empty()) throw bad_value(n, v, k_statuses_wanted);
     }},
    {"start",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       if (v != "eager" && v != "demand") throw bad_value(n, v, "eager or demand");
       s.eager = v == "eager";
     }},
    {"readyTimeout", [](ServiceSettings& s, const std::string& n,
                        const std::string& v) { s.ready_timeout = duration_of(n, v); }},
    {"poll", [](ServiceSettings& s, const std::string& n,
                const std::string& v) { s.poll = std::max(duration_of(n, v), milliseconds(1)); }},
    {"grace", [](ServiceSettings& s, const std::string& n,
                 const std::string& v) { s.grace = duration_of(n, v); }},
    {"linger", [](ServiceSettings& s, const std::string& n,
                  const std::string& v) { s.linger = duration_of(n, v); }},
    {"stopSignal", [](ServiceSettings& s, const std::string&,
                      const std::string& v) { s.stop_signal = parse_signal(v); }},
    {"stopCommand",
     [](ServiceSettings& s, const std::string&, const std::string& v) { s.stop_command = v; }},
    {"onExit", [](ServiceSettings& s, const std::string& n,
                  const std::string& v) { s.on_exit = on_exit_of(n, v); }},
    {"restartLimit",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       s.restart_limit = static_cast<int>(number_of(n, v, 1000));
     }},
    {"successExit",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       for (const std::string& word : words_of(v))
         s.success_exits.push_back(static_cast<int>(number_of(n, word, 255)));
     }},
    {"logCap",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       const auto bytes = base::parse_bytes(v);
       if (!bytes || *bytes < 0) throw bad_value(n, v, "a size such as 64MB");
       s.log_bytes_max = *bytes;
     }},
    {"ports",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       for (std::string& name : words_of(v)) {
         if (name.find_first_not_of(k_name_letters) != std::string::npos)
           throw bad_value(n, name, "a name: letters, digits and _");
         if (std::find(s.ports.begin(), s.ports.end(), name) == s.ports.end())
           s.ports.push_back(std::move(name));
       }
     }},
    {"liveness", [](ServiceSettings& s, const std::string&,
                    const std::string& v) { s.liveness.push_back(parse_probe(v)); }},
    {"livenessPeriod",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       s.liveness_period = std::max(duration_of(n, v), milliseconds(10));
     }},
    {"livenessFailures",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       s.liveness_failures = std::max(1, static_cast<int>(number_of(n, v, 1000)));
     }},
    {"endpoint",
     [](ServiceSettings& s, const std::string&, const std::string& v) {
       for (std::string& name : words_of(v)) s.endpoints.push_back(std::move(name));
     }},
    {"fifo",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       if (v != "shared" && v != "single") throw bad_value(n, v, "shared or single");
       s.fifo_shared = v == "shared";
     }},
    {"keepFor",
     [](ServiceSettings& s, const std::string&, const std::string& v) {
       for (std::string& name : words_of(v)) s.keep_for.push_back(std::move(name));
     }},
    {"instances",
     [](ServiceSettings& s, const std::string& n, const std::string& v) {
       if (v != "one" && v != "each") throw bad_value(n, v, "one or each");
       s.each = v == "each";
     }},
    {"allowEmpty", [](ServiceSettings& s, const std::string& n,
                      const std::string& v) { s.allow_empty = flag_of(n, v); }},
}};

/// A port alone is one of this machine. What has variables is known later.
void complete_endpoint(std::string& target, const std::string& given) {
  const std::string port = target.substr(target.rfind(':') + 1);
  if (port.find('$') == std::string::npos && !is_port(port)) {
    throw Error(ErrorKind::usage, "probe '" + base::printable(given) + "': '" +
                                      base::printable(port) + "' is not a port")
        .with_hint("write HOST:PORT, or a port of this machine: 1 to 65535");
  }
  if (target.find(':') == std::string::npos) target.insert(0, "127.0.0.1:");
}

}  // namespace

bool is_port(std::string_view text) {
  constexpr std::int64_t k_port_max = 65535;
  const auto number = base::parse_int64(text);
  return number && *number >= 1 && *number <= k_port_max;
}

ProbeSpec parse_probe(const std::string& text) {
  ProbeSpec probe;
  if (text == "notify") {
    probe.kind = ProbeSpec::Kind::notify;
    return probe;
  }
  const auto found =
      std::find_if(k_probe_prefixes.begin(), k_probe_prefixes.end(),
                   [&](const ProbePrefix& row) { return text.starts_with(row.prefix); });
  if (found == k_probe_prefixes.end() || text.size() == found->prefix.size()) {
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' is not a readiness probe")
        .with_hint(
            "write file:PATH, tcp://HOST:PORT, unix:PATH, http://…, command:TEXT, log:REGEX, "
            "notify or fd:N");
  }
  probe.kind = found->kind;
  probe.target = found->keeps_prefix ? text : text.substr(found->prefix.size());
  if (probe.kind == ProbeSpec::Kind::tcp) complete_endpoint(probe.target, text);
  if (probe.kind == ProbeSpec::Kind::log) static_cast<void>(internal::LinePattern(probe.target));
  if (probe.kind == ProbeSpec::Kind::fd) {
    const auto number = base::parse_int64(probe.target);
    if (!number || *number < 3 || *number > 255)
      throw Error(ErrorKind::usage,
                  "probe '" + base::printable(text) + "': the descriptor must be 3 to 255");
  }
  return probe;
}

std::vector<std::pair<int, int>> parse_statuses(const std::string& text) {
  std::vector<std::pair<int, int>> ranges;
  for (const std::string_view part : base::split(text, ',')) {
    const std::string_view range = base::trim(part);
    const std::size_t dash = range.find('-');
    const auto low = base::parse_int64(range.substr(0, dash));
    const auto high =
        dash == std::string_view::npos ? low : base::parse_int64(range.substr(dash + 1));
    if (!low || !high || *low < 100 || *high > 599 || *low > *high) return {};
    ranges.emplace_back(static_cast<int>(*low), static_cast<int>(*high));
  }
  return ranges;
}

ProbeSpec readiness_probe(ProbeSpec probe, const ServiceSettings& settings,
                          const std::vector<std::string>& variables) {
  if (probe.kind == ProbeSpec::Kind::http) {
    probe.body = settings.ready_body;
    if (!settings.ready_statuses.empty()) probe.statuses = settings.ready_statuses;
  }
  return with_variables(std::move(probe), variables);
}

ProbeSpec with_variables(ProbeSpec probe, const std::vector<std::string>& variables) {
  const bool own_dollars =
      probe.kind == ProbeSpec::Kind::command || probe.kind == ProbeSpec::Kind::log;
  if (own_dollars) return probe;
  std::string target;
  std::string_view rest = probe.target;
  while (!rest.empty()) {
    const std::size_t dollar = std::min(rest.find('$'), rest.size());
    target += rest.substr(0, dollar);
    rest.remove_prefix(dollar);
    if (rest.empty()) break;
    const bool braced = rest.starts_with("${");
    const std::size_t begin = braced ? 2 : 1;
    const std::size_t end = std::min(rest.find_first_not_of(k_name_letters, begin), rest.size());
    const bool closed = !braced || rest.substr(end).starts_with('}');
    const auto value =
        closed ? base::variable_in(variables, rest.substr(begin, end - begin)) : std::nullopt;
    target += value.value_or("$");
    rest.remove_prefix(value ? end + (braced ? 1 : 0) : 1);
  }
  probe.target = std::move(target);
  return probe;
}

std::string probe_text(const ProbeSpec& probe) {
  switch (probe.kind) {
    case ProbeSpec::Kind::file: return "file:" + probe.target;
    case ProbeSpec::Kind::tcp: return "tcp://" + probe.target;
    case ProbeSpec::Kind::unix: return "unix:" + probe.target;
    case ProbeSpec::Kind::http: return probe.target;
    case ProbeSpec::Kind::command: return "command:" + probe.target;
    case ProbeSpec::Kind::log: return "log:" + probe.target;
    case ProbeSpec::Kind::notify: return "notify";
    case ProbeSpec::Kind::fd: return "fd:" + probe.target;
  }
  return {};
}

void set_service_option(ServiceSettings& settings, const std::string& name,
                        const std::string& value) {
  for (const Option& option : k_options) {
    if (option.name == name) return option.set(settings, name, value);
  }
  std::vector<std::string> names;
  for (const Option& option : k_options) names.emplace_back(option.name);
  throw Error(ErrorKind::usage, "unknown service option '" + base::printable(name) + "'")
      .with_hint(base::nearest_hint(name, names, "there are: " + base::join(names, " ")));
}

std::vector<std::string_view> stop_signal_words() {
  std::vector<std::string_view> words;
  for (const SignalName& signal : k_signals) words.push_back(signal.name);
  return words;
}

int parse_signal(const std::string& text) {
  const std::string bare = text.starts_with("SIG") ? text.substr(3) : text;
  for (const SignalName& signal : k_signals) {
    if (signal.name == bare) return signal.number;
  }
  const auto number = base::parse_int64(text);
  if (!number || *number < 1 || *number >= NSIG)
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' is not a signal")
        .with_hint("use a name such as TERM or INT");
  return static_cast<int>(*number);
}

}  // namespace weir::engine
