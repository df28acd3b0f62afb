#include "engine/task_directory.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/folder.hpp"
#include "base/text.hpp"
#include "engine/command_files.hpp"
#include "engine/output_files.hpp"
#include "engine/publish.hpp"
#include "engine/remote_files.hpp"
#include "engine/stage_names.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {
namespace {

using base::Folder;

// A run that fails and is resumed for ever still comes to an end.
constexpr int k_tries_max = 10'000;
constexpr std::size_t k_small_file_bytes_max = std::size_t{64} << 20;

void stage(const TaskSpec& spec, const Folder& folder) {
  for (const StagedInput& input : spec.inputs) {
    const std::size_t slash = input.stage_name.rfind('/');
    if (slash != std::string::npos) folder.make_folders(input.stage_name.substr(0, slash));
    const base::fs::path target = folder.path() / input.stage_name;
    if (spec.stage_in_mode == StageMode::symlink) {
      folder.make_symlink(input.source, input.stage_name);
      continue;
    }
    const PublishMode mode = spec.stage_in_mode == StageMode::rellink ? PublishMode::rellink
                             : spec.stage_in_mode == StageMode::link  ? PublishMode::link
                                                                      : PublishMode::copy;
    publish_file({.source = input.source, .target = target.native(), .mode = mode});
  }
}

bool is_valid_exit(const TaskSpec& spec, int exit_status) {
  return std::find(spec.valid_exits.begin(), spec.valid_exits.end(), exit_status) !=
         spec.valid_exits.end();
}

/// `.command.log` holds both streams; mostly one of them is empty and the other's file serves.
void make_log(const Folder& folder) {
  const auto output = folder.info(".command.out");
  const auto errors = folder.info(".command.err");
  const bool has_output = output && output->size_bytes > 0;
  const bool has_errors = errors && errors->size_bytes > 0;
  if ((output || errors) && !(has_output && has_errors)) {
    const char* whole = has_errors || !output ? ".command.err" : ".command.out";
    if (folder.try_link(whole, ".command.log")) return;
  }
  std::string text;
  for (const char* name : {".command.out", ".command.err"})
    text += folder.try_read(name, k_small_file_bytes_max).value_or("");
  folder.write(".command.log", text);
}

std::string read_stdout(const Folder& folder) {
  return folder.try_read(".command.out", std::size_t{1} << 30).value_or("");
}

/// Reads env and eval values; what an eval command complains of is the answer.
std::string read_captured(const TaskSpec& spec, const Folder& folder, FinishedTask& task) {
  if (spec.env_outputs.empty() && spec.eval_outputs.empty()) return "";
  const std::string content = folder.try_read(".command.env", k_small_file_bytes_max).value_or("");
  CapturedEnv captured = parse_captured_env(spec, content);
  task.env = std::move(captured.env);
  task.eval = std::move(captured.eval);
  return captured.failure;
}

/// Moves the outputs to the storeDir, from where downstream tasks use them. A pattern then names
/// what other tasks left there, too, as it does when the task is taken from there.
void store_outputs(const TaskSpec& spec, FinishedTask& task) {
  for (const FoundPaths& found : task.paths) {
    for (const std::string& name : found.names) {
      if (!base::file_info(task.work_dir + "/" + name, base::FollowLinks::no)) continue;
      publish_file({.source = task.work_dir + "/" + name,
                    .target = spec.store_dir + "/" + name,
                    .mode = PublishMode::move});
    }
  }
  task.output_dir = spec.store_dir;
  CollectedOutputs stored = collect_outputs(spec, spec.store_dir);
  if (stored.failure.empty()) task.paths = std::move(stored.paths);
}

Seal make_seal(const TaskSpec& spec, const TaskKey& key, const FinishedTask& task) {
  Seal seal;
  seal.task = spec.name;
  seal.attempt = spec.attempt;
  seal.exit_status = task.exit_status;
  seal.usage = task.usage;
  seal.declaration = declaration_hash(spec);
  seal.files = stamp_outputs(task.paths, task.output_dir);
  seal.env = task.env;
  seal.eval = task.eval;
  seal.context = spec.context;
  seal.key = key.components;
  return seal;
}

/// In one go, without a temporary name: its last line is a checksum of the others, so a part of it
/// is no seal.
void write_seal(const TaskSpec& spec, const TaskKey& key, const Folder& folder,
                const FinishedTask& task) {
  folder.write(k_seal_name, encode_seal(make_seal(spec, key, task)));
}

/// Ends `.command.run`: the boot in which the task was begun.
std::string boot_line() {
  return "# boot " + base::boot_id() + "\n";
}

/// Looks for the outputs and takes over what the task printed; what is missing is the answer.
std::optional<DirectoryFailure> gather(const TaskSpec& spec, const Folder& folder,
                                       FinishedTask& task) {
  CollectedOutputs collected = collect_outputs(spec, task.work_dir);
  if (!collected.failure.empty())
    return DirectoryFailure{TaskFailure::Kind::missing_output, collected.failure};
  task.paths = std::move(collected.paths);
  const std::string eval_failure = read_captured(spec, folder, task);
  if (!eval_failure.empty()) return DirectoryFailure{TaskFailure::Kind::output_value, eval_failure};
  if (spec.stdout_output || spec.debug) task.stdout_text = read_stdout(folder);
  return std::nullopt;
}

/// A directory with a seal that still holds.
bool take_sealed(const TaskSpec& spec, const Folder& folder, FinishedTask& task) {
  const auto bytes = folder.try_read(k_seal_name, k_seal_bytes_max);
  if (!bytes) return false;
  auto seal = decode_seal(*bytes);
  if (!seal || !is_valid_exit(spec, seal->exit_status)) return false;
  task.exit_status = seal->exit_status;
  task.usage = seal->usage;
  task.context = std::move(seal->context);
  task.origin = FinishedTask::Origin::sealed;
  // Other output declarations over the same script: the directory is looked through again.
  if (seal->declaration != declaration_hash(spec)) return !gather(spec, folder, task);
  auto paths = verify_outputs(spec, *seal, task.output_dir);
  if (!paths) return false;
  task.paths = std::move(*paths);
  task.env = std::move(seal->env);
  task.eval = std::move(seal->eval);
  if (spec.stdout_output || spec.debug) task.stdout_text = read_stdout(folder);
  return true;
}

/// A directory whose task ended well before its run was killed: all that is missing is the seal.
bool adopt(const TaskSpec& spec, const TaskKey& key, const Folder& folder, FinishedTask& task) {
  // A seal that did not hold, or was damaged; one that a kill cut short is none.
  const auto seal = folder.try_read(k_seal_name, k_seal_bytes_max);
  if (seal && is_whole_seal(*seal)) return false;
  // After a loss of power files may be there without their content; then nothing unsealed is
  // trusted.
  const auto wrapper = folder.try_read(".command.run", k_small_file_bytes_max);
  if (!wrapper || !wrapper->ends_with(boot_line())) return false;
  const auto text = folder.try_read(".exitcode", 64);
  if (!text) return false;
  const auto status = base::parse_int64(base::trim(*text));
  if (!status || !is_valid_exit(spec, static_cast<int>(*status))) return false;
  task.exit_status = static_cast<int>(*status);
  if (gather(spec, folder, task)) return false;
  task.context = spec.context;
  task.origin = FinishedTask::Origin::adopted;
  write_seal(spec, key, folder, task);
  return true;
}

}  // namespace

void fetch_inputs(const TaskSpec& spec, const DirectoryOptions& options) {
  if (spec.remote.empty()) return;
  WEIR_ASSERT(options.remote != nullptr);
  options.remote->fetch(spec.remote);
}

TaskKey make_key(const TaskSpec& spec, const DirectoryOptions& options) {
  return compute_key(options.run_id, spec.key, [&](std::string_view path) {
    for (const RemoteInput& input : spec.remote) {
      if (input.copy == path) return options.remote->fingerprint(input.uri);
    }
    return file_fingerprint(path, spec.cache, options.revision_dir);
  });
}

std::optional<FinishedTask> find_stored(const TaskSpec& spec) {
  if (spec.store_dir.empty() || spec.path_outputs.empty()) return std::nullopt;
  if (!base::file_info(spec.store_dir)) return std::nullopt;
  CollectedOutputs collected = collect_outputs(spec, spec.store_dir);
  if (!collected.failure.empty()) return std::nullopt;
  FinishedTask task;
  task.origin = FinishedTask::Origin::stored;
  task.work_dir = spec.store_dir;
  task.output_dir = spec.store_dir;
  task.paths = std::move(collected.paths);
  task.context = spec.context;
  return task;
}

std::optional<FinishedTask> find_finished(const TaskSpec& spec, const TaskKey& key,
                                          const DirectoryOptions& options) {
  for (int attempt = 1; attempt <= k_tries_max; ++attempt) {
    const base::Hash128 hash = directory_hash(key, attempt);
    const std::string path = options.work_dir + "/" + directory_name(hash);
    const std::optional<Folder> folder = Folder::try_open(path);
    if (!folder && base::file_info(path)) continue;  // a stranger has the name
    if (!folder) return std::nullopt;
    FinishedTask task;
    task.hash = hash.hex();
    task.work_dir = path;
    task.output_dir = spec.store_dir.empty() ? path : spec.store_dir;
    if (take_sealed(spec, *folder, task)) return task;
    FinishedTask fresh;
    fresh.hash = task.hash;
    fresh.work_dir = path;
    fresh.output_dir = path;
    if (spec.store_dir.empty() && !spec.native && adopt(spec, key, *folder, fresh)) return fresh;
  }
  return std::nullopt;
}

PreparedTask claim_directory(const TaskKey& key, int first_try, const DirectoryOptions& options) {
  for (int attempt = first_try; attempt < first_try + k_tries_max; ++attempt) {
    const base::Hash128 hash = directory_hash(key, attempt);
    const std::string path = options.work_dir + "/" + directory_name(hash);
    std::optional<Folder> folder = Folder::try_create(path);
    if (folder)
      return {.hash = hash.hex(), .work_dir = path, .argv = {}, .folder = std::move(folder)};
  }
  throw Error(ErrorKind::busy, fmt::format("{} directories of one task are in use below '{}'",
                                           k_tries_max, options.work_dir))
      .with_hint("remove the work directory's leftovers, or use another one with -w");
}

void fill_directory(const TaskSpec& spec, const DirectoryOptions& options, PreparedTask& prepared) {
  check_stage_collisions(spec.inputs);
  WEIR_ASSERT(prepared.folder.has_value());
  const Folder& folder = *prepared.folder;
  if (spec.native) return stage(spec, folder);
  CommandFiles files = make_command_files(spec, prepared.work_dir, options.temp_dir);
  folder.write(".command.sh", files.script);
  folder.write(".command.run", files.wrapper + boot_line());
  if (!files.stage.empty()) folder.write(".command.stage", files.stage);
  if (spec.stdin_text) folder.write(".command.in", *spec.stdin_text);
  if (!files.wrapper_stages) stage(spec, folder);
  prepared.argv = std::move(files.argv);
}

ProgramFiles open_streams(const TaskSpec& spec, const Folder& folder) {
  ProgramFiles open;
  open.output = folder.open_write(".command.out");
  open.errors = folder.open_write(".command.err");
  if (spec.stdin_text) open.input = folder.open_read(".command.in");
  return open;
}

std::optional<DirectoryFailure> conclude(const TaskSpec& spec, const TaskKey& key,
                                         const Folder& folder, FinishedTask& task) {
  task.output_dir = task.work_dir;
  if (!spec.native) {
    make_log(folder);
    folder.write(".exitcode", std::to_string(task.exit_status));
  }
  const auto fails = [&](DirectoryFailure failure) {
    // For whoever asks why the task runs again.
    folder.write(k_failed_key_name, encode_seal(make_seal(spec, key, task)));
    return failure;
  };
  if (!is_valid_exit(spec, task.exit_status)) {
    return fails({TaskFailure::Kind::exit_status,
                  fmt::format("Process `{}` terminated with an error exit status ({})", spec.name,
                              task.exit_status)});
  }
  if (auto failure = gather(spec, folder, task)) {
    task.paths.clear();
    return fails(std::move(*failure));
  }
  task.context = spec.context;
  if (!spec.store_dir.empty()) store_outputs(spec, task);
  write_seal(spec, key, folder, task);
  return std::nullopt;
}

DirectoryFailure failure_of(std::exception_ptr error, TaskFailure::Kind kind) {
  try {
    std::rethrow_exception(std::move(error));
  } catch (const Error& problem) {
    std::string cause = problem.what();
    if (!problem.hint().empty()) cause += "\n" + problem.hint();
    const bool unrecoverable =
        problem.kind() == ErrorKind::usage || problem.kind() == ErrorKind::bug;
    return {kind, std::move(cause), unrecoverable};
  } catch (const std::exception& problem) {
    return {kind, problem.what(), false};
  }
}

}  // namespace weir::engine
