#include "dataflow/live_sources.hpp"

#include "base/error.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "dataflow/channel_object.hpp"
#include "dataflow/sources.hpp"
#include "lang/host.hpp"
#include "lang/number_text.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

namespace weir::dataflow {
namespace {

/// Emits what its ticks bring, and ends when nobody reads any more.
class LiveNode : public Node {
 public:
  using Node::Node;
  void on_item(Port, Value) override {}  // has no inputs
  [[nodiscard]] bool is_live() const override { return true; }
  [[nodiscard]] std::string waiting_for() const override { return "what comes from outside"; }
  /// False: it has ended.
  bool tick() {
    if (finished()) return false;
    if (graph().is_settled(*this)) {
      finish();
      return false;
    }
    look();
    return true;
  }

 protected:
  virtual void look() = 0;
};

class IntervalNode final : public LiveNode {
 public:
  using LiveNode::LiveNode;

 private:
  void look() override { emit(Value::number(next_++)); }
  std::int64_t next_ = 0;
};

struct WatchedEvents {
  bool create = false;
  bool modify = false;
  bool erase = false;
};

class WatchNode final : public LiveNode {
 public:
  WatchNode(Graph& graph, std::string name, Place place, Flow& flow, Value pattern,
            WatchedEvents events)
      : LiveNode(graph, std::move(name), std::move(place)),
        flow_(flow),
        pattern_(std::move(pattern)),
        events_(events) {
    for (const Value& path : flow_.surroundings().match_paths(pattern_, nullptr)) {
      if (const auto file = stamp_of(path)) known_.emplace(lang::to_text(path), File{path, *file});
    }
  }

 private:
  struct Stamp {
    std::int64_t size_bytes = 0;
    std::int64_t modified_millis = 0;
    bool operator==(const Stamp&) const = default;
  };
  struct File {
    Value path;
    Stamp stamp;
    enum class State { told, appeared, changed } state = State::told;
  };

  [[nodiscard]] std::optional<Stamp> stamp_of(const Value& path) const {
    const auto found = flow_.host().files().attributes(path.get<lang::PathObject>());
    if (!found) return std::nullopt;
    return Stamp{found->size_bytes, found->modified_millis};
  }

  void look() override {
    std::map<std::string, File> now;
    for (const Value& path : flow_.surroundings().match_paths(pattern_, nullptr)) {
      const auto stamp = stamp_of(path);
      if (!stamp) continue;  // gone meanwhile
      const std::string name = lang::to_text(path);
      const auto before = known_.find(name);
      File file{path, *stamp};
      if (before == known_.end()) {
        file.state = File::State::appeared;
      } else {
        file.state = before->second.state;
        settle(file, before->second.stamp);
      }
      now.emplace(name, std::move(file));
    }
    if (events_.erase) {
      for (auto& [name, file] : known_) {
        if (!now.contains(name)) emit(file.path);
      }
    }
    known_ = std::move(now);
  }

  void settle(File& file, const Stamp& before) {
    if (!(file.stamp == before)) {
      if (file.state == File::State::told) file.state = File::State::changed;
      return;
    }
    const bool wanted = (file.state == File::State::appeared && events_.create) ||
                        (file.state == File::State::changed && events_.modify);
    file.state = File::State::told;
    if (wanted) emit(file.path);
  }

  Flow& flow_;
  Value pattern_;
  WatchedEvents events_;
  std::map<std::string, File> known_;
};

WatchedEvents events_of(std::string_view text) {
  WatchedEvents events;
  for (const std::string_view raw : base::split(text, ',')) {
    const std::string_view word = base::trim(raw);
    if (word == "create") {
      events.create = true;
    } else if (word == "modify") {
      events.modify = true;
    } else if (word == "delete") {
      events.erase = true;
    } else {
      throw Error(ErrorKind::input, fmt::format("'channel.watchPath' knows no event '{}'", word))
          .with_hint("events are create, modify, delete");
    }
  }
  return events;
}

/// The folder in which a pattern begins to match.
std::string watched_folder(Flow& flow, const Value& pattern) {
  const std::string text = lang::to_text(pattern);
  const std::size_t length = base::Glob::folder_length(text);
  if (length == 0) return flow.host().files().absolute(".");
  return flow.host().files().absolute(length == 1 ? "/" : text.substr(0, length - 1));
}

}  // namespace

Value make_interval(Flow& flow, const lang::Arguments& arguments) {
  const std::string text = lang::to_text(arguments[0]);
  const auto millis = lang::parse_duration_text(text);
  if (!millis || *millis <= 0) {
    throw Error(ErrorKind::input,
                fmt::format("'channel.interval' needs a duration, not '{}'", text))
        .with_hint("such as '10s' or '5 min'");
  }
  auto& node = flow.graph().add<IntervalNode>("channel.interval", flow.surroundings().here());
  Channel& channel = *node.add_output(Carrier::queue);
  flow.surroundings().every(std::chrono::milliseconds(*millis), [&node] { return node.tick(); });
  return channel_value(flow, channel);
}

Value make_watch_path(Flow& flow, const lang::Arguments& arguments) {
  constexpr std::chrono::milliseconds k_look{500};
  const WatchedEvents events =
      arguments.size() > 1 ? events_of(lang::to_text(arguments[1])) : WatchedEvents{.create = true};
  const std::string folder = watched_folder(flow, arguments[0]);
  const auto found = flow.host().files().attributes(lang::PathObject(folder));
  if (!found || !found->is_directory) {
    flow.host().log(lang::LogLevel::warn,
                    fmt::format("Cannot watch a non-existent directory: {} -- Ensure the path is a "
                                "valid directory",
                                folder));
    return channel_value(flow, items_channel(flow, {}, "channel.watchPath"));
  }
  auto& node = flow.graph().add<WatchNode>("channel.watchPath", flow.surroundings().here(), flow,
                                           arguments[0], events);
  Channel& channel = *node.add_output(Carrier::queue);
  flow.surroundings().every(k_look, [&node] { return node.tick(); });
  return channel_value(flow, channel);
}

}  // namespace weir::dataflow
