#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/part_writer.hpp"
#include "lang/semantics.hpp"
#include "lang/splitter.hpp"

#include <array>
#include <optional>
#include <vector>

// splitText, splitCsv, splitFasta, splitFastq, splitJson and the counts of the same, on texts and
// files. Declared in method.hpp; the work is done in splitter.cpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value split(Call call, std::string_view method) {
  const auto splitter = make_splitter(call.interpreter, method, call.self, call.named);
  const Value* const each = call.named == nullptr ? nullptr : call.named->items.find("each");
  std::optional<PartWriter> writer;
  if (PartWriter::is_wanted(call.named)) writer.emplace(call.interpreter.host(), *call.named);
  std::vector<Value> parts;
  while (std::optional<Value> part = splitter->next()) {
    if (writer) part = writer->write(call.self, *part, parts.size() + 1);
    parts.push_back(each == nullptr ? std::move(*part) : call.interpreter.call(*each, *part));
  }
  return make_list(std::move(parts));
}

Value count(Call call, std::string_view method) {
  const auto splitter = make_splitter(call.interpreter, method, call.self, call.named);
  std::int64_t parts = 0;
  while (splitter->next()) ++parts;
  return Value::number(parts);
}

constexpr std::array k_methods = {
    Method{"countFasta", 0, 0, [](Call call) { return count(call, "splitFasta"); },
           "the number of FASTA sequences"},
    Method{"countFastq", 0, 0, [](Call call) { return count(call, "splitFastq"); },
           "the number of FASTQ reads"},
    Method{"countJson", 0, 0, [](Call call) { return count(call, "splitJson"); },
           "the number of elements of a JSON document"},
    Method{"countLines", 0, 0, [](Call call) { return count(call, "splitText"); },
           "the number of lines"},
    Method{"splitCsv", 0, 0, [](Call call) { return split(call, "splitCsv"); },
           "the rows of a table, as lists or maps"},
    Method{"splitFasta", 0, 0, [](Call call) { return split(call, "splitFasta"); },
           "the sequences of FASTA text, or chunks of them"},
    Method{"splitFastq", 0, 0, [](Call call) { return split(call, "splitFastq"); },
           "the reads of FASTQ text, or chunks of them"},
    Method{"splitJson", 0, 0, [](Call call) { return split(call, "splitJson"); },
           "the elements of a JSON document"},
    Method{"splitText", 0, 0, [](Call call) { return split(call, "splitText"); },
           "chunks of lines"},
};

}  // namespace

MethodTable split_methods() {
  return k_methods;
}

}  // namespace weir::lang
