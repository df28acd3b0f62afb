#include "engine/process_node.hpp"

#include "base/error.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {

using dataflow::Carrier;
using dataflow::Port;
using lang::Value;

ProcessNode::ProcessNode(dataflow::Graph& graph, ProcessUnit& unit, TaskSink& sink,
                         dataflow::Place place, Options options)
    : Node(graph, unit.qualified_name, std::move(place)),
      unit_(unit),
      sink_(sink),
      options_(options) {}

void ProcessNode::wire() {
  const auto& declared = unit_.declaration.inputs;
  inputs_.resize(declared.size());
  only_values_ = true;
  for (Port port = 0; port < declared.size(); ++port) {
    inputs_[port].is_value = input(port).carrier() == Carrier::value;
    inputs_[port].is_each = declared[port].kind == lang::InputKind::each;
    has_each_ = has_each_ || inputs_[port].is_each;
    only_values_ = only_values_ && (inputs_[port].is_value || inputs_[port].is_each);
  }
  singleton_ = only_values_ && !has_each_;
  for (const lang::ProcessOutput& output : unit_.declaration.outputs) {
    const std::string emit(unit_.run.text(output.emit));
    add_output(singleton_ ? Carrier::value : Carrier::queue,
               emit.empty() ? unit_.qualified_name + ".out"
                            : fmt::format("{}.out.{}", unit_.qualified_name, emit));
  }
  for (std::size_t i = 0; i < unit_.declaration.topics.size(); ++i) {
    add_output(singleton_ ? Carrier::value : Carrier::queue,
               fmt::format("{}.topic.{}", unit_.qualified_name, i + 1));
  }
  // A process without inputs has nothing that could wake it.
  if (inputs_.empty()) graph().add_source(*this);
}

void ProcessNode::abandon() {
  if (closed_) return;
  abandoned_ = true;
  finish();
  close_if_done();
}

void ProcessNode::on_item(Port port, Value item) {
  if (abandoned_) return;
  InputQueue& queue = inputs_[port];
  if (queue.is_each) {
    if (queue.is_value && lang::is_collection(item)) {
      queue.gathered = lang::elements_of(item);
    } else {
      queue.gathered.push_back(std::move(item));
    }
  } else if (queue.is_value) {
    queue.value = std::move(item);
    queue.has_value = true;
  } else {
    queue.items.push_back(std::move(item));
  }
  fire();
}

void ProcessNode::on_end(Port) {
  fire();
  close_if_done();
}

bool ProcessNode::produce() {
  fire();
  return false;
}

bool ProcessNode::each_complete() const {
  for (Port port = 0; port < inputs_.size(); ++port) {
    if (inputs_[port].is_each && !input_ended(port)) return false;
  }
  return true;
}

/// Takes one item from every input that is not `each`; false when one has none.
bool ProcessNode::take_set() {
  for (const InputQueue& queue : inputs_) {
    if (queue.is_each) continue;
    if (queue.is_value ? !queue.has_value : queue.items.empty()) return false;
  }
  if (only_values_ && fired_once_) return false;
  fired_once_ = true;
  set_.assign(inputs_.size(), Value());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    InputQueue& queue = inputs_[i];
    if (queue.is_each) continue;
    set_[i] = queue.is_value ? queue.value : queue.items.front();
    if (!queue.is_value) queue.items.pop_front();
  }
  each_position_.assign(inputs_.size(), 0);
  return true;
}

bool ProcessNode::next_request(TaskRequest& request) {
  if (!each_complete()) return false;
  while (true) {
    if (!has_set_) has_set_ = take_set();
    if (!has_set_) return false;
    const bool empty = std::any_of(inputs_.begin(), inputs_.end(), [](const InputQueue& queue) {
      return queue.is_each && queue.gathered.empty();
    });
    if (!empty) break;
    has_set_ = false;
  }
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].is_each) set_[i] = inputs_[i].gathered[each_position_[i]];
  }
  request.values = set_;
  request.singleton = singleton_;
  has_set_ = false;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {  // the next combination, first `each` fastest
    if (!inputs_[i].is_each) continue;
    if (++each_position_[i] < inputs_[i].gathered.size()) {
      has_set_ = true;
      break;
    }
    each_position_[i] = 0;
  }
  return true;
}

/// No task came of a set of inputs.
void ProcessNode::skip(std::int64_t index) {
  --running_;
  if (options_.fair) emit_in_order(index, {});
}

void ProcessNode::fire() {
  if (closed_) return;
  TaskRequest request;
  while (!abandoned_ && sink_.has_room(unit_) && next_request(request)) {
    request.index = next_index_++;
    ++running_;
    const std::int64_t index = request.index;
    if (!sink_.submit(*this, std::move(request))) skip(index);
    request = TaskRequest();
  }
  close_if_done();
}

bool ProcessNode::inputs_exhausted() const {
  if (has_set_) return false;
  if (only_values_ && fired_once_) return true;
  bool exhausted = false;
  for (Port port = 0; port < inputs_.size(); ++port) {
    const InputQueue& queue = inputs_[port];
    if (!input_ended(port)) continue;
    if (queue.is_each) {
      exhausted = exhausted || queue.gathered.empty();
    } else {
      exhausted = exhausted || (queue.is_value ? !queue.has_value : queue.items.empty());
    }
  }
  return exhausted;
}

void ProcessNode::close_if_done() {
  if (closed_ || running_ > 0 || (!abandoned_ && !inputs_exhausted())) return;
  closed_ = true;
  sink_.process_closed(unit_);
  if (!abandoned_) finish();
}

void ProcessNode::emit_values(std::vector<std::optional<Value>>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]) emit(std::move(*values[i]), i);
  }
}

void ProcessNode::emit_in_order(std::int64_t index, std::vector<std::optional<Value>> values) {
  waiting_fair_[index] = std::move(values);
  while (!waiting_fair_.empty() && waiting_fair_.begin()->first == next_fair_) {
    emit_values(waiting_fair_.begin()->second);
    waiting_fair_.erase(waiting_fair_.begin());
    ++next_fair_;
  }
}

void ProcessNode::task_ended(std::int64_t index, std::vector<std::optional<Value>> values) {
  --running_;
  if (abandoned_) return close_if_done();
  if (options_.fair) {
    emit_in_order(index, std::move(values));
  } else {
    emit_values(values);
  }
  fire();
}

std::string ProcessNode::waiting_for() const {
  if (running_ > 0) return fmt::format("{} of its tasks", running_);
  std::string missing;
  for (Port port = 0; port < inputs_.size(); ++port) {
    const InputQueue& queue = inputs_[port];
    const bool there =
        queue.is_value ? queue.has_value : !queue.items.empty() || !queue.gathered.empty();
    if (there && !queue.is_each) continue;
    if (input_ended(port)) continue;
    if (!missing.empty()) missing += ", ";
    missing += fmt::format("'{}' (input {})", input(port).name(), port + 1);
  }
  return missing.empty() ? Node::waiting_for() : missing;
}

}  // namespace weir::engine
