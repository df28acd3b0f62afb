#pragma once

#include "base/error.hpp"
#include "dataflow/graph.hpp"
#include "lang/callable.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {
class Host;
class Interpreter;
}  // namespace weir::lang

namespace weir::dataflow {

class TopicNode;

/// What operators and factories need from outside. The engine implements it.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  /// Printing, files, random numbers.
  [[nodiscard]] virtual lang::Host& host() = 0;
  /// Where the call stands that is being evaluated.
  [[nodiscard]] virtual Place here() = 0;
  /// Whether it stands in a script of static types (`nextflow.enable.types`), where some operators
  /// mean something else.
  [[nodiscard]] virtual bool is_typed_here() { return false; }
  /// The paths that `pattern` names, by the rules of `channel.fromPath`; `options` as given there,
  /// or nullptr. Throws when nothing matches and `checkIfExists` asks for it.
  [[nodiscard]] virtual std::vector<Value> match_paths(const Value& pattern,
                                                       const lang::MapObject* options) = 0;
  /// Groups of files by the part that the first wildcard matched, by the rules of
  /// `channel.fromFilePairs`: tuples.
  [[nodiscard]] virtual std::vector<Value> match_pairs(const lang::Arguments& arguments) = 0;
  /// Calls `tick` on the run's thread at every `interval`, until it answers false or the run ends.
  virtual void every(std::chrono::milliseconds interval, std::function<bool()> tick) = 0;
  /// Whether `dump` with this tag prints (`-dump-channels`).
  [[nodiscard]] virtual bool dumps(std::string_view tag) = 0;
};

/// What every node of a run shares.
class Flow {
 public:
  Flow(Graph& graph, lang::Interpreter& interpreter, Surroundings& surroundings)
      : graph_(graph), interpreter_(interpreter), surroundings_(surroundings) {}
  [[nodiscard]] Graph& graph() const { return graph_; }
  [[nodiscard]] lang::Interpreter& interpreter() const { return interpreter_; }
  [[nodiscard]] Surroundings& surroundings() const { return surroundings_; }
  [[nodiscard]] lang::Host& host() const { return surroundings_.host(); }

  /// `nextflow.enable.strict`: what operators otherwise let pass is an error. Set before wiring.
  void set_strict(bool strict) { is_strict_ = strict; }
  [[nodiscard]] bool is_strict() const { return is_strict_; }

  /// The named broadcast: what all sources of the topic emit, mixed; ends when all of them have
  /// ended.
  Channel& topic(const std::string& name);
  /// Adds a source to a topic, while wiring.
  void add_to_topic(const std::string& name, Channel& source);
  /// Topics that nobody writes end. Called once, after wiring.
  void finish_wiring();

 private:
  TopicNode& topic_named(const std::string& name);

  Graph& graph_;
  lang::Interpreter& interpreter_;
  Surroundings& surroundings_;
  bool is_strict_ = false;
  std::vector<std::pair<std::string, TopicNode*>> topics_;
};

/// Gives an error that has no place that of the call which is being evaluated, and throws it on.
/// For use in a `catch (Error&)`.
[[noreturn]] void rethrow_placed(Flow& flow, Error& error);

}  // namespace weir::dataflow
