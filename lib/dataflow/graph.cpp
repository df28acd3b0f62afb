#include "dataflow/graph.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::dataflow {

Error& place_error(Error& error, const Place& place) {
  if (error.place().line == 0 && place.line != 0)
    error.at({place.file, place.line, place.column, -1});
  return error;
}

Node::Node(Graph& graph, std::string name, Place place)
    : graph_(graph), name_(std::move(name)), place_(std::move(place)) {}

Node::~Node() = default;

std::vector<Node*> Channel::readers() const {
  std::vector<Node*> nodes;
  for (const Reader& reader : readers_) nodes.push_back(reader.node);
  return nodes;
}

Port Node::add_input(Channel& channel) {
  const Port port = static_cast<Port>(inputs_.size());
  inputs_.push_back({&channel});
  ++open_inputs_;
  channel.readers_.push_back({this, port});
  // A closure that runs may apply operators: what has come already comes again for them.
  if (channel.has_item_) graph_.enqueue(*this, port, false, channel.item_);
  if (channel.closed_) graph_.enqueue(*this, port, true, Value());
  return port;
}

Channel* Node::add_output(Carrier carrier, const std::string& name) {
  outputs_.push_back(&graph_.add_channel(carrier, name.empty() ? name_ : name));
  return outputs_.back();
}

void Node::on_end(Port) {
  if (all_inputs_ended()) finish();
}

std::string Node::waiting_for() const {
  std::string names;
  for (const Input& input : inputs_) {
    if (input.ended) continue;
    if (!names.empty()) names += ", ";
    names += fmt::format("'{}'", input.channel->name());
  }
  return names.empty() ? std::string("its own work") : "the end of " + names;
}

void Node::emit(Value item, std::size_t output) {
  graph_.emit(*outputs_[output], std::move(item));
}

void Node::finish() {
  if (finished_) return;
  finished_ = true;
  for (Channel* channel : outputs_) graph_.close(*channel);
}

void Node::deliver(Event& event) {
  if (!event.end) {
    if (!finished_) on_item(event.port, std::move(event.item));
    return;
  }
  inputs_[event.port].ended = true;
  --open_inputs_;
  if (!finished_) on_end(event.port);
}

Graph::Graph() = default;
Graph::~Graph() = default;

Channel& Graph::add_channel(Carrier carrier, std::string name) {
  channels_.push_back(std::make_unique<Channel>(carrier, std::move(name)));
  return *channels_.back();
}

void Graph::enqueue(Node& node, Port port, bool end, Value item) {
  if (node.finished_ && !end) return;
  node.inbox_.push_back({port, end, std::move(item)});
  if (node.queued_) return;
  node.queued_ = true;
  ready_.push_back(&node);
}

void Graph::emit(Channel& channel, Value item) {
  if (channel.carrier_ == Carrier::value) {
    channel.item_ = item;
    channel.has_item_ = true;
  }
  WEIR_ASSERT(!channel.closed_);
  const std::size_t count = channel.readers_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Channel::Reader reader = channel.readers_[i];
    const bool last = i + 1 == count;
    enqueue(*reader.node, reader.port, false, last ? std::exchange(item, {}) : item);
  }
  if (channel.carrier_ == Carrier::value) close(channel);
}

void Graph::close(Channel& channel) {
  if (channel.closed_) return;
  channel.closed_ = true;
  for (const Channel::Reader& reader : channel.readers_)
    enqueue(*reader.node, reader.port, true, Value());
}

void Graph::activate(Node& node) {
  node.queued_ = false;
  std::vector<Node::Event> events;
  events.swap(node.inbox_);
  try {
    for (Node::Event& event : events) node.deliver(event);
  } catch (Error& error) {
    place_error(error, node.place_);
    throw;
  }
  if (!node.inbox_.empty()) return;
  events.clear();
  node.inbox_.swap(events);  // keeps the capacity
}

void Graph::produce_from_source() {
  Node* source = sources_.front();
  sources_.pop_front();
  if (source->finished_) return;
  try {
    if (source->produce()) sources_.push_back(source);
  } catch (Error& error) {
    place_error(error, source->place_);
    throw;
  }
}

bool Graph::run_some(std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i) {
    if (!ready_.empty()) {
      Node* node = ready_.front();
      ready_.pop_front();
      activate(*node);
    } else if (!sources_.empty()) {
      produce_from_source();
    } else {
      return false;
    }
  }
  return true;
}

void Graph::run() {
  while (run_some(1024)) {
  }
}

bool Graph::finished() const {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node->finished(); });
}

bool Graph::has_live() const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [](const auto& node) { return node->is_live() && !node->finished(); });
}

bool Graph::is_settled(const Node& node) const {
  return settled_nodes().contains(&node);
}

bool Graph::settled() const {
  return settled_nodes().size() == nodes_.size();
}

/// By sweeps from the last node to the first, since nearly all readers were made after what they
/// read; a further sweep where that made a difference.
std::unordered_set<const Node*> Graph::settled_nodes() const {
  std::unordered_set<const Node*> settled;
  const auto readers_are = [&](const Node& node) {
    bool is_read = false;
    for (std::size_t i = 0; i < node.output_count(); ++i) {
      for (const Node* const reader : node.output(i)->readers()) {
        is_read = true;
        if (!settled.contains(reader)) return false;
      }
    }
    return is_read || node.is_live();
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      if (settled.contains(node->get())) continue;
      if (!(*node)->finished() && !readers_are(**node)) continue;
      settled.insert(node->get());
      changed = true;
    }
  }
  return settled;
}

std::vector<std::string> Graph::standstill_report() const {
  std::vector<std::string> lines;
  for (const auto& node : nodes_) {
    if (node->finished()) continue;
    const Place& place = node->place();
    const std::string where =
        place.line == 0 ? "" : fmt::format(" ({}:{})", place.file, place.line);
    lines.push_back(fmt::format("'{}'{} waits for {}", node->name(), where, node->waiting_for()));
  }
  return lines;
}

}  // namespace weir::dataflow
