#pragma once

#include "dataflow/flow.hpp"
#include "dataflow/graph.hpp"
#include "dataflow/group_key.hpp"
#include "dataflow/sources.hpp"
#include "lang/interpreter.hpp"
#include "lang/program.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace weir::dataflow::test {

/// Files in memory: enough for collectFile and the splitters.
class MemoryFiles final : public lang::FileSystem {
 public:
  std::map<std::string, std::string> files;

  std::optional<Attributes> attributes(const lang::PathObject& path) override {
    if (!files.contains(path.text)) return std::nullopt;
    Attributes result;
    result.is_regular = true;
    result.size_bytes = static_cast<std::int64_t>(files.at(path.text).size());
    return result;
  }
  std::string read(const lang::PathObject& path, bool) override { return files.at(path.text); }
  void write(const lang::PathObject& path, std::string_view content, WriteMode mode) override {
    if (mode == WriteMode::replace) files[path.text].clear();
    files[path.text] += content;
  }
  std::vector<std::string> list(const lang::PathObject&) override { return {}; }
  bool make_folder(const lang::PathObject&) override { return true; }
  bool make_folders(const lang::PathObject&) override { return true; }
  bool remove(const lang::PathObject& path) override { return files.erase(path.text) > 0; }
  bool remove_tree(const lang::PathObject& path) override { return files.erase(path.text) > 0; }
  void copy(const lang::PathObject& source, const lang::PathObject& target) override {
    files[target.text] = files.at(source.text);
  }
  void move(const lang::PathObject& source, const lang::PathObject& target) override {
    copy(source, target);
    files.erase(source.text);
  }
  void link(const lang::PathObject&, const lang::PathObject&, bool, bool) override {}
  bool set_permissions(const lang::PathObject&, std::uint32_t) override { return true; }
  std::string real_path(const lang::PathObject& path) override { return path.text; }
  std::string absolute(std::string_view path) override {
    return path.starts_with('/') ? std::string(path) : "/launch/" + std::string(path);
  }
};

/// Runs the text of a script (bare statements) through parser, interpreter and graph, and keeps
/// what it prints.
class FlowHarness final : public lang::Host, public Surroundings {
 public:
  /// Throws Error with the diagnostics when the script has errors.
  void run(const std::string& script);
  std::string printed;
  std::vector<std::string> warnings;
  MemoryFiles memory;
  Graph graph;

  // Host
  std::optional<Value> global(lang::Interpreter&, std::string_view name) override;
  std::optional<Value> call_global(lang::Interpreter&, std::string_view name,
                                   const lang::Arguments& arguments) override;
  Value process(lang::Interpreter&, const lang::ProcessDecl&, std::string_view) override {
    return {};
  }
  Value workflow(lang::Interpreter&, const lang::WorkflowDecl&, std::string_view) override {
    return {};
  }
  void print(std::string_view text) override { printed += text; }
  void print_error(std::string_view text) override { warnings.emplace_back(text); }
  void log(lang::LogLevel, std::string_view text) override { warnings.emplace_back(text); }
  lang::FileSystem& files() override { return memory; }
  std::optional<std::string> environment(std::string_view) override { return std::nullopt; }
  std::vector<std::pair<std::string, std::string>> environment_all() override { return {}; }
  std::int64_t now_millis() override { return 0; }
  std::uint64_t random_bits() override { return 42; }
  lang::CommandResult execute(const std::vector<std::string>&, std::string_view) override {
    return {};
  }
  void sleep_millis(std::int64_t) override {}
  void exit(int status, std::string_view message) override;

  // Surroundings
  lang::Host& host() override { return *this; }
  Place here() override;
  std::vector<Value> match_paths(const Value& pattern, const lang::MapObject*) override;
  std::vector<Value> match_pairs(const lang::Arguments&) override { return {}; }
  std::string new_folder(std::string_view purpose) override {
    return "/tmp/" + std::string(purpose);
  }
  bool dumps(std::string_view tag) override { return tag == "shown"; }
  /// Ticks are the test's to make.
  void every(std::chrono::milliseconds, std::function<bool()> tick) override {
    ticks.push_back(std::move(tick));
  }
  std::vector<std::function<bool()>> ticks;

 private:
  lang::SourceMap sources_;
  lang::Ast ast_;
  std::unique_ptr<lang::Program> program_;
  std::unique_ptr<lang::Interpreter> interpreter_;
  std::unique_ptr<Flow> flow_;
  std::unique_ptr<lang::Frame> frame_;
};

}  // namespace weir::dataflow::test
