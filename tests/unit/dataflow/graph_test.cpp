#include "dataflow/graph.hpp"

#include <doctest/doctest.h>

namespace weir::dataflow {
namespace {

/// Emits the numbers below `count`.
class Numbers final : public Node {
 public:
  Numbers(Graph& graph, std::int64_t count) : Node(graph, "numbers", {}), count_(count) {
    add_output(Carrier::queue);
    graph.add_source(*this);
  }
  void on_item(Port, Value) override {}
  bool produce() override {
    for (std::size_t i = 0; i < k_source_batch && next_ < count_; ++i) emit(Value::number(next_++));
    if (next_ < count_) return true;
    finish();
    return false;
  }

 private:
  std::int64_t count_;
  std::int64_t next_ = 0;
};

class PassOn final : public Node {
 public:
  PassOn(Graph& graph, Channel& source) : Node(graph, "pass", {}) {
    add_input(source);
    add_output(Carrier::queue);
  }
  void on_item(Port, Value item) override { emit(std::move(item)); }
};

class Gather final : public Node {
 public:
  explicit Gather(Graph& graph) : Node(graph, "gather", {}) {}
  void on_item(Port port, Value item) override { seen.emplace_back(port, item.as_int64()); }
  std::vector<std::pair<Port, std::int64_t>> seen;
};

TEST_SUITE("graph") {
  TEST_CASE("every reader of a channel gets every item in order") {
    Graph graph;
    Numbers& source = graph.add<Numbers>(1000);
    Gather& first = graph.add<Gather>();
    Gather& second = graph.add<Gather>();
    first.add_input(*source.output());
    second.add_input(*source.output());
    graph.run();
    REQUIRE(first.seen.size() == 1000);
    CHECK(first.seen == second.seen);
    for (std::int64_t i = 0; i < 1000; ++i)
      CHECK(first.seen[static_cast<std::size_t>(i)].second == i);
    CHECK(graph.finished());
  }

  TEST_CASE("a chain of a hundred thousand nodes needs no deep stack") {
    Graph graph;
    Channel* channel = graph.add<Numbers>(3).output();
    for (int i = 0; i < 100'000; ++i) channel = graph.add<PassOn>(*channel).output();
    Gather& sink = graph.add<Gather>();
    sink.add_input(*channel);
    graph.run();
    CHECK(sink.seen.size() == 3);
    CHECK(graph.finished());
  }

  TEST_CASE("a value channel ends with its item") {
    Graph graph;
    Channel& channel = graph.add_channel(Carrier::value, "one");
    Gather& sink = graph.add<Gather>();
    sink.add_input(channel);
    graph.emit(channel, Value::number(7));
    CHECK(channel.closed());
    graph.run();
    CHECK(sink.finished());
    CHECK(sink.seen.size() == 1);
  }

  TEST_CASE("at a standstill the report names who waits for what") {
    Graph graph;
    Channel& never = graph.add_channel(Carrier::queue, "reads");
    Gather& sink = graph.add<Gather>();
    sink.add_input(never);
    graph.run();
    CHECK_FALSE(graph.finished());
    const auto lines = graph.standstill_report();
    REQUIRE(lines.size() == 1);
    CHECK(lines[0] == "'gather' waits for the end of 'reads'");
  }

  TEST_CASE("run_some stops after the steps it was given") {
    Graph graph;
    Numbers& source = graph.add<Numbers>(10'000);
    Gather& sink = graph.add<Gather>();
    sink.add_input(*source.output());
    CHECK(graph.run_some(1));
    CHECK(sink.seen.size() < 10'000);
    graph.run();
    CHECK(sink.seen.size() == 10'000);
  }
}

}  // namespace
}  // namespace weir::dataflow
