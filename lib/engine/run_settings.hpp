#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::engine {

/// One pipeline parameter as given: `--name value`, or a value of the parameter file.
struct ParamOverride {
  std::string name;                 ///< dots nest: "a.b"
  std::optional<std::string> text;  ///< nothing: `--name` alone, which is true
};

/// Where a pipeline came from that was fetched from a git repository.
struct PipelineOrigin {
  std::string project;     ///< "nf-core/rnaseq"
  std::string repository;  ///< its address, for people
  std::string commit;
  std::string revision;  ///< the branch or tag; empty: the commit alone was named
  std::string folder;    ///< absolute: its files
};

/// All that a run is asked for; filled by the command line.
struct RunSettings {
  std::string
      script;  ///< file or folder (then its main script), or what names a repository; as given
  std::optional<PipelineOrigin> origin;    ///< where `script` names a repository
  std::vector<std::string> arguments;      ///< what follows the script and is no option: `args`
  std::vector<ParamOverride> params;       ///< in order of the command line
  std::vector<std::string> secret_params;  ///< names whose values no message may show
  bool upstream_messages = false;          ///< word errors of scripts as upstream does
  std::string params_file;                 ///< JSON or YAML; empty: none
  std::vector<std::string> config_files;   ///< `-c`: added to the default ones
  std::vector<std::string> only_config;    ///< `-C`: instead of all others
  std::vector<std::string> profiles;       ///< in order of application
  std::string launch_dir;                  ///< absolute
  std::string work_dir;                    ///< as given; empty: from the configuration, else "work"
  std::string output_dir;     ///< `-output-dir`; empty: from the configuration, else "results"
  std::string output_format;  ///< of the list of workflow outputs at the end: text or json
  std::string run_name;       ///< `-name`; empty: one is made
  std::optional<std::string> resume;      ///< `-resume`; "" for the last run
  bool stub = false;                      ///< `-stub`
  bool show_profiles = false;             ///< of `config`: print them all, apply none
  bool skip_includes = false;             ///< read configurations without what they include
  bool preview = false;                   ///< wire, check, and do not run
  std::optional<std::string> with_trace;  ///< `-with-trace [file]`; "" for the default name
  /// `-with-report`, `-with-timeline`, `-with-dag`: kind and file ("" for the default name).
  std::vector<std::pair<std::string, std::string>> reports;
  std::string main_script;                   ///< `-main-script`: instead of main.nf, for a folder
  std::optional<std::string> dump_channels;  ///< tags, separated by commas; "" for all
  std::string entry;                         ///< `-entry`: a named workflow
  std::int64_t queue_size = 0;               ///< `-queue-size`; 0: from the configuration
  /// `-process.cpus=2`, `-e.NAME=value` and the like: settings that outrank the files.
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::string> environment;  ///< NAME=value of this process
  std::string command_line;              ///< for `workflow.commandLine`
  std::string user_config;               ///< the user's own configuration file; empty: none
  std::string user_home;
  std::string service_registry;  ///< folder in which running services are noted; empty: none
  std::string job_id;            ///< of the run's record, for hints; empty: none
  std::string journal;           ///< file that notes every task (task_journal.hpp); empty: none
  bool dump_hashes = false;      ///< print the components of every task's key
  bool dump_hashes_as_json = false;
  bool explain = false;         ///< say of every task why it runs
  std::string earlier_journal;  ///< of the run before, to explain by; empty: none

  /// The script's file or folder on this machine, as given or absolute.
  [[nodiscard]] const std::string& place() const { return origin ? origin->folder : script; }
};

}  // namespace weir::engine
