#include "engine/gate_spec.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/service_settings.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateSpec::Kind;

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr std::array<KindName, 14> k_kinds{{{"s3", Kind::s3},
                                            {"memory", Kind::memory},
                                            {"semaphore", Kind::semaphore},
                                            {"rate", Kind::rate},
                                            {"window", Kind::window},
                                            {"file", Kind::file},
                                            {"stable", Kind::stable},
                                            {"tcp", Kind::tcp},
                                            {"unix", Kind::unix},
                                            {"http", Kind::http},
                                            {"https", Kind::http},
                                            {"command", Kind::command},
                                            {"disk", Kind::disk},
                                            {"exec", Kind::external}}};
/// Names of executors: a gate's hints would be mistaken for theirs.
const std::vector<std::string> k_executors{"local",        "slurm",      "k8s",   "awsbatch",
                                           "google-batch", "azurebatch", "sge",   "lsf",
                                           "pbs",          "condor",     "seqera"};

Error bad_value(const GateSpec& gate, const std::string& name, const std::string& value,
                std::string_view wanted) {
  return Error(ErrorKind::usage, "gate '" + gate.name + "', " + name + ": '" +
                                     base::printable(value) + "' is not " + std::string(wanted));
}

milliseconds duration_of(const GateSpec& gate, const std::string& name, const std::string& value) {
  const auto duration = base::parse_duration(value);
  if (!duration || duration->count() < 0)
    throw bad_value(gate, name, value, "a duration such as 30s");
  return *duration;
}

int count_of(const GateSpec& gate, const std::string& name, const std::string& value) {
  const auto number = base::parse_int64(value);
  if (!number || *number < 1 || *number > 1000000)
    throw bad_value(gate, name, value, "a number from 1 on");
  return static_cast<int>(*number);
}

std::int64_t bytes_of(const GateSpec& gate, const std::string& name, const std::string& value) {
  const auto bytes = base::parse_bytes(value);
  if (!bytes || *bytes < 0) throw bad_value(gate, name, value, "a size such as 10GB");
  return *bytes;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

using Setter = void (*)(GateSpec&, const std::string& name, const std::string& value);
struct Option {
  std::string_view name;
  Setter set;
};

void set_type(GateSpec& gate, const std::string& name, const std::string& value) {
  for (const KindName& row : k_kinds) {
    if (row.name == value) {
      gate.kind = row.kind;
      return;
    }
  }
  throw bad_value(gate, name, value,
                  "one of file, stable, tcp, unix, http, command, disk, memory, semaphore, "
                  "rate, window, s3, exec");
}

void set_target(GateSpec& gate, const std::string&, const std::string& value) {
  gate.target = value;
}

void set_command(GateSpec& gate, const std::string&, const std::string& value) {
  gate.kind = Kind::command;
  gate.target = value;
}

void set_exec(GateSpec& gate, const std::string& name, const std::string& value) {
  gate.kind = Kind::external;
  gate.command = words_of(value);
  if (gate.command.empty()) throw bad_value(gate, name, value, "a program");
}

void set_url(GateSpec& gate, const std::string&, const std::string& value) {
  gate.kind = Kind::http;
  gate.target = value;
}

void set_on_timeout(GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "pass" && value != "fail") throw bad_value(gate, name, value, "fail or pass");
  gate.pass_on_timeout = value == "pass";
}

bool flag_of(const GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "true" && value != "false") throw bad_value(gate, name, value, "true or false");
  return value == "true";
}

/// "10/min", "2/s", "100/1h".
void set_rate(GateSpec& gate, const std::string& name, const std::string& value) {
  const std::size_t slash = value.find('/');
  const auto count = base::parse_double(base::trim(std::string_view(value).substr(0, slash)));
  std::optional<milliseconds> span;
  if (slash != std::string::npos) {
    const std::string unit(base::trim(std::string_view(value).substr(slash + 1)));
    const bool digits = !unit.empty() && unit.front() >= '0' && unit.front() <= '9';
    std::string text = digits ? unit : "1" + unit;
    if (unit == "sec" || unit == "second") text = "1s";
    if (unit == "min" || unit == "minute") text = "1m";
    if (unit == "hour") text = "1h";
    if (unit == "day") text = "1d";
    span = base::parse_duration(text);
  }
  if (!count || *count <= 0 || !span || span->count() <= 0)
    throw bad_value(gate, name, value, "a rate such as 10/min");
  gate.kind = Kind::rate;
  gate.per_second = *count * 1000.0 / static_cast<double>(span->count());
}

/// "200", "200-299", "200,204".
void set_statuses(GateSpec& gate, const std::string& name, const std::string& value) {
  gate.statuses = parse_statuses(value);
  if (gate.statuses.empty()) throw bad_value(gate, name, value, k_statuses_wanted);
}

void set_phase(GateSpec& gate, const std::string& name, const std::string& value) {
  gate.in_prepare = gate.in_admit = false;
  for (const std::string_view part : base::split(value, ',')) {
    const std::string_view phase = base::trim(part);
    if (phase != "prepare" && phase != "admit")
      throw bad_value(gate, name, value, "prepare, admit or both with a comma");
    (phase == "prepare" ? gate.in_prepare : gate.in_admit) = true;
  }
}

void set_file_type(GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "file" && value != "dir" && value != "any")
    throw bad_value(gate, name, value, "file, dir or any");
  gate.file_type = value == "any" ? "" : value;
}

void set_mode(GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "task" && value != "multiplex")
    throw bad_value(gate, name, value, "task or multiplex");
  gate.multiplex = value == "multiplex";
}

void set_dedupe(GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "inputs" && value != "none") throw bad_value(gate, name, value, "inputs or none");
  gate.by_inputs = value == "inputs";
}

void set_tier(GateSpec& gate, const std::string& name, const std::string& value) {
  if (value != "Standard" && value != "Bulk" && value != "Expedited")
    throw bad_value(gate, name, value, "Standard, Bulk or Expedited");
  gate.tier = value;
}

const std::array<Option, 37> k_options{{
    {"days",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.days = count_of(g, n, v); }},
    {"tier", set_tier},
    {"minRemaining", [](GateSpec& g, const std::string& n,
                        const std::string& v) { g.min_remaining = duration_of(g, n, v); }},
    {"pool",
     [](GateSpec& g, const std::string&, const std::string& v) {
       g.kind = Kind::semaphore;
       g.target = v;
     }},
    {"slots",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.slots = count_of(g, n, v); }},
    {"tokens",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.tokens = count_of(g, n, v); }},
    {"rate", set_rate},
    {"burst",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.burst = count_of(g, n, v); }},
    {"window",
     [](GateSpec& g, const std::string&, const std::string& v) {
       g.kind = Kind::window;
       g.target = v;
     }},
    {"finishBy", [](GateSpec& g, const std::string& n,
                    const std::string& v) { g.finish_by = flag_of(g, n, v); }},
    {"inodes",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.inodes = count_of(g, n, v); }},
    {"minAge", [](GateSpec& g, const std::string& n,
                  const std::string& v) { g.min_age = duration_of(g, n, v); }},
    {"fileType", set_file_type},
    {"status", set_statuses},
    {"body", [](GateSpec& g, const std::string&, const std::string& v) { g.body = v; }},
    {"times",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.times = count_of(g, n, v); }},
    {"timeout", [](GateSpec& g, const std::string& n,
                   const std::string& v) { g.timeout = duration_of(g, n, v); }},
    {"strict",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.strict = flag_of(g, n, v); }},
    {"mode", set_mode},
    {"phase", set_phase},
    {"dedupe", set_dedupe},
    {"describe", [](GateSpec& g, const std::string& n,
                    const std::string& v) { g.describe = flag_of(g, n, v); }},
    {"memory",
     [](GateSpec& g, const std::string& n, const std::string& v) {
       g.kind = Kind::memory;
       g.bytes = bytes_of(g, n, v);
     }},
    {"type", set_type},
    {"path", set_target},
    {"target", set_target},
    {"url", set_url},
    {"command", set_command},
    {"exec", set_exec},
    {"quiet", [](GateSpec& g, const std::string& n,
                 const std::string& v) { g.quiet = duration_of(g, n, v); }},
    {"size",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.bytes = bytes_of(g, n, v); }},
    {"poll",
     [](GateSpec& g, const std::string& n, const std::string& v) {
       g.poll = std::max(duration_of(g, n, v), milliseconds(1));
     }},
    {"maxWait", [](GateSpec& g, const std::string& n,
                   const std::string& v) { g.max_wait = duration_of(g, n, v); }},
    {"onTimeout", set_on_timeout},
    {"transientLimit", [](GateSpec& g, const std::string& n,
                          const std::string& v) { g.transient_limit = count_of(g, n, v); }},
    {"maxConcurrency", [](GateSpec& g, const std::string& n,
                          const std::string& v) { g.max_concurrency = count_of(g, n, v); }},
    {"skip",
     [](GateSpec& g, const std::string& n, const std::string& v) { g.skip = flag_of(g, n, v); }},
}};

bool try_set(GateSpec& gate, const std::string& name, const std::string& value) {
  const auto found = std::find_if(k_options.begin(), k_options.end(),
                                  [&](const Option& option) { return option.name == name; });
  if (found == k_options.end()) return false;
  found->set(gate, name, value);
  return true;
}

/// "POOL:2": the slots are behind the last colon.
void split_semaphore(GateSpec& gate) {
  const std::size_t colon = gate.target.rfind(':');
  if (colon == std::string::npos) throw bad_value(gate, "semaphore", gate.target, "POOL:SLOTS");
  gate.slots = count_of(gate, "slots", gate.target.substr(colon + 1));
  gate.target.resize(colon);
}

/// "PATH:10GB": the size is behind the last colon.
void split_disk(GateSpec& gate) {
  const std::size_t colon = gate.target.rfind(':');
  if (colon == std::string::npos) throw bad_value(gate, "disk", gate.target, "PATH:SIZE");
  gate.bytes = bytes_of(gate, "size", gate.target.substr(colon + 1));
  gate.target.resize(colon);
}

}  // namespace

bool is_prepare_gate(const GateSpec& gate) {
  switch (gate.kind) {
    case Kind::disk:
    case Kind::memory:
    case Kind::semaphore:
    case Kind::rate: return false;
    case Kind::external: return gate.in_prepare;
    default: return true;
  }
}

bool is_admit_gate(const GateSpec& gate) {
  switch (gate.kind) {
    case Kind::disk:
    case Kind::memory:
    case Kind::semaphore:
    case Kind::rate:
    case Kind::window: return true;
    case Kind::external: return gate.in_admit;
    default: return false;
  }
}

const std::vector<BuiltInGate>& built_in_gates() {
  static const std::vector<BuiltInGate> gates{
      {"stable", "stable:PATH", "the file or tree has not changed for --quiet-for"},
      {"file", "file:PATH", "the path exists and is at least --min-size large"},
      {"tcp", "tcp:HOST:PORT", "a connection is accepted"},
      {"unix", "unix:PATH", "a Unix socket accepts a connection"},
      {"http", "http://URL", "the answer's status is from 200 to 299; https:// likewise"},
      {"s3", "s3://BUCKET/KEY", "the object can be read; archived ones are restored first"},
      {"command", "command:TEXT", "the shell command ends with status 0"},
      {"disk", "disk:PATH:SIZE", "so much space is free for unprivileged users"},
      {"memory", "memory:SIZE", "so much memory is available within the control group's limit"},
      {"semaphore", "semaphore:POOL:SLOTS", "one of the pool's tokens is free; held to the end"},
      {"rate", "rate:N/TIME", "not more than so many launches in that time"},
      {"window", "window:DAYS FROM-TO ZONE", "the time of day is inside the window"},
      {"exec", "exec:PROGRAM", "the program says so (protocol weir-gate/1)"},
  };
  return gates;
}

std::string gate_spellings() {
  std::string text;
  const std::vector<BuiltInGate>& gates = built_in_gates();
  for (const BuiltInGate& gate : gates) {
    if (!text.empty()) text += &gate == &gates.back() ? " or " : ", ";
    text += gate.spelling;
  }
  return text;
}

GateSpec parse_gate(const std::string& text) {
  GateSpec gate;
  gate.name = text;
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const bool known = std::any_of(k_kinds.begin(), k_kinds.end(),
                                 [&](const KindName& row) { return row.name == kind; });
  if (colon == std::string::npos || !known || colon + 1 == text.size()) {
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' is not a gate")
        .with_hint("write " + gate_spellings());
  }
  set_type(gate, "type", kind);
  const bool is_url = gate.kind == Kind::http || gate.kind == Kind::s3;
  gate.target = is_url ? text : text.substr(colon + 1);
  if (gate.kind == Kind::external) set_exec(gate, "exec", gate.target);
  if (gate.kind == Kind::disk) split_disk(gate);
  if (gate.kind == Kind::semaphore) split_semaphore(gate);
  if (gate.kind == Kind::memory) gate.bytes = bytes_of(gate, "memory", gate.target);
  if (gate.kind == Kind::rate) set_rate(gate, "rate", gate.target);
  return gate;
}

void set_gate_option(GateSpec& gate, const std::string& name, const std::string& value) {
  if (try_set(gate, name, value)) return;
  std::vector<std::string> names;
  for (const Option& option : k_options) names.emplace_back(option.name);
  throw Error(ErrorKind::usage,
              "gate '" + gate.name + "': unknown option '" + base::printable(name) + "'")
      .with_hint(
          base::nearest_hint(name, names, "`weir gate describe KIND` lists a gate's options"));
}

std::vector<std::string> gate_options_of(std::string_view kind) {
  static const std::map<std::string_view, std::vector<std::string>> own{
      {"stable", {"path", "quiet"}},
      {"file", {"path", "size", "minAge", "fileType"}},
      {"tcp", {"target", "times", "timeout"}},
      {"unix", {"target", "times", "timeout"}},
      {"http", {"url", "status", "body", "timeout"}},
      {"s3", {"target", "days", "tier", "minRemaining"}},
      {"command", {"command", "strict", "timeout"}},
      {"disk", {"path", "size", "inodes"}},
      {"memory", {"memory"}},
      {"semaphore", {"pool", "slots", "tokens"}},
      {"rate", {"rate", "burst"}},
      {"window", {"window", "finishBy"}},
      {"exec",
       {"exec", "mode", "phase", "dedupe", "describe", "maxConcurrency", "transientLimit"}}};
  std::vector<std::string> names;
  if (const auto found = own.find(kind); found != own.end()) names = found->second;
  for (const char* common : {"poll", "maxWait", "onTimeout", "skip"}) names.emplace_back(common);
  return names;
}

GateSpec with_hints(GateSpec gate, const std::map<std::string, std::string>& hints) {
  const std::string prefix = gate.name + "/";
  for (const auto& [key, value] : hints) {
    if (!key.starts_with(prefix)) continue;
    const std::string name = key.substr(prefix.size());
    const bool for_runner =
        name == "skip" || name == "maxWait" || name == "poll" || name == "onTimeout";
    if (for_runner || gate.kind != Kind::external) {
      set_gate_option(gate, name, value);
    } else {
      gate.hints[name] = value;
    }
  }
  return gate;
}

std::vector<std::string> check_hints(const std::map<std::string, std::string>& hints,
                                     const std::vector<std::string>& gates) {
  std::vector<std::string> known = gates;
  for (const std::string& executor : k_executors) {
    if (std::find(gates.begin(), gates.end(), executor) != gates.end())
      throw Error(ErrorKind::usage,
                  "a gate cannot be named '" + executor + "': that is an executor");
    known.push_back(executor);
  }
  std::vector<std::string> warnings;
  for (const auto& [key, value] : hints) {
    const std::size_t slash = key.find('/');
    const bool empty_part =
        key.empty() || slash == 0 || (slash != std::string::npos && slash + 1 == key.size());
    if (empty_part || (slash != std::string::npos && key.find('/', slash + 1) != std::string::npos))
      throw Error(ErrorKind::usage,
                  "the hint '" + base::printable(key) + "' is not NAME or PREFIX/NAME");
    if (slash == std::string::npos) continue;
    const std::string prefix = key.substr(0, slash);
    if (std::find(known.begin(), known.end(), prefix) != known.end()) continue;
    const auto near = base::nearest(prefix, known);
    std::string text = "the hint '" + key + "' names neither a gate nor an executor";
    if (near) {
      text += "; did you mean '" + *near + key.substr(slash) + "'?";
    } else if (!gates.empty()) {
      text += "; hints for a gate begin with its name, such as '" + gates.front() + "/maxWait'";
    }
    warnings.push_back(std::move(text));
  }
  return warnings;
}

}  // namespace weir::engine
