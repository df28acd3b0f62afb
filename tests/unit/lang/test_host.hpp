#pragma once

#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/paths.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weir::lang::test {

/// Files in memory, by absolute path. The launch folder is /launch.
class MemoryFiles final : public FileSystem {
 public:
  std::map<std::string, std::string> contents;
  std::set<std::string> folders = {"/", "/launch"};

  std::optional<Attributes> attributes(const PathObject& path) override {
    Attributes found;
    found.permissions = 0644;
    if (folders.contains(path.text)) {
      found.is_directory = true;
      return found;
    }
    const auto file = contents.find(path.text);
    if (file == contents.end()) return std::nullopt;
    found.is_regular = true;
    found.size_bytes = static_cast<std::int64_t>(file->second.size());
    return found;
  }
  std::string read(const PathObject& path, bool) override {
    const auto file = contents.find(path.text);
    if (file == contents.end()) throw script_error("NoSuchFileException", path.text);
    return file->second;
  }
  void write(const PathObject& path, std::string_view content, WriteMode mode) override {
    std::string& file = contents[path.text];
    if (mode == WriteMode::replace) file.clear();
    file += content;
  }
  std::vector<std::string> list(const PathObject& folder) override {
    std::set<std::string> names;
    const auto add = [&](const std::string& path) {
      if (path_parent(path) == folder.text && path != "/") names.emplace(path_name(path));
    };
    for (const auto& [path, content] : contents) add(path);
    for (const std::string& path : folders) add(path);
    return {names.begin(), names.end()};
  }
  bool make_folder(const PathObject& path) override {
    return folders.contains(std::string(path_parent(path.text))) &&
           folders.insert(path.text).second;
  }
  bool make_folders(const PathObject& path) override { return folders.insert(path.text).second; }
  bool remove(const PathObject& path) override {
    return contents.erase(path.text) + folders.erase(path.text) > 0;
  }
  bool remove_tree(const PathObject& path) override { return folders.erase(path.text) > 0; }
  void copy(const PathObject& source, const PathObject& target) override {
    contents[target.text] = read(source, false);
  }
  void move(const PathObject& source, const PathObject& target) override {
    copy(source, target);
    contents.erase(source.text);
  }
  void link(const PathObject& target, const PathObject& link_name, bool, bool) override {
    contents[link_name.text] = read(target, false);
  }
  bool set_permissions(const PathObject&, std::uint32_t) override { return true; }
  std::string real_path(const PathObject& path) override { return path.text; }
  std::string absolute(std::string_view path) override {
    return path.substr(0, 1) == "/" ? std::string(path)
                                    : normalized("/launch/" + std::string(path));
  }
};

/// Thrown by `exit`.
struct Exit {
  int status;
  std::string message;
};

/// A host that keeps what is printed, with a fixed clock and fixed random numbers.
class TestHost final : public Host {
 public:
  std::string printed;
  std::vector<std::string> logged;
  MemoryFiles memory;
  std::map<std::string, Value, std::less<>> globals;
  int checks = 0;

  std::optional<Value> global(Interpreter&, std::string_view name) override {
    const auto found = globals.find(name);
    if (found != globals.end()) return found->second;
    return std::nullopt;
  }
  std::optional<Value> call_global(Interpreter&, std::string_view name,
                                   const Arguments& arguments) override {
    if (name == "file" && arguments.size() == 1)
      return parse_path(memory.absolute(arguments[0].text()));
    return std::nullopt;
  }
  Value process(Interpreter&, const ProcessDecl&, std::string_view name) override {
    return Value::string(name);
  }
  Value workflow(Interpreter&, const WorkflowDecl&, std::string_view name) override {
    return Value::string(name);
  }
  void print(std::string_view text) override { printed += text; }
  void print_error(std::string_view text) override { logged.emplace_back(text); }
  void log(LogLevel, std::string_view text) override { logged.emplace_back(text); }
  FileSystem& files() override { return memory; }
  std::string new_folder(std::string_view purpose) override {
    return "/tmp/" + std::string(purpose);
  }
  std::optional<std::string> environment(std::string_view name) override {
    if (name == "HOME") return "/home/somebody";
    return std::nullopt;
  }
  std::vector<std::pair<std::string, std::string>> environment_all() override {
    return {{"HOME", "/home/somebody"}};
  }
  std::int64_t now_millis() override { return 1'706'698'800'123; }  // 2024-01-31T11:00:00.123Z
  std::uint64_t random_bits() override { return 42; }
  CommandResult execute(const std::vector<std::string>& command, std::string_view) override {
    std::string text;
    for (const std::string& word : command) text += "<" + word + ">";
    return {0, text, ""};
  }
  void sleep_millis(std::int64_t) override {}
  [[noreturn]] void exit(int status, std::string_view message) override {
    throw Exit{status, std::string(message)};
  }
  void check_cancelled() override { ++checks; }
};

}  // namespace weir::lang::test
