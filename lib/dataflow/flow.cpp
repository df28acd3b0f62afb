#include "dataflow/flow.hpp"

namespace weir::dataflow {

/// Mixes the sources of one topic.
class TopicNode final : public Node {
 public:
  TopicNode(Graph& graph, const std::string& name) : Node(graph, "topic " + name, {}) {
    add_output(Carrier::queue);
  }
  void on_item(Port, Value item) override { emit(std::move(item)); }
  void end_if_unwritten() {
    if (input_count() == 0) finish();
  }
};

TopicNode& Flow::topic_named(const std::string& name) {
  for (const auto& [known, node] : topics_) {
    if (known == name) return *node;
  }
  TopicNode& node = graph_.add<TopicNode>(name);
  topics_.emplace_back(name, &node);
  return node;
}

Channel& Flow::topic(const std::string& name) {
  return *topic_named(name).output();
}

void Flow::add_to_topic(const std::string& name, Channel& source) {
  topic_named(name).add_input(source);
}

void Flow::finish_wiring() {
  for (const auto& [name, node] : topics_) node->end_if_unwritten();
}

void rethrow_placed(Flow& flow, Error& error) {
  place_error(error, flow.surroundings().here());
  throw;
}

}  // namespace weir::dataflow
