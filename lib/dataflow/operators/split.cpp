// splitCsv, splitText, splitFasta, splitFastq, splitJson and countLines, countFasta, countFastq,
// countJson: the value methods of these names, applied to the items of a channel.

#include "base/error.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "lang/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace weir::dataflow {
namespace {

/// Options of the operator itself, which the value method does not know.
constexpr std::array<std::string_view, 4> k_own_options{"elem", "file", "into", "pe"};

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
        closure_(closure_or_null(operator_call)),
        options_(method_options(operator_call.named)),
        element_(operator_call.integer("elem", -1)) {
    if (const Value* const file = operator_call.option("file")) set_up_files(*file);
  }

  void on_item(Port, Value item) override {
    const std::vector<Value>* const row = list_items(item);
    const std::size_t at = row == nullptr ? 0 : column_to_split(*row);
    const Value& content = row == nullptr ? item : (*row)[at];
    const Value parts = interpreter().call_method(content, name(), {{}, options_.get()});
    std::size_t number = 0;
    for (Value& part : lang::elements_of(parts)) {
      Value result = to_files_ ? write_part(content, part, ++number) : std::move(part);
      if (!closure_.is_null()) result = call(closure_, result);
      if (row == nullptr) {
        emit(std::move(result));
      } else {
        std::vector<Value> copy = *row;
        copy[at] = std::move(result);
        emit(lang::make_list(std::move(copy)));
      }
    }
  }

 private:
  void set_up_files(const Value& file) {
    if (file.kind() == lang::Kind::boolean && !file.as_boolean()) return;
    to_files_ = true;
    if (file.is_string()) file_name_ = file.text();
    const auto* const path = file.as<lang::PathObject>();
    folder_ = path == nullptr ? flow().surroundings().new_folder("split")
                              : flow().host().files().absolute(path->text);
  }

  /// The given element, else the first file, else the first element.
  [[nodiscard]] std::size_t column_to_split(const std::vector<Value>& row) const {
    if (element_ >= 0) {
      if (static_cast<std::size_t>(element_) < row.size())
        return static_cast<std::size_t>(element_);
      throw Error(ErrorKind::input, fmt::format("'{}' needs element {} of a tuple that has {}",
                                                name(), element_, row.size()));
    }
    if (row.empty())
      throw Error(ErrorKind::input, fmt::format("'{}' cannot split an empty tuple", name()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].kind() == lang::Kind::path) return i;
    }
    return 0;
  }

  /// "name.N.ext" in the folder.
  [[nodiscard]] Value write_part(const Value& content, const Value& part, std::size_t number) {
    const auto* const source = content.as<lang::PathObject>();
    const std::filesystem::path base = !file_name_.empty() ? file_name_
                                       : source == nullptr ? "chunk"
                                                           : source->text;
    const std::string leaf =
        fmt::format("{}.{}{}", base.stem().string(), number, base.extension().string());
    const lang::PathObject target(folder_ + "/" + leaf);
    flow().host().files().write(target, lang::to_text(part), lang::FileSystem::WriteMode::replace);
    return lang::make_path(target.text);
  }

  Value closure_;
  lang::Ref<lang::MapObject> options_;
  std::int64_t element_;
  bool to_files_ = false;
  std::string file_name_;
  std::string folder_;
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
  if (call.flag("pe", false))
    throw Error(ErrorKind::input, "the option 'pe' of 'splitFastq' is not supported");
  return make_node<SplitNode>(call);
}

constexpr std::array k_rows{
    OperatorRow{"splitCsv", 0, 1, "by charset decompress elem header limit quote sep skip strip",
                make_split, "one list or map for each row"},
    OperatorRow{"splitText", 0, 1, "by charset compress decompress elem file keepHeader limit",
                make_split, "chunks of N lines"},
    OperatorRow{"splitFasta", 0, 1, "by charset compress decompress elem file limit record size",
                make_split, "the sequences of a FASTA file, or chunks of them"},
    OperatorRow{"splitFastq", 0, 1, "by charset compress decompress elem file limit pe record",
                make_split, "the reads of a FASTQ file, or chunks of them"},
    OperatorRow{"splitJson", 0, 1, "limit path", make_split,
                "the elements of a JSON array or object"},
    OperatorRow{"countLines", 0, 0, "charset decompress", make_node<CountRecordsNode>,
                "the number of lines"},
    OperatorRow{"countFasta", 0, 0, "charset decompress", make_node<CountRecordsNode>,
                "the number of sequences"},
    OperatorRow{"countFastq", 0, 0, "charset decompress", make_node<CountRecordsNode>,
                "the number of reads"},
    OperatorRow{"countJson", 0, 0, "charset path", make_node<CountRecordsNode>,
                "the number of elements"},
};

}  // namespace

std::span<const OperatorRow> split_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
