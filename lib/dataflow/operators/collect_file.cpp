// collectFile: items gathered into files.

#include "base/error.hpp"
#include "base/temporary_name.hpp"
#include "dataflow/operators/node_kinds.hpp"
#include "dataflow/sorting.hpp"
#include "lang/host.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>

namespace weir::dataflow {
namespace {

/// Text is handed to the file system in pieces of this size.
constexpr std::size_t k_buffer_bytes = std::size_t{4} << 20;

class CollectFileNode final : public UnaryNode {
 public:
  CollectFileNode(Graph& graph, const OperatorCall& operator_call)
      : UnaryNode(graph, operator_call, Carrier::queue),
        closure_(closure_or_null(operator_call)),
        new_line_(operator_call.flag("newLine", false)),
        keep_header_(operator_call.flag("keepHeader", false)),
        skip_(operator_call.integer("skip", keep_header_ ? 1 : 0)),
        sorting_(sorting_option(operator_call, "sort", {Sorting::By::hash, {}})) {
    if (const Value* const given = operator_call.option("seed")) seed_ = *given;
    if (keep_header_ && !seed_.is_null())
      throw Error(ErrorKind::input, "'collectFile' cannot have both keepHeader and seed");
    if (keep_header_ && skip_ < 1)
      throw Error(ErrorKind::input, "'collectFile' with keepHeader needs a skip above 0");
    if (const Value* const given = operator_call.option("name")) set_name(lang::to_text(*given));
    for (const Value& value : operator_call.plain_values()) set_name(lang::to_text(value));
    if (const Value* const given = operator_call.option("storeDir"))
      folder_ = absolute(lang::to_text(*given));
    if (!folder_.empty()) flow().host().files().make_folders(lang::PathObject(folder_));
  }

  void on_item(Port, Value item) override {
    Value content = mapped(closure_, item);
    if (content.is_null()) return;
    const std::vector<Value>* const parts = list_items(content);
    if (parts != nullptr && parts->size() > 1) {
      const std::string file = lang::to_text(parts->front());
      Target& target = target_named(file);
      std::for_each(parts->begin() + 1, parts->end(), check_content);
      target.entries.insert(target.entries.end(), parts->begin() + 1, parts->end());
      return;
    }
    check_content(content);
    target_named(name_for(content)).entries.push_back(std::move(content));
  }

  void on_end(Port) override {
    const lang::OrderedTable files = files_in_order();
    for (const auto& entry : files.entries())
      emit(write(targets_[static_cast<std::size_t>(entry.value.as_int64())]));
    finish();
  }

 private:
  struct Target {
    std::string name;
    std::vector<Value> entries;
  };

  /// As upstream has it: by name, since it sorts names and contents together; contents that are not
  /// sorted wait in a map in the order of hashes.
  [[nodiscard]] lang::OrderedTable files_in_order() const {
    if (!sorting_.declined) return index_.with_order(lang::OrderedTable::Order::keys);
    lang::OrderedTable files = lang::OrderedTable::with_buckets();
    for (const auto& entry : index_.entries()) files.put(entry.key, entry.value);
    return files;
  }

  /// Numbers and collections are no content, as upstream has it: `it.toString()` is.
  static void check_content(const Value& content) {
    if (content.is_string() || content.kind() == lang::Kind::path) return;
    throw Error(ErrorKind::input,
                fmt::format("'collectFile' gathers texts and files, not {} '{}'",
                            lang::type_name(content), lang::to_short_text(content)));
  }

  [[nodiscard]] std::string absolute(const std::string& path) {
    return flow().host().files().absolute(path);
  }

  void set_name(const std::string& name) {
    const std::filesystem::path path(name);
    name_ = path.filename().string();
    if (path.has_parent_path()) folder_ = absolute(path.parent_path().string());
  }

  [[nodiscard]] std::string name_for(const Value& content) const {
    if (!name_.empty()) return name_;
    if (const auto* const path = content.as<lang::PathObject>()) {
      return std::filesystem::path(path->shown()).filename().string();
    }
    return "collect-file.data";
  }

  Target& target_named(const std::string& name) {
    const Value key = Value::string(name);
    if (const Value* const known = index_.find(key))
      return targets_[static_cast<std::size_t>(known->as_int64())];
    index_.put(key, Value::long_integer(static_cast<std::int64_t>(targets_.size())));
    targets_.push_back({name, {}});
    return targets_.back();
  }

  [[nodiscard]] Value seed_of(const std::string& name) {
    if (seed_.kind() == lang::Kind::closure) return call(seed_, Value::string(name));
    if (const auto* const map = seed_.as<lang::MapObject>()) {
      const Value* const found = map->items.find(name);
      return found == nullptr ? Value() : *found;
    }
    return seed_;
  }

  [[nodiscard]] std::string text_of(const Value& entry) {
    if (const auto* const path = entry.as<lang::PathObject>())
      return flow().host().files().read(*path, false);
    return lang::to_text(entry);
  }

  /// Bytes of the first `skip_` lines.
  [[nodiscard]] std::size_t header_bytes(const std::string& text) const {
    std::size_t at = 0;
    for (std::int64_t line = 0; line < skip_ && at < text.size(); ++line) {
      const std::size_t end = text.find('\n', at);
      at = end == std::string::npos ? text.size() : end + 1;
    }
    return at;
  }

  /// A resumed run finds a file of the same content as it was, so that what is made of it is not
  /// made again.
  [[nodiscard]] Value write(Target& target) {
    if (folder_.empty()) folder_ = flow().host().new_folder("collect-file");
    const lang::PathObject path(folder_ + "/" + target.name);
    lang::FileSystem& files = flow().host().files();
    files.make_folders(lang::PathObject(std::filesystem::path(path.text).parent_path().string()));
    sort_values(interpreter(), target.entries, sorting_);
    const auto there = files.attributes(path);
    // Nothing is put beside what stands in /dev, wherever it leads.
    if ((there && !there->is_regular) || path.text.starts_with("/dev/")) {
      write_entries(target, path);
      return lang::make_path(path.text);
    }
    const lang::PathObject unfinished(base::temporary_beside(path.text).native());
    try {
      write_entries(target, unfinished);
      files.settle(unfinished, path);
    } catch (...) {
      files.remove(unfinished);
      throw;
    }
    return lang::make_path(path.text);
  }

  void write_entries(const Target& target, const lang::PathObject& path) {
    lang::FileSystem& files = flow().host().files();
    const std::string header = keep_header_ && !target.entries.empty()
                                   ? header_of(text_of(target.entries.front()))
                                   : std::string();
    auto mode = lang::FileSystem::WriteMode::replace;
    std::string buffer;
    append(buffer, header.empty() ? seed_of(target.name) : Value::string(header));
    for (const Value& entry : target.entries) {
      append(buffer, entry, skip_ > 0);
      if (buffer.size() < k_buffer_bytes) continue;
      files.write(path, buffer, mode);
      mode = lang::FileSystem::WriteMode::append;
      buffer.clear();
    }
    if (mode == lang::FileSystem::WriteMode::replace || !buffer.empty())
      files.write(path, buffer, mode);
  }

  [[nodiscard]] std::string header_of(const std::string& text) const {
    return text.substr(0, header_bytes(text));
  }

  void append(std::string& buffer, const Value& entry, bool skip_header = false) {
    if (entry.is_null()) return;
    const std::string text = text_of(entry);
    buffer.append(text, skip_header ? header_bytes(text) : 0, std::string::npos);
    if (new_line_) buffer += '\n';
  }

  Value closure_;
  bool new_line_;
  bool keep_header_;
  std::int64_t skip_;
  Sorting sorting_;
  Value seed_;
  std::string name_;
  std::string folder_;
  lang::OrderedTable index_;
  std::deque<Target> targets_;
};

constexpr std::array k_rows{
    OperatorRow{"collectFile", 0, 2,
                "cache deleteTempFilesOnClose keepHeader name newLine seed skip sliceMaxItems "
                "sliceMaxSize sort storeDir tempDir",
                make_node<CollectFileNode>, "the files that the items were gathered into"},
};

}  // namespace

std::span<const OperatorRow> collect_file_operators() {
  return k_rows;
}

}  // namespace weir::dataflow
