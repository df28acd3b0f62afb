#pragma once

#include "base/process_counters.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::engine {

struct ContainerSettings;

/// A process of the script as registered with the runner; an index, small and dense.
using ProcessId = std::uint32_t;
/// Number of a task attempt in the order of submission, from 1: `task_id` of the trace.
using TaskId = std::uint64_t;

/// What all tasks of one process share.
struct ProcessInfo {
  std::string name;            ///< fully qualified: "ALIGN:BWA"
  std::int64_t max_forks = 0;  ///< tasks of it that may run at once; 0: no limit of its own
};

/// How an input comes into the task directory.
enum class StageMode { symlink, rellink, link, copy };
/// How outputs leave a scratch folder.
enum class StageOutMode { copy, move, rsync, rclone, fcp };

/// One file or folder to stage. Names come from `expand_stage_names` (stage_names.hpp).
struct StagedInput {
  std::string source;      ///< absolute path
  std::string stage_name;  ///< relative to the task directory; may contain folders
};

/// An input that is elsewhere: brought here before the task is prepared.
struct RemoteInput {
  std::string copy;  ///< absolute path that it gets; the `source` of a StagedInput
  std::string uri;   ///< "s3://BUCKET/KEY", "https://HOST/PATH"
};

/// How many files an output (or input) takes: `arity: '1'`, `'1..3'`, `'0..*'`.
struct Arity {
  std::int64_t min = 1;
  std::int64_t max = 1;  ///< -1: no limit
  [[nodiscard]] bool takes(std::size_t count) const;
  [[nodiscard]] std::string text() const;  ///< as it is declared
  /// One path rather than a list of one: only `'1'` (and `'0..1'`) say so.
  [[nodiscard]] bool is_single() const { return max == 1; }
};
/// Nothing when `text` is not `N`, `N..M` or `N..*`.
[[nodiscard]] std::optional<Arity> parse_arity(const std::string& text);

/// One `path` output as declared, with its patterns already evaluated.
struct PathOutput {
  enum class Type { any, file, directory };
  /// Usually one; a closure or a list gives several. `a:b` is not split.
  std::vector<std::string> patterns;
  bool glob = true;
  bool hidden = false;
  bool follow_links = true;
  bool include_inputs = false;
  bool optional = false;
  /// Nothing: `file` for patterns with `**`, else `any`, as upstream has it.
  std::optional<Type> type;
  std::int64_t max_depth = -1;  ///< folders below the first wildcard; -1: no limit
  std::optional<Arity> arity;
};

/// `eval('command')` output: runs in the task's shell after the script.
struct EvalOutput {
  std::string name;  ///< unique in the task
  std::string command;
};

enum class CacheMode { off, standard, lenient, deep };

/// One named part of a task's key; parts are hashed in order. Made by KeyText or `text_part`
/// (task_key.hpp).
///
/// `text` is the canonical form of the value: what is hashed, and what `--explain` shows. Files
/// within it stand between two `k_file_mark`s; the runner puts their size and time (or content, by
/// CacheMode) in that place, so that nobody else has to look at the disk.
struct KeyPart {
  std::string
      name;  ///< "process", "script", "input reads", "global genome", "ext args", "container", ...
  std::string text;
  bool has_files = false;  ///< false: marks in `text` mean nothing
};
inline constexpr char k_file_mark = '\x1f';

enum class PublishMode { symlink, rellink, link, copy, copy_no_follow, move };

/// One `publishDir`.
struct PublishRule {
  std::string folder;  ///< absolute
  PublishMode mode = PublishMode::symlink;
  std::string pattern;            ///< glob over output names; empty: all
  std::optional<bool> overwrite;  ///< nothing: yes, unless the task came from the cache
  bool fail_on_error = true;
  /// New name (relative to `folder`, or absolute) for an output name; nothing: do not publish.
  /// Called on the loop's thread; an exception fails the task. Empty: the name stays.
  std::function<std::optional<std::string>(const std::string& name)> save_as;
};

/// What a task asks for; the scheduler holds it back until the machine has it free.
struct Resources {
  double cpus = 1;
  std::int64_t memory_bytes = 0;  ///< 0: not said
  std::int64_t disk_bytes = 0;    ///< told in the trace; not accounted
  std::int64_t accelerators = 0;
  std::string accelerator_type;       ///< told in the trace; empty: not said
  std::chrono::milliseconds time{0};  ///< limit of the running time; 0: none
};

/// Everything needed to run one attempt of one task. Plain data: no script values, no channels.
struct TaskSpec {
  ProcessId process = 0;
  std::string name;  ///< "P", "P (tag)" or "P (3)"
  std::string tag;
  std::int64_t index = 1;  ///< 1-based number within the process
  int attempt = 1;
  std::string source_place;  ///< "main.nf:12", for error reports; may be empty

  // What runs: a script, or (`exec:`) a callable. `native` gets the task directory, runs on the
  // loop's thread, throws to fail, and answers the `context` to be sealed.
  std::string script;  ///< rendered; un-indented and given a shebang by the runner
  std::function<std::string(const std::string& work_dir)> native;
  std::vector<std::string> shell{"/bin/bash",
                                 "-ue"};  ///< interpreter where the script has no shebang
  std::optional<std::string> stdin_text;  ///< what a `stdin` input holds

  std::vector<StagedInput> inputs;
  std::vector<RemoteInput> remote;
  StageMode stage_in_mode = StageMode::symlink;
  /// Exported to the task: the `env` scope and `env` inputs. `PATH` here is appended to the end of
  /// PATH.
  std::map<std::string, std::string> environment;
  /// Exported like `environment`, but written to no file.
  std::map<std::string, std::string> secrets;
  std::string before_script;
  std::string after_script;
  std::string store_dir;  ///< absolute; results are looked for here first and moved here afterwards
  /// Empty: none. "true": below the temporary folder; "ram-disk": in memory; else a folder, with
  /// variables for the shell.
  std::string scratch;
  std::string queue;  ///< told in the trace; no executor here has queues
  StageOutMode stage_out_mode = StageOutMode::copy;
  /// Shell lines that bring inputs in stand in `.command.stage` when they are longer.
  std::size_t stage_bytes_max = std::size_t{1} << 20;

  std::vector<PathOutput> path_outputs;
  std::vector<std::string> env_outputs;
  std::vector<EvalOutput> eval_outputs;
  bool stdout_output = false;  ///< some output is `stdout`: the text comes in the result
  bool debug = false;          ///< `debug true`: the text comes in the result, too

  Resources resources;
  std::vector<PublishRule> publish;
  std::vector<int> valid_exits{0};

  CacheMode cache = CacheMode::standard;
  std::vector<KeyPart> key;
  /// Opaque bytes of the language side, kept in the seal and given back when the task is taken from
  /// the cache.
  std::string context;

  /// The image in which the script runs, as the engine of `container_settings` names it; empty:
  /// none.
  std::string container;
  std::shared_ptr<const ContainerSettings> container_settings;
  std::string container_options;  ///< to the shell as it is
  std::string container_platform;
  std::string image_pull;   ///< shell lines that get the image
  std::string conda;        ///< folder of the environment
  std::string conda_setup;  ///< shell lines that make and activate it
  std::vector<std::string> modules;
};

enum class TaskStatus { completed, cached, stored, ignored, failed, aborted };

/// What a task cost; from the kernel's accounting of the task's process tree.
struct TaskUsage {
  std::int64_t submit_ms = 0;  ///< wall times since the epoch; 0: did not happen
  std::int64_t start_ms = 0;
  std::int64_t complete_ms = 0;
  std::int64_t realtime_ms = 0;  ///< running time of the script
  std::int64_t user_us = 0;
  std::int64_t system_us = 0;
  std::int64_t peak_rss_bytes = 0;
  std::int64_t address_space_bytes = 0;  ///< 0: not known, as of a task that was short
  std::int64_t address_space_peak_bytes = 0;
  base::ProcessCounters counters;  ///< nothing of a task that was taken as finished
};

/// Files found for one PathOutput, in the declared order of outputs.
struct FoundPaths {
  std::vector<std::string>
      names;             ///< relative to the task's `output_dir`, sorted by bytes per pattern
  bool missing = false;  ///< nothing matched and the output is optional
};

/// The end of a task as the language side sees it.
struct TaskResult {
  TaskId id = 0;
  TaskStatus status = TaskStatus::completed;
  int exit_status = 0;
  std::string hash;        ///< 32 hex digits, of the work directory
  std::string work_dir;    ///< absolute
  std::string output_dir;  ///< where `names` are relative to: the work directory, or the storeDir
  std::vector<FoundPaths> paths;
  std::vector<std::optional<std::string>> env;  ///< in the order of `env_outputs`
  std::vector<std::string> eval;                ///< in the order of `eval_outputs`
  std::string stdout_text;                      ///< when `stdout_output` or `debug`
  TaskUsage usage;
  std::string context;  ///< as in the spec; from the seal for cached tasks
};

/// Why an attempt failed.
struct TaskFailure {
  enum class Kind {
    exit_status,     ///< the script ended with a status that is not valid
    missing_output,  ///< a declared output is not there
    staging,         ///< an input could not be brought in
    timed_out,       ///< longer than `time`
    cannot_start,    ///< interpreter missing, directory not writable, disk full
    output_value,    ///< env or eval output failed
    publishing,      ///< an output could not be published
    native,          ///< an `exec:` block threw
    refused,         ///< asks for something that this executor does not have
    gate,            ///< a gate or service that it needs failed
  };
  Kind kind = Kind::exit_status;
  TaskId id = 0;
  ProcessId process = 0;
  std::string name;
  int attempt = 1;
  int exit_status = -1;  ///< -1: it never ran or was ended from outside
  std::string cause;     ///< one line
  std::string script;    ///< the command as executed
  std::string work_dir;
  std::string source_place;
  std::string hash;
  TaskUsage usage;
  bool unrecoverable = false;  ///< a retry cannot help
};

enum class ErrorStrategy { terminate, finish, ignore, retry };

/// What the process's directives say about a failure, evaluated with `task.exitStatus` and
/// `task.attempt`.
struct FailureDecision {
  ErrorStrategy strategy = ErrorStrategy::terminate;
  std::int64_t max_retries = 1;
  std::int64_t max_errors = -1;  ///< failures of the whole process; -1: no limit
};

}  // namespace weir::engine
