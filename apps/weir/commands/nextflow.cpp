#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/config_view.hpp"
#include "compose/pipeline_run.hpp"
#include "compose/run_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

namespace weir::app {
namespace {

constexpr std::string_view k_usage =
    "Usage: nextflow [options] COMMAND [arguments]\n\n"
    "Commands that weir answers: run, log. Options have one dash, parameters of pipelines two.\n";

/// Upstream's arguments: options with one dash (two-word values), parameters with two.
class ArgumentReader {
 public:
  explicit ArgumentReader(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}

  [[nodiscard]] bool ended() const { return at_ == arguments_.size(); }
  [[nodiscard]] const std::string& peek() const { return arguments_[at_]; }
  std::string take() { return arguments_[at_++]; }
  /// The value of `option`. Throws Error (usage) when there is none.
  std::string value_of(const std::string& option) {
    if (ended()) throw Error(ErrorKind::usage, fmt::format("option '{}' needs a value", option));
    return take();
  }
  /// The next word unless it is an option or the script.
  std::string optional_value(const std::function<bool(const std::string&)>& is_value) {
    return !ended() && is_value(peek()) ? take() : std::string();
  }

 private:
  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
};

bool is_uuid(const std::string& word) {
  return word == "last" ||
         (word.size() == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-');
}

/// Options of `run` with a value that weir takes note of by doing nothing.
constexpr std::array<std::string_view, 8> k_ignored_with_value{
    "-ansi-log", "-revision", "-r", "-hub", "-user", "-poll-interval", "-pi", "-executor"};
constexpr std::array<std::string_view, 12> k_ignored_flags{
    "-latest", "-offline",     "-bg",
    "-cache",  "-dump-hashes", "-disable-jobs-cancellation",
    "-d",      "-with-tower",  "-with-notification",
    "-N",      "-with-weblog", "-without-docker"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// `nextflow run`.
class RunReader {
 public:
  RunReader(PipelineRequest& request, ArgumentReader& reader)
      : request_(request), reader_(reader) {}

  void read() {
    while (!reader_.ended()) {
      const std::string word = reader_.take();
      if (word.starts_with("--")) {
        parameter(word);
      } else if (word.size() > 1 && word[0] == '-') {
        option(word);
      } else if (request_.settings.script.empty()) {
        request_.settings.script = word;
      } else {
        request_.settings.arguments.push_back(word);
      }
    }
    if (request_.settings.script.empty()) {
      throw Error(ErrorKind::usage, "no pipeline script was given")
          .with_hint("nextflow run SCRIPT");
    }
  }

 private:
  /// A value may begin with a dash when it is a number.
  static bool is_value(const std::string& word) {
    if (word.find(' ') != std::string::npos) return true;
    return !word.starts_with('-') || (word.size() > 1 && word[1] >= '0' && word[1] <= '9');
  }
  std::string file_value() {
    return reader_.optional_value(
        [](const std::string& word) { return is_value(word) && !word.ends_with(".nf"); });
  }

  void parameter(const std::string& word) {
    const std::string name = word.substr(2);
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      request_.settings.params.push_back({name.substr(0, equals), name.substr(equals + 1)});
    } else if (!reader_.ended() && is_value(reader_.peek())) {
      request_.settings.params.push_back({name, reader_.take()});
    } else {
      request_.settings.params.push_back({name, std::nullopt});
    }
  }

  void profiles(const std::string& names) {
    for (const std::string_view name : base::split(names, ',')) {
      if (!name.empty()) request_.settings.profiles.emplace_back(name);
    }
  }

  /// `-process.cpus=2`, `-process.cpus 2`, `-e.NAME=value`, `-executor.cpus 2`.
  bool setting(const std::string& word) {
    static constexpr std::array<std::string_view, 4> k_scopes{"-process.", "-executor.", "-e.",
                                                              "-cluster."};
    for (const std::string_view scope : k_scopes) {
      if (!word.starts_with(scope)) continue;
      std::string name = word.substr(1);
      if (scope == "-e.") name = "env." + name.substr(2);
      const std::size_t equals = name.find('=');
      if (equals != std::string::npos) {
        request_.settings.settings.emplace_back(name.substr(0, equals), name.substr(equals + 1));
      } else {
        const bool alone = reader_.ended() || !is_value(reader_.peek());
        request_.settings.settings.emplace_back(name, alone ? "true" : reader_.take());
      }
      return true;
    }
    return false;
  }

  void option(const std::string& word) {
    engine::RunSettings& settings = request_.settings;
    if (setting(word)) return;
    if (word == "-profile") return profiles(reader_.value_of(word));
    if (word == "-c" || word == "-config")
      return settings.config_files.push_back(reader_.value_of(word));
    if (word == "-C") return settings.only_config.push_back(reader_.value_of(word));
    if (word == "-params-file") return void(settings.params_file = reader_.value_of(word));
    if (word == "-w" || word == "-work-dir")
      return void(settings.work_dir = reader_.value_of(word));
    if (word == "-o" || word == "-output-dir")
      return void(settings.output_dir = reader_.value_of(word));
    if (word == "-name") return void(settings.run_name = reader_.value_of(word));
    if (word == "-entry") return void(settings.entry = reader_.value_of(word));
    if (word == "-main-script") return void(settings.main_script = reader_.value_of(word));
    if (word == "-resume") return void(settings.resume = reader_.optional_value(is_uuid));
    if (word == "-stub" || word == "-stub-run") return void(settings.stub = true);
    if (word == "-preview") return void(settings.preview = true);
    if (word == "-q" || word == "-quiet") return void(request_.quiet = true);
    if (word == "-with-trace") return void(settings.with_trace = file_value());
    if (word == "-dump-channels") return void(settings.dump_channels = file_value());
    if (word == "-queue-size" || word == "-qs") return queue_size(reader_.value_of(word));
    more_options(word);
  }

  void more_options(const std::string& word) {
    static constexpr std::array<std::string_view, 3> k_reports{"-with-report", "-with-timeline",
                                                               "-with-dag"};
    static constexpr std::array<std::string_view, 4> k_containers{
        "-with-docker", "-with-podman", "-with-singularity", "-with-apptainer"};
    if (has(k_reports, word)) {
      request_.settings.reports.emplace_back(word.substr(6), file_value());
      return;
    }
    if (has(k_containers, word) || word == "-with-conda") {
      const std::string engine = word.substr(6);
      request_.settings.settings.emplace_back(engine + ".enabled", "true");
      const std::string image = file_value();
      if (!image.empty()) {
        request_.settings.settings.emplace_back(
            engine == "conda" ? "process.conda" : "process.container", image);
      }
      return;
    }
    if (has(k_ignored_with_value, word)) {
      static_cast<void>(reader_.value_of(word));
      return;
    }
    if (has(k_ignored_flags, word)) return;
    throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
  }

  void queue_size(const std::string& text) {
    const auto number = base::parse_int64(text);
    if (!number || *number < 1) {
      throw Error(ErrorKind::usage,
                  fmt::format("option '-queue-size' needs a positive number, not '{}'", text));
    }
    request_.settings.queue_size = *number;
  }

  PipelineRequest& request_;
  ArgumentReader& reader_;
};

/// `nextflow config [-profile NAMES] [-a] [-flat] [-properties] [-sort] [-value NAME] [PROJECT]`.
ExitStatus print_config(Context& context, const PipelineRequest& request, ArgumentReader& reader) {
  ConfigQuestion question;
  question.settings = request.settings;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (word == "-profile") {
      const std::string names = reader.value_of(word);
      for (const std::string_view name : base::split(names, ',')) {
        question.settings.profiles.emplace_back(name);
      }
    } else if (word == "-a" || word == "-show-profiles") {
      question.settings.show_profiles = true;
    } else if (word == "-flat") {
      question.form.style = engine::ConfigStyle::flat;
    } else if (word == "-properties") {
      question.form.style = engine::ConfigStyle::properties;
    } else if (word == "-sort") {
      question.form.sorted = true;
    } else if (word == "-value") {
      question.value = reader.value_of(word);
    } else if (word.starts_with('-')) {
      throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
    } else {
      question.settings.script = word;
    }
  }
  return print_configuration(context, std::move(question));
}

/// `nextflow log [last|NAME|UUID]`: the runs of this folder, newest last.
ExitStatus print_log(Context& context, ArgumentReader& reader) {
  std::string wanted;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (!word.starts_with('-')) {
      wanted = word;
      continue;
    }
    throw Error(ErrorKind::usage,
                fmt::format("option '{}' of `nextflow log` is not supported", word))
        .with_hint("`weir jobs show` tells about one run");
  }
  RunRecord record(context.state_dir());
  auto runs = record.runs(context.working_directory.string(), 1000);
  std::reverse(runs.begin(), runs.end());
  Table table({"TIMESTAMP", "DURATION", "RUN NAME", "STATUS", "SESSION ID", "COMMAND"});
  for (const auto& [job, facts] : runs) {
    if (!wanted.empty() && wanted != "last" && wanted != facts.run_name &&
        wanted != facts.session_id)
      continue;
    if (wanted == "last" && &job != &runs.back().first) continue;
    const std::string duration =
        job.duration_ms ? base::format_duration(std::chrono::milliseconds(*job.duration_ms)) : "-";
    const std::string status = job.state == jobs::JobState::succeeded ? "OK"
                               : jobs::is_terminal(job.state)         ? "ERR"
                                                                      : "-";
    table.row({base::to_rfc3339(job.submitted_at), duration, facts.run_name, status,
               facts.session_id, facts.command_line});
  }
  table.print(context.out, !context.out.is_terminal());
  return ExitStatus::ok;
}

class NextflowCommand final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARGUMENT", unused_, Required::no, "upstream's command and its arguments");
  }

  std::optional<ExitStatus> run_unparsed(const std::vector<std::string>& arguments,
                                         Context& context) override {
    try {
      return answer(arguments, context);
    } catch (const Error& error) {  // upstream ends every failure with 1
      report(error, context.err);
      return ExitStatus::failed;
    }
  }

  ExitStatus run(Context&) override { return ExitStatus::usage; }

 private:
  static ExitStatus answer(const std::vector<std::string>& arguments, Context& context) {
    PipelineRequest request;
    request.style = RunStyle::upstream;
    request.settings.upstream_messages = true;
    ArgumentReader reader(arguments);
    std::string command;
    while (command.empty() && !reader.ended()) {
      const std::string word = reader.take();
      if (word == "-q" || word == "-quiet") {
        request.quiet = true;
      } else if (word == "-c" || word == "-config") {
        request.settings.config_files.push_back(reader.value_of(word));
      } else if (word == "-C") {
        request.settings.only_config.push_back(reader.value_of(word));
      } else if (word == "-log") {
        request.log_file = reader.value_of(word);
      } else if (word == "-v" || word == "-version" || word == "--version") {
        context.out.line("nextflow version 26.04.0 (weir)");
        return ExitStatus::ok;
      } else if (word == "-trace" || word == "-syslog") {
        static_cast<void>(reader.optional_value(
            [](const std::string& next) { return next.find('.') != next.npos; }));
      } else if (word == "-bg" || word == "-d" || word == "-debug") {
        continue;
      } else if (word.starts_with('-')) {
        throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
      } else {
        command = word;
      }
    }
    if (command == "run") {
      RunReader(request, reader).read();
      request.settings.command_line = "nextflow " + base::join(arguments, " ");
      fill_surroundings(context, request.settings);
      return run_pipeline(context, std::move(request));
    }
    if (command == "log") return print_log(context, reader);
    if (command == "config") return print_config(context, request, reader);
    if (command.empty() || command == "help") {
      context.out.write(k_usage);
      return ExitStatus::ok;
    }
    throw Error(ErrorKind::usage, fmt::format("`nextflow {}` is not supported", command));
  }

  std::vector<std::string> unused_;
};

}  // namespace

std::unique_ptr<Command> make_nextflow() {
  return std::make_unique<NextflowCommand>();
}

}  // namespace weir::app
