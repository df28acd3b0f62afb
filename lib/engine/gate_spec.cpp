#include "engine/gate_spec.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::engine {
namespace {

using std::chrono::milliseconds;
using Kind = GateSpec::Kind;

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr std::array<KindName, 9> k_kinds{{{"file", Kind::file},
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
  throw bad_value(gate, name, value, "one of file, stable, tcp, unix, http, command, disk, exec");
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

const std::array<Option, 14> k_options{{
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
     [](GateSpec& g, const std::string& n, const std::string& v) {
       if (v != "true" && v != "false") throw bad_value(g, n, v, "true or false");
       g.skip = v == "true";
     }},
}};

bool try_set(GateSpec& gate, const std::string& name, const std::string& value) {
  const auto found = std::find_if(k_options.begin(), k_options.end(),
                                  [&](const Option& option) { return option.name == name; });
  if (found == k_options.end()) return false;
  found->set(gate, name, value);
  return true;
}

/// "PATH:10GB": the size is behind the last colon.
void split_disk(GateSpec& gate) {
  const std::size_t colon = gate.target.rfind(':');
  if (colon == std::string::npos) throw bad_value(gate, "disk", gate.target, "PATH:SIZE");
  gate.bytes = bytes_of(gate, "size", gate.target.substr(colon + 1));
  gate.target.resize(colon);
}

}  // namespace

const std::vector<BuiltInGate>& built_in_gates() {
  static const std::vector<BuiltInGate> gates{
      {"stable", "stable:PATH", "the file or tree has not changed for --quiet-for"},
      {"file", "file:PATH", "the path exists and is at least --min-size large"},
      {"tcp", "tcp:HOST:PORT", "a connection is accepted"},
      {"unix", "unix:PATH", "a Unix socket accepts a connection"},
      {"http", "http://URL", "the answer's status is from 200 to 299"},
      {"command", "command:TEXT", "the shell command ends with status 0"},
      {"disk", "disk:PATH:SIZE", "so much space is free for unprivileged users"},
      {"exec", "exec:PROGRAM", "the program says so (protocol weir-gate/1)"},
  };
  return gates;
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
        .with_hint(
            "write stable:PATH, file:PATH, tcp:HOST:PORT, unix:PATH, http://…, disk:PATH:SIZE, "
            "command:TEXT or "
            "exec:PROGRAM");
  }
  set_type(gate, "type", kind);
  gate.target = gate.kind == Kind::http ? text : text.substr(colon + 1);
  if (text.starts_with("https:")) {
    throw Error(ErrorKind::usage,
                "'" + base::printable(text) + "': gates by https are not supported")
        .with_hint("use 'command:curl -fsS URL'");
  }
  if (gate.kind == Kind::external) set_exec(gate, "exec", gate.target);
  if (gate.kind == Kind::disk) split_disk(gate);
  return gate;
}

void set_gate_option(GateSpec& gate, const std::string& name, const std::string& value) {
  if (try_set(gate, name, value)) return;
  std::vector<std::string> names;
  for (const Option& option : k_options) names.emplace_back(option.name);
  Error error(ErrorKind::usage,
              "gate '" + gate.name + "': unknown option '" + base::printable(name) + "'");
  if (const auto near = base::nearest(name, names))
    error.with_hint("did you mean '" + *near + "'?");
  throw error;
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
    warnings.push_back("the hint '" + key + "' names neither a gate nor an executor" +
                       (near ? "; did you mean '" + *near + "'?" : ""));
  }
  return warnings;
}

}  // namespace weir::engine
