// splitCsv, splitText, splitFasta, splitFastq, splitJson and countLines, countFasta, countFastq,
// countJson: the value methods of these names, applied to the items of a channel.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "lang/host.hpp"
#include "lang/part_writer.hpp"
#include "lang/splitter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>

namespace weir::dataflow {
namespace {

/// Options of the operator itself, which the value method does not know.
constexpr std::array<std::string_view, 5> k_own_options{"compress", "each", "elem", "file", "pe"};

lang::Ref<lang::MapObject> method_options(const lang::MapObject* named) {
  auto options = lang::make<lang::MapObject>();
  if (named == nullptr) return options;
  for (const auto& entry : named->items.entries()) {
    const std::string name = lang::to_text(entry.key);
    if (std::find(k_own_options.begin(), k_own_options.end(), name) == k_own_options.end()) {
      options->items.put(entry.key, entry.value);
    }
  }
  return options;
}

class SplitNode : public UnaryNode {
 public:
  SplitNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue),
        closure_(closure_of(operator_call)),
        options_(method_options(operator_call.named)),
        pairs_(operator_call.flag("pe", false)) {
    set_up_elements(operator_call.option("elem"));
    if (lang::PartWriter::is_wanted(operator_call.named))
      writer_.emplace(flow().host(), *operator_call.named);
  }

  void on_item(Port, Value item) override {
    waiting_.push_back(std::move(item));
    if (is_source_) return;
    is_source_ = produce();
    if (is_source_) graph().add_source(*this);
  }

  void on_end(Port) override {
    if (!is_source_) finish();
  }

  /// At most a batch of parts at a time, so that the rest is not read before what reads this
  /// channel has dealt with them.
  bool produce() override {
    for (std::size_t i = 0; i < k_source_batch && has_more(); ++i) {
      if (!current_) {
        current_.emplace(begun(waiting_.front()));
        waiting_.pop_front();
      }
      if (std::optional<Value> part = next_of(*current_))
        emit(std::move(*part));
      else
        current_.reset();
    }
    is_source_ = is_source_ && has_more();
    if (!has_more() && all_inputs_ended()) finish();
    return has_more();
  }

 private:
  [[nodiscard]] bool has_more() const { return current_ || !waiting_.empty(); }

  static Value closure_of(const OperatorCall& operator_call) {
    const Value* const each = operator_call.option("each");
    return each != nullptr ? *each : closure_or_null(operator_call);
  }

  void set_up_elements(const Value* given) {
    if (given == nullptr || given->is_null()) return;
    const std::vector<Value>* const list = list_items(*given);
    for (const Value& one : list != nullptr ? *list : std::vector<Value>{*given}) {
      if (!one.is_integer() || one.as_int64() < 0) {
        throw Error(ErrorKind::input, fmt::format("option 'elem' of '{}' is no position: '{}'",
                                                  name(), lang::to_text(one)));
      }
      elements_.push_back(static_cast<std::size_t>(one.as_int64()));
    }
  }

  /// The parts of one text or file, as they are emitted: only the one at hand is held.
  class Parts {
   public:
    Parts(SplitNode& node, Value content)
        : node_(node),
          content_(std::move(content)),
          splitter_(lang::make_splitter(node.interpreter(), node.name(), content_,
                                        node.options_.get())) {}
    std::optional<Value> next() {
      std::optional<Value> part = splitter_->next();
      if (!part) return part;
      ++number_;
      if (node_.writer_) part = node_.writer_->write(content_, *part, number_);
      return node_.closure_.is_null() ? part : node_.call(node_.closure_, *part);
    }
    [[nodiscard]] std::string source() const { return lang::to_text(content_); }
    /// How many there are; there is no next one then.
    [[nodiscard]] std::size_t count() {
      while (splitter_->next()) ++number_;
      return number_;
    }

   private:
    SplitNode& node_;
    Value content_;
    std::unique_ptr<lang::Splitter> splitter_;
    std::size_t number_ = 0;
  };

  /// An item that is being split: a text or file, or a tuple with elements that are.
  struct Splitting {
    std::vector<Value> row;            ///< the elements of a tuple
    std::vector<std::size_t> columns;  ///< empty unless the item is a tuple
    std::vector<Parts> parts;
  };

  Splitting begun(const Value& item) {
    Splitting splitting;
    if (const std::vector<Value>* const row = list_items(item)) {
      splitting.row = *row;
      splitting.columns = columns_to_split(splitting.row);
      for (const std::size_t column : splitting.columns)
        splitting.parts.emplace_back(*this, splitting.row[column]);
      return splitting;
    }
    if (pairs_) throw Error(ErrorKind::input, "'splitFastq' with 'pe' needs tuples with two files");
    splitting.parts.emplace_back(*this, item);
    return splitting;
  }

  /// Of a tuple, one with the parts of several elements side by side: as many as the one with the
  /// fewest has, but those of a pair must be as many.
  std::optional<Value> next_of(Splitting& splitting) {
    if (splitting.columns.empty()) return splitting.parts.front().next();
    std::vector<Value> copy = splitting.row;
    std::size_t found = 0;
    for (std::size_t k = 0; k < splitting.columns.size(); ++k) {
      std::optional<Value> part = splitting.parts[k].next();
      if (!part) continue;
      copy[splitting.columns[k]] = std::move(*part);
      ++found;
    }
    if (found == splitting.columns.size()) return lang::make_list(std::move(copy));
    if (found > 0 && pairs_) refuse_pair(splitting.parts.front(), splitting.parts.back());
    return std::nullopt;
  }

  [[noreturn]] void refuse_pair(Parts& first, Parts& second) const {
    throw Error(ErrorKind::input,
                fmt::format("'{}' splits '{}' into {} parts, and '{}' into {}", name(),
                            first.source(), first.count(), second.source(), second.count()))
        .with_hint("the files of a pair hold the same number of reads");
  }

  /// The given elements, else the first file (of a pair, the first two), else the first element.
  [[nodiscard]] std::vector<std::size_t> columns_to_split(const std::vector<Value>& row) const {
    const std::size_t wanted = pairs_ ? 2 : std::max<std::size_t>(1, elements_.size());
    std::vector<std::size_t> columns = elements_;
    for (std::size_t i = 0; i < row.size() && elements_.empty() && columns.size() < wanted; ++i) {
      if (row[i].kind() == lang::Kind::path) columns.push_back(i);
    }
    if (columns.empty() && !pairs_) columns.push_back(0);
    const bool fits = std::all_of(columns.begin(), columns.end(),
                                  [&](std::size_t column) { return column < row.size(); });
    if (fits && columns.size() == wanted) return columns;
    throw Error(ErrorKind::input,
                fmt::format("'{}' needs {} to split, which a tuple of {} elements has not", name(),
                            pairs_ ? "two files" : "an element", row.size()));
  }

  Value closure_;
  lang::Ref<lang::MapObject> options_;
  bool pairs_;
  std::vector<std::size_t> elements_;       ///< as given; empty: the files
  std::optional<lang::PartWriter> writer_;  ///< when parts become files
  std::deque<Value> waiting_;               ///< items that are not begun
  std::optional<Splitting> current_;
  bool is_source_ = false;  ///< the graph asks for the next batch
};

class CountRecordsNode final : public UnaryNode {
 public:
  CountRecordsNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::value),
        options_(method_options(operator_call.named)) {}
  void on_item(Port, Value item) override {
    count_ += interpreter().call_method(item, name(), {{}, options_.get()}).as_int64();
  }
  void on_end(Port) override {
    emit(Value::number(count_));
    finish();
  }

 private:
  lang::Ref<lang::MapObject> options_;
  std::int64_t count_ = 0;
};

Value make_split(const OperatorCall& call) {
  return make_node<SplitNode>(call);
}

constexpr std::array k_rows{
    OperatorRow{"splitCsv", 0, 1,
                "by charset decompress each elem header limit quote sep skip strip", make_split,
                "one list or map for each row"},
    OperatorRow{"splitText", 0, 1, "by charset compress decompress each elem file keepHeader limit",
                make_split, "chunks of N lines"},
    OperatorRow{"splitFasta", 0, 1,
                "by charset compress decompress each elem file limit record size", make_split,
                "the sequences of a FASTA file, or chunks of them"},
    OperatorRow{"splitFastq", 0, 1, "by charset compress decompress each elem file limit pe record",
                make_split, "the reads of a FASTQ file, or chunks of them"},
    OperatorRow{"splitJson", 0, 1, "limit path", make_split,
                "the elements of a JSON array or object"},
    OperatorRow{"countLines", 0, 0, "by charset decompress limit", make_node<CountRecordsNode>,
                "the number of lines"},
    OperatorRow{"countFasta", 0, 0, "by charset decompress limit", make_node<CountRecordsNode>,
                "the number of sequences"},
    OperatorRow{"countFastq", 0, 0, "by charset decompress limit", make_node<CountRecordsNode>,
                "the number of reads"},
    OperatorRow{"countJson", 0, 0, "charset path", make_node<CountRecordsNode>,
                "the number of elements"},
};

}  // namespace

std::span<const OperatorRow> split_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
