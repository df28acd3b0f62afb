#pragma once

#include "engine/file_access.hpp"
#include "engine/run_listener.hpp"
#include "engine/run_settings.hpp"
#include "lang/host.hpp"

#include <exception>
#include <functional>
#include <map>
#include <string>

namespace weir::engine {

/// `exit N` in a script: ends the run with that status. Not an Error, so that no handler of errors
/// takes it.
class ScriptExit final : public std::exception {
 public:
  ScriptExit(int status, std::string message) : status_(status), message_(std::move(message)) {}
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  int status_;
  std::string message_;
};

class Wiring;

/// The world as scripts and configuration files see it.
class ScriptHost final : public lang::Host {
 public:
  ScriptHost(const RunSettings& settings, RunListener& listener);

  /// Gives a global name its value: `params`, `workflow`, `projectDir`, …
  void set_global(const std::string& name, lang::Value value) { globals_[name] = std::move(value); }
  /// Makes the folders that `new_folder` gives.
  void on_new_folder(std::function<std::string(std::string_view purpose)> handler) {
    new_folder_ = std::move(handler);
  }
  /// Answers `moduleDir` where the interpreter is.
  void on_module_dir(std::function<lang::Value()> handler) { module_dir_ = std::move(handler); }
  /// Names of processes and workflows go here while a workflow is wired; nullptr: they are refused.
  void set_wiring(Wiring* wiring) { wiring_ = wiring; }
  /// Where `template` looks: the folder of the script that is being evaluated.
  void on_template(std::function<std::string(const std::string& name)> handler) {
    template_ = std::move(handler);
  }
  /// Serves the functions that a script includes from plug-ins; nothing for names it does not know.
  using PluginHandler = std::function<std::optional<lang::Value>(std::string_view name,
                                                                 const lang::Arguments& arguments)>;
  void on_plugin(PluginHandler handler) { plugin_ = std::move(handler); }
  /// Who hears of `source >> target`; an empty listener: the operator is refused.
  void on_target(std::function<void(const lang::Value&, const lang::Value&)> listener) {
    target_ = std::move(listener);
  }
  void on_undefined_param(std::function<void(std::string_view name)> handler) {
    undefined_param_ = std::move(handler);
  }

  std::optional<lang::Value> global(lang::Interpreter& interpreter, std::string_view name) override;
  std::optional<lang::Value> call_global(lang::Interpreter& interpreter, std::string_view name,
                                         const lang::Arguments& arguments) override;
  std::string new_folder(std::string_view purpose) override;
  lang::Value process(lang::Interpreter& interpreter, const lang::ProcessDecl& declaration,
                      std::string_view name) override;
  lang::Value workflow(lang::Interpreter& interpreter, const lang::WorkflowDecl& declaration,
                       std::string_view name) override;
  void undefined_param(std::string_view name) override {
    if (undefined_param_) undefined_param_(name);
  }
  void print(std::string_view text) override { listener_.on_print(text); }
  void print_error(std::string_view text) override { listener_.on_print_error(text); }
  void log(lang::LogLevel level, std::string_view text) override { listener_.on_log(level, text); }
  lang::FileSystem& files() override { return files_; }
  std::optional<std::string> environment(std::string_view name) override;
  std::vector<std::pair<std::string, std::string>> environment_all() override;
  std::int64_t now_millis() override;
  std::uint64_t random_bits() override;
  lang::CommandResult execute(const std::vector<std::string>& command,
                              std::string_view directory) override;
  void sleep_millis(std::int64_t milliseconds) override;
  void exit(int status, std::string_view message) override;
  /// Throws Error (cancelled) when a signal that ends the run waits for the event loop, which the
  /// script keeps from turning.
  void check_cancelled() override;

  [[nodiscard]] FileAccess& file_access() { return files_; }

 private:
  const RunSettings& settings_;
  RunListener& listener_;
  FileAccess files_;
  Wiring* wiring_ = nullptr;
  std::map<std::string, lang::Value, std::less<>> globals_;
  std::function<lang::Value()> module_dir_;
  std::function<std::string(std::string_view purpose)> new_folder_;
  std::function<std::string(const std::string& name)> template_;
  PluginHandler plugin_;
  std::function<void(const lang::Value&, const lang::Value&)> target_;
  std::function<void(std::string_view name)> undefined_param_;
};

}  // namespace weir::engine
