#pragma once

#include "lang/callable.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::lang {

struct ProcessDecl;
struct WorkflowDecl;

/// Content that is read from front to back.
class PieceReader {
 public:
  virtual ~PieceReader() = default;
  /// The next bytes, valid until the next call; empty at the end. Throws as `FileSystem::read`.
  [[nodiscard]] virtual std::string_view next() = 0;
};

/// All of it as one piece (line_source.cpp).
[[nodiscard]] std::unique_ptr<PieceReader> one_piece(std::string content);

/// What scripts do to files. `lang` asks, the engine acts. Paths are local paths or URIs as
/// PathObject has them. Failures throw ScriptException with the Java name that scripts catch
/// (NoSuchFileException, ...).
class FileSystem {
 public:
  struct Attributes {
    bool is_directory = false;
    bool is_regular = false;
    bool is_link = false;  ///< the name itself is a symbolic link
    std::int64_t size_bytes = 0;
    std::int64_t modified_millis = 0;
    std::uint32_t permissions = 0;  ///< the nine low bits
  };
  /// `gzip`: replaces the file by the content, compressed.
  enum class WriteMode { replace, append, gzip };
  enum class Links { follow, keep };

  virtual ~FileSystem() = default;
  /// Nothing when there is no such file.
  [[nodiscard]] virtual std::optional<Attributes> attributes(const PathObject& path) = 0;
  /// The whole content, decompressed when the name ends in .gz and `decompress` is true.
  [[nodiscard]] virtual std::string read(const PathObject& path, bool decompress) = 0;
  /// Which content is decompressed: none, that of names that end in .gz, any.
  enum class Gzip : std::uint8_t { keep, by_name, unpack };
  /// The content in pieces; as one piece unless the host knows better.
  [[nodiscard]] virtual std::unique_ptr<PieceReader> open(const PathObject& path, Gzip gzip) {
    return one_piece(read(path, gzip != Gzip::keep));
  }
  virtual void write(const PathObject& path, std::string_view content, WriteMode mode) = 0;
  /// Names within a folder, sorted by bytes, without "." and "..".
  [[nodiscard]] virtual std::vector<std::string> list(const PathObject& folder) = 0;
  /// False when it existed or the parent is missing.
  virtual bool make_folder(const PathObject& path) = 0;
  virtual bool make_folders(const PathObject& path) = 0;
  /// A file, a link or an empty folder. False when nothing was removed.
  virtual bool remove(const PathObject& path) = 0;
  virtual bool remove_tree(const PathObject& path) = 0;
  virtual void copy(const PathObject& source, const PathObject& target) = 0;
  virtual void move(const PathObject& source, const PathObject& target) = 0;
  /// As `move`, but a target of the same content stays as it is, with its times; `source` goes.
  virtual void settle(const PathObject& source, const PathObject& target) { move(source, target); }
  virtual void link(const PathObject& target, const PathObject& link_name, bool hard,
                    bool overwrite) = 0;
  virtual bool set_permissions(const PathObject& path, std::uint32_t permissions) = 0;
  /// With symbolic links resolved, as an absolute path.
  [[nodiscard]] virtual std::string real_path(const PathObject& path) = 0;
  /// Absolute, against the launch folder; no access to the disk.
  [[nodiscard]] virtual std::string absolute(std::string_view path) = 0;
};

/// A finished command of `String.execute()`.
struct CommandResult {
  int exit_status = 0;
  std::string standard_output;
  std::string standard_error;
};

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error };

/// Everything outside the script: the engine implements it, tests implement a small one.
class Host {
 public:
  virtual ~Host() = default;

  /// The interpreter's `call_site` is where the name stands. `params`, `workflow`, `nextflow`,
  /// `channel`, `log`, `projectDir`, ...; nothing when unknown.
  [[nodiscard]] virtual std::optional<Value> global(Interpreter& interpreter,
                                                    std::string_view name) = 0;
  /// A function that neither the script nor the library defines: `file`, `files`, `groupKey`, ...
  [[nodiscard]] virtual std::optional<Value> call_global(Interpreter& interpreter,
                                                         std::string_view name,
                                                         const Arguments& arguments) = 0;
  /// The value that the name of a process or workflow stands for; called through
  /// NativeObject::call. `name` is as written where it is used: the alias of an included one.
  [[nodiscard]] virtual Value process(Interpreter& interpreter, const ProcessDecl& declaration,
                                      std::string_view name) = 0;
  [[nodiscard]] virtual Value workflow(Interpreter& interpreter, const WorkflowDecl& declaration,
                                       std::string_view name) = 0;

  /// `params.NAME` was read, and `params` has nothing of that name: the value is null, unless this
  /// throws.
  virtual void undefined_param(std::string_view name) { static_cast<void>(name); }

  /// Standard output of the script, as it stands: the new line is in `text`.
  virtual void print(std::string_view text) = 0;
  /// Its standard error: `System.err`.
  virtual void print_error(std::string_view text) = 0;
  virtual void log(LogLevel level, std::string_view text) = 0;
  [[nodiscard]] virtual FileSystem& files() = 0;
  /// A folder for files that operators and methods write: another one each time, and the same ones
  /// in every run of a session, so that a resumed run finds what is made of them. Absolute.
  [[nodiscard]] virtual std::string new_folder(std::string_view purpose) = 0;
  /// The environment that weir was started with.
  [[nodiscard]] virtual std::optional<std::string> environment(std::string_view name) = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> environment_all() = 0;
  [[nodiscard]] virtual std::int64_t now_millis() = 0;
  [[nodiscard]] virtual std::uint64_t random_bits() = 0;
  /// Runs a command and waits for it. `directory` empty: the launch folder.
  [[nodiscard]] virtual CommandResult execute(const std::vector<std::string>& command,
                                              std::string_view directory) = 0;
  virtual void sleep_millis(std::int64_t milliseconds) = 0;
  /// `exit N`: ends the run.
  [[noreturn]] virtual void exit(int status, std::string_view message) = 0;
  /// Called every few thousand evaluation steps; throws when the run was cancelled.
  virtual void check_cancelled() {}
};

}  // namespace weir::lang
