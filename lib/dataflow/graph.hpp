#pragma once

#include "base/error.hpp"
#include "lang/value.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace weir::dataflow {

using lang::Value;

class Graph;
class Node;

/// Index of one of a node's inputs.
using Port = std::uint32_t;

/// A queue carries many items and then ends; a value carries one item, readable any number of
/// times, or ends empty.
enum class Carrier { queue, value };

/// Where a node was written, for messages. Column and line are 1-based; 0: unknown.
struct Place {
  std::string file;
  std::int64_t line = 0;
  std::int64_t column = 0;
};

/// Puts the place on an error that has none yet; an unknown place changes nothing.
Error& place_error(Error& error, const Place& place);

/// What one node writes and any number of others read; each reader gets every item.
///
/// Owned by its graph. Readers are added while wiring only, so no item is ever missed and none is
/// kept here.
class Channel {
 public:
  Channel(Carrier carrier, std::string name) : carrier_(carrier), name_(std::move(name)) {}
  [[nodiscard]] Carrier carrier() const { return carrier_; }
  /// How messages call it: the operator or process output it comes from.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool closed() const { return closed_; }
  /// Each reading node, once per input that reads.
  [[nodiscard]] std::vector<Node*> readers() const;
  [[nodiscard]] bool has_readers() const { return !readers_.empty(); }
  /// The item of a value channel once it has come; null before, and for queues, which keep nothing.
  [[nodiscard]] const Value& item() const { return item_; }

 private:
  friend class Graph;
  friend class Node;
  struct Reader {
    Node* node;
    Port port;
  };
  Carrier carrier_;
  bool closed_ = false;
  bool has_item_ = false;  ///< of a value channel: it came
  std::string name_;
  std::vector<Reader> readers_;
  Value item_;
};

/// One step of the flow: an operator, a factory, a process.
///
/// Derived classes add their inputs and outputs while wiring and are then told of items and ends,
/// in order of arrival over all inputs. A finished node is told nothing more.
class Node {
 public:
  Node(Graph& graph, std::string name, Place place);
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  virtual void on_item(Port port, Value item) = 0;
  /// An input has ended. By default the node finishes with its last input.
  virtual void on_end(Port port);
  /// Sources only: emits the next batch, and finishes with the last one; false: not to be asked
  /// again.
  virtual bool produce() { return false; }
  /// Emits what comes from outside for as long as anybody reads: such a node alone keeps no run
  /// going.
  [[nodiscard]] virtual bool is_live() const { return false; }
  /// What the node is waiting for, for the report at a standstill; by default its open inputs.
  [[nodiscard]] virtual std::string waiting_for() const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] bool all_inputs_ended() const { return open_inputs_ == 0; }
  [[nodiscard]] bool input_ended(Port port) const { return inputs_[port].ended; }
  [[nodiscard]] const Channel& input(Port port) const { return *inputs_[port].channel; }
  [[nodiscard]] std::size_t input_count() const { return inputs_.size(); }
  [[nodiscard]] std::size_t output_count() const { return outputs_.size(); }
  [[nodiscard]] Channel* output(std::size_t index = 0) const { return outputs_[index]; }

  Port add_input(Channel& channel);
  Channel* add_output(Carrier carrier, const std::string& name = {});

 protected:
  void emit(Value item, std::size_t output = 0);
  /// Closes all outputs; nothing more is delivered to this node.
  void finish();
  [[nodiscard]] Graph& graph() const { return graph_; }

 private:
  friend class Graph;
  struct Input {
    Channel* channel;
    bool ended = false;
  };
  struct Event {
    Port port;
    bool end;
    Value item;
  };
  void deliver(Event& event);

  Graph& graph_;
  std::string name_;
  Place place_;
  std::vector<Input> inputs_;
  std::vector<Channel*> outputs_;
  std::vector<Event> inbox_;
  std::size_t open_inputs_ = 0;
  bool queued_ = false;
  bool finished_ = false;
};

/// All nodes and channels of one run, and the loop that moves values between them.
///
/// Single-threaded and deterministic: nodes that have something in their inbox stand in one
/// first-in first-out queue, so a chain of any length needs no recursion, and items keep their
/// order along every edge. Sources are asked for their next batch only when no node is ready, which
/// bounds what is under way.
class Graph {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Adds a node made from `arguments`; the graph owns it.
  template <typename T, typename... Arguments>
  T& add(Arguments&&... arguments) {
    auto node = std::make_unique<T>(*this, std::forward<Arguments>(arguments)...);
    T& reference = *node;
    nodes_.push_back(std::move(node));
    return reference;
  }
  Channel& add_channel(Carrier carrier, std::string name);
  /// Declares that `node` produces by itself (`produce`).
  void add_source(Node& node) { sources_.push_back(&node); }

  void emit(Channel& channel, Value item);
  void close(Channel& channel);

  /// Moves values until nothing is ready and every source is dry. What a node throws leaves it,
  /// with the node's place where the error has none.
  void run();
  /// At most `steps` node activations; false when nothing was left to do.
  bool run_some(std::size_t steps);

  /// True when every node has finished.
  [[nodiscard]] bool finished() const;
  /// Whether a live node has not finished yet.
  [[nodiscard]] bool has_live() const;
  /// Whether nothing that `node` could still emit matters: it has finished, or all that read it
  /// are settled. A node that nobody reads (`view` at the end) is settled only when it is live.
  [[nodiscard]] bool is_settled(const Node& node) const;
  /// Whether all nodes are: nothing is left to do but what live nodes go on with.
  [[nodiscard]] bool settled() const;
  /// One line for each unfinished node: what it waits for. Used when nothing is ready and nothing
  /// is under way.
  [[nodiscard]] std::vector<std::string> standstill_report() const;
  [[nodiscard]] const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }

 private:
  friend class Node;
  void enqueue(Node& node, Port port, bool end, Value item);
  void activate(Node& node);
  void produce_from_source();
  [[nodiscard]] std::unordered_set<const Node*> settled_nodes() const;

  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::deque<Node*> ready_;
  std::deque<Node*> sources_;
};

/// Items that a source emits before the rest of the graph runs again: enough to make the loop's
/// cost small, few enough that what is under way stays in the processor's cache.
inline constexpr std::size_t k_source_batch = 256;

}  // namespace weir::dataflow
