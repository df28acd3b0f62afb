#include "engine/gate_protocol.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::engine {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using Kind = GateAnswer::Kind;

constexpr std::size_t k_data_bytes_max = 4096;

std::string to_line(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json run_of(const GateKeeper::Options& options) {
  return {{"id", options.run_id}, {"name", options.run_name}, {"resume", options.resume}};
}

json task_of(const GateRequest& request) {
  json inputs = json::array();
  for (const std::string& path : request.inputs) {
    const bool remote = path.find("://") != std::string::npos;
    inputs.push_back({{"name", base::fs::path(path).filename().string()},
                      {"uri", path},
                      {"kind", remote ? "remote" : "path"}});
  }
  return {{"id", request.task},
          {"key", request.key},
          {"attempt", request.attempt},
          {"process", request.process},
          {"name", request.name},
          {"tag", request.tag},
          {"dir", request.work_dir},
          {"executor", "local"},
          {"cpus", request.resources.cpus},
          {"memory", request.resources.memory_bytes},
          {"disk", request.resources.disk_bytes},
          {"time", static_cast<double>(request.resources.time.count()) / 1000},
          {"accelerators", request.resources.accelerators},
          {"inputs", inputs}};
}

/// Hints that look like numbers or truth values are sent as such.
json value_of(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (const auto number = base::parse_int64(text)) return *number;
  if (const auto number = base::parse_double(text)) return *number;
  return text;
}

std::string text_of(const json& event, const char* name) {
  const auto found = event.find(name);
  if (found == event.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? std::to_string(found->get<std::int64_t>()) : std::string{};
}

/// Longer ones would not fit into nanoseconds since boot.
constexpr std::chrono::hours k_duration_max{24 * 366};

std::optional<milliseconds> duration_of(const json& event, const char* name) {
  const auto found = event.find(name);
  if (found == event.end()) return std::nullopt;
  if (found->is_number()) {
    constexpr double k_seconds_max = std::chrono::seconds(k_duration_max).count();
    const double seconds = std::clamp(found->get<double>(), 0.0, k_seconds_max);
    return milliseconds(static_cast<std::int64_t>(seconds * 1000));
  }
  if (!found->is_string()) return std::nullopt;
  const auto duration = base::parse_duration(found->get<std::string>());
  return duration ? std::optional(std::min(*duration, milliseconds(k_duration_max))) : std::nullopt;
}

Kind kind_of_class(const std::string& name) {
  if (name == "transient") return Kind::transient;
  return name == "unrecoverable" ? Kind::unrecoverable : Kind::permanent;
}

const std::vector<std::pair<std::string_view, GateEvent::Kind>> k_events{
    {"progress", GateEvent::Kind::progress},   {"log", GateEvent::Kind::log},
    {"ready", GateEvent::Kind::ready},         {"not_ready", GateEvent::Kind::not_ready},
    {"failed", GateEvent::Kind::failed},       {"hello", GateEvent::Kind::hello},
    {"heartbeat", GateEvent::Kind::heartbeat}, {"cancelled", GateEvent::Kind::cancelled}};

/// "2026-01-31T12:00:00Z", with or without a fraction.
std::optional<base::WallTime> parse_utc(const std::string& text) {
  namespace chrono = std::chrono;
  if (text.size() < 20 || text.back() != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    return base::parse_int64(std::string_view(text).substr(at, length)).value_or(-1);
  };
  const chrono::year_month_day date(chrono::year(static_cast<int>(number(0, 4))),
                                    chrono::month(static_cast<unsigned>(number(5, 2))),
                                    chrono::day(static_cast<unsigned>(number(8, 2))));
  const auto hour = number(11, 2);
  const auto minute = number(14, 2);
  const auto second = number(17, 2);
  if (!date.ok() || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  return base::WallTime(chrono::sys_days(date)) + chrono::hours(hour) + chrono::minutes(minute) +
         chrono::seconds(second);
}

GateAnswer answer_of(GateEvent::Kind kind, const json& event) {
  GateAnswer answer;
  answer.kind = kind == GateEvent::Kind::ready ? Kind::ready : Kind::not_ready;
  if (kind == GateEvent::Kind::failed) answer.kind = kind_of_class(text_of(event, "class"));
  answer.code = base::printable(text_of(event, "code"));
  answer.message = base::printable(text_of(event, "message"), 1024);
  answer.retry_after = duration_of(event, "retry_after");
  answer.lease = text_of(event, "lease");
  if (const auto data = event.find("data"); data != event.end()) {
    answer.data = data->dump(-1, ' ', false, json::error_handler_t::replace);
    if (answer.data.size() > k_data_bytes_max)
      answer.data = fmt::format("\"longer than {} bytes\"", k_data_bytes_max);
  }
  answer.valid_for = duration_of(event, "valid_for");
  if (const auto until = parse_utc(text_of(event, "valid_until")))
    answer.valid_for =
        std::clamp(*until - base::now_wall(), milliseconds(0), milliseconds(k_duration_max));
  return answer;
}

bool holds(const json& list, const char* word) {
  return list.is_array() && std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

std::string_view name_of(GateOp op) {
  if (op == GateOp::admit) return "admit";
  return op == GateOp::release ? "release" : "prepare";
}

std::string gate_request_text(const GateMessage& message, const GateSpec& spec,
                              const GateRequest& request, const GateKeeper::Options& options) {
  json hints = json::object();
  for (const auto& [name, value] : spec.hints) hints[name] = value_of(value);
  json whole = {{"protocol", k_gate_protocol},
                {"op", std::string(name_of(message.op))},
                {"run", run_of(options)},
                {"task", task_of(request)},
                {"hints", hints},
                {"deadline", message.deadline.empty() ? json(nullptr) : json(message.deadline)},
                {"cancel_grace_ms", options.cancel_grace.count()}};
  if (!message.req.empty()) whole["req"] = message.req;
  if (message.op == GateOp::release) whole["lease"] = message.lease;
  return to_line(whole);
}

std::string gate_hello_text(const GateKeeper::Options& options) {
  return to_line({{"protocol", k_gate_protocol}, {"op", "hello"}, {"run", run_of(options)}});
}

std::string gate_control_text(std::string_view op, const std::string& req) {
  json object = {{"op", std::string(op)}};
  if (!req.empty()) object["req"] = req;
  return to_line(object);
}

GateAnswer::Kind gate_kind_of_exit(int status) {
  switch (status) {
    case 0: return Kind::ready;
    case 11: return Kind::not_ready;
    case 75: return Kind::transient;
    case 77: return Kind::not_applicable;
    case 64:
    case 78:
    case 126:
    case 127: return Kind::unrecoverable;
    default: return Kind::permanent;
  }
}

GateAnswer::Kind worse_of(GateAnswer::Kind a, GateAnswer::Kind b) {
  return std::max(a, b);  // the enumerators go from good to bad
}

std::optional<GateEvent> parse_gate_event(std::string_view line) {
  const json event = json::parse(line, nullptr, false);
  if (!event.is_object()) return std::nullopt;
  const std::string name = text_of(event, "event");
  const auto known = std::find_if(k_events.begin(), k_events.end(),
                                  [&](const auto& row) { return row.first == name; });
  if (known == k_events.end()) return std::nullopt;
  GateEvent parsed;
  parsed.kind = known->second;
  parsed.req = text_of(event, "req");
  parsed.message = base::printable(text_of(event, "message"), 1024);
  if (parsed.is_final()) parsed.answer = answer_of(parsed.kind, event);
  if (parsed.kind == GateEvent::Kind::hello) {
    const auto limit = base::parse_int64(text_of(event, "max_in_flight"));
    parsed.in_flight_max = static_cast<int>(std::clamp<std::int64_t>(limit.value_or(0), 0, 100000));
    parsed.heartbeat = duration_of(event, "heartbeat");
  }
  return parsed;
}

GateDescription parse_gate_description(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  const auto refuse = [](const std::string& why) {
    return Error(ErrorKind::usage, "the gate's description " + why)
        .with_hint("weir-gate-protocol(7) says what --describe must print");
  };
  if (!object.is_object()) throw refuse("is not one JSON object");
  if (text_of(object, "protocol") != k_gate_protocol)
    throw refuse("names the protocol '" + base::printable(text_of(object, "protocol")) + "', not " +
                 k_gate_protocol);
  GateDescription description;
  description.name = base::printable(text_of(object, "name"));
  description.version = base::printable(text_of(object, "version"));
  const json modes = object.value("modes", json::array({"task"}));
  description.task_mode = holds(modes, "task");
  description.multiplex_mode = holds(modes, "multiplex");
  if (!description.task_mode && !description.multiplex_mode)
    throw refuse("has no known mode: task or multiplex");
  const json phases = object.value("phases", json::array({"prepare"}));
  description.in_prepare = holds(phases, "prepare");
  description.in_admit = holds(phases, "admit");
  if (!description.in_prepare && !description.in_admit)
    throw refuse("has no known phase: prepare or admit");
  description.leases = object.value("leases", json(false)) == json(true);
  const auto limit = base::parse_int64(text_of(object, "max_concurrency"));
  description.max_concurrency =
      static_cast<int>(std::clamp<std::int64_t>(limit.value_or(0), 0, 64));
  description.by_inputs = text_of(object, "dedupe") == "inputs";
  const json hints = object.value("hints", json::object());
  if (!hints.is_object()) throw refuse("has hints that are not an object");
  for (const auto& [name, hint] : hints.items()) {
    const bool typed = hint.is_object();
    description.hints.push_back({base::printable(name), typed ? text_of(hint, "type") : "",
                                 typed && hint.contains("default") ? hint["default"].dump() : ""});
  }
  return description;
}

GateSpec described_gate(GateSpec gate, const GateDescription& description) {
  if (gate.multiplex && !description.multiplex_mode) {
    throw Error(ErrorKind::usage, "gate '" + gate.name + "' does not know multiplex mode")
        .with_hint("remove `mode = 'multiplex'`");
  }
  gate.multiplex = gate.multiplex || !description.task_mode;
  gate.in_prepare = description.in_prepare;
  gate.in_admit = description.in_admit;
  gate.by_inputs = gate.by_inputs || description.by_inputs;
  if (description.max_concurrency > 0)
    gate.max_concurrency = std::min(gate.max_concurrency, description.max_concurrency);
  return gate;
}

std::vector<std::string> check_gate_hints(const GateSpec& gate,
                                          const GateDescription& description) {
  std::vector<std::string> names{"skip", "maxWait", "poll", "onTimeout"};
  for (const GateDescription::Hint& hint : description.hints) names.push_back(hint.name);
  std::vector<std::string> warnings;
  for (const auto& [name, value] : gate.hints) {
    const auto known =
        std::find_if(description.hints.begin(), description.hints.end(),
                     [&, &key = name](const auto& hint) { return hint.name == key; });
    if (known == description.hints.end()) {
      const auto near = base::nearest(name, names);
      warnings.push_back("gate '" + gate.name + "' knows no hint '" + gate.name + "/" + name + "'" +
                         (near ? "; did you mean '" + gate.name + "/" + *near + "'?" : ""));
      continue;
    }
    const bool fits = (known->type != "boolean" || value == "true" || value == "false") &&
                      (known->type != "number" || base::parse_double(value)) &&
                      (known->type != "duration" || base::parse_duration(value));
    if (!fits) {
      throw Error(ErrorKind::usage, "the hint '" + gate.name + "/" + name + "' is '" +
                                        base::printable(value) + "', not a " + known->type);
    }
  }
  return warnings;
}

void add_gate_data(std::string& all, const std::string& gate, const std::string& data) {
  if (data.empty()) return;
  if (all.empty()) {
    all = "{";
  } else {
    all.back() = ',';
  }
  all += json(gate).dump(-1, ' ', false, json::error_handler_t::replace) + ":" + data + "}";
}

}  // namespace weir::engine
