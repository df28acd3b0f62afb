#pragma once

#include "dataflow/graph.hpp"
#include "engine/task_builder.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir::engine {

class ProcessNode;

/// What happens to the tasks that process nodes ask for; implemented by the session.
class TaskSink {
 public:
  virtual ~TaskSink() = default;
  /// False: ask again when `ProcessNode::resume` is called.
  [[nodiscard]] virtual bool has_room(const ProcessUnit& unit) = 0;
  /// Takes one set of inputs. Answers by `ProcessNode::task_ended`, never inside the call. False:
  /// no task came of it
  /// (`when` was false).
  virtual bool submit(ProcessNode& node, TaskRequest request) = 0;
  /// The process will ask for no further task and all have ended.
  virtual void process_closed(const ProcessUnit& unit) = 0;
};

/// A process in the graph: fires one task for each set of inputs (specification 3.2).
///
/// Waits for one item from each input, in order of arrival on each; value inputs are read again and
/// again. Ends when a queue input ends; with value inputs only it fires once. `each` inputs are
/// gathered whole, and every other set fires once for each of their combinations, the first `each`
/// varying fastest.
class ProcessNode final : public dataflow::Node {
 public:
  struct Options {
    bool fair = false;  ///< outputs leave in order of the inputs
  };
  ProcessNode(dataflow::Graph& graph, ProcessUnit& unit, TaskSink& sink, dataflow::Place place,
              Options options);

  /// After all inputs were added, in the order of the declaration: makes the outputs.
  void wire();

  void on_item(dataflow::Port port, lang::Value item) override;
  void on_end(dataflow::Port port) override;
  /// A process without inputs fires at the start.
  bool produce() override;
  [[nodiscard]] std::string waiting_for() const override;

  /// The sink has room again.
  void resume() { fire(); }
  /// Nothing more comes of it: its outputs are closed, whatever its running tasks give.
  void abandon();
  /// A task ended: the values of its outputs, or nothing for those it does not emit.
  void task_ended(std::int64_t index, std::vector<std::optional<lang::Value>> values);

  [[nodiscard]] ProcessUnit& unit() const { return unit_; }
  [[nodiscard]] bool is_singleton() const { return singleton_; }
  /// One task is under way, and no other will come.
  [[nodiscard]] bool is_at_last_task() const { return running_ == 1 && inputs_exhausted(); }

 private:
  struct InputQueue {
    bool is_value = false;
    bool is_each = false;
    bool has_value = false;
    lang::Value value;
    std::deque<lang::Value> items;
    std::vector<lang::Value> gathered;  ///< of an `each` input
  };

  void fire();
  [[nodiscard]] bool next_request(TaskRequest& request);
  [[nodiscard]] bool take_set();
  [[nodiscard]] bool each_complete() const;
  [[nodiscard]] bool inputs_exhausted() const;
  void emit_values(std::vector<std::optional<lang::Value>>& values);
  void emit_in_order(std::int64_t index, std::vector<std::optional<lang::Value>> values);
  void skip(std::int64_t index);
  void close_if_done();

  ProcessUnit& unit_;
  TaskSink& sink_;
  Options options_;
  std::vector<InputQueue> inputs_;
  bool singleton_ = false;
  bool only_values_ = false;
  bool has_each_ = false;
  bool fired_once_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  std::vector<lang::Value> set_;  ///< the set whose combinations are being fired
  bool has_set_ = false;
  std::vector<std::size_t> each_position_;  ///< of the next combination
  std::int64_t next_index_ = 1;
  std::int64_t running_ = 0;
  std::int64_t next_fair_ = 1;
  std::map<std::int64_t, std::vector<std::optional<lang::Value>>> waiting_fair_;
};

}  // namespace weir::engine
