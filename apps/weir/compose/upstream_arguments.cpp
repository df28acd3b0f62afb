#include "compose/upstream_arguments.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::app {
namespace {

bool is_uuid(const std::string& word) {
  return word == "last" ||
         (word.size() == 36 && word[8] == '-' && word[13] == '-' && word[18] == '-');
}

/// Options of `run` that weir takes note of by doing nothing: with a value, with one or without,
/// and flags.
constexpr std::array<std::string_view, 5> k_ignored_with_value{"-poll-interval", "-pi", "-executor",
                                                               "-N", "-with-cloudcache"};
constexpr std::array<std::string_view, 5> k_ignored_maybe_with_value{
    "-with-tower", "-with-notification", "-with-weblog", "-with-wave", "-with-fusion"};
constexpr std::array<std::string_view, 1> k_ignored_flags{"-disable-jobs-cancellation"};

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
    if (word == "-bg") return void(request_.background = true);
    if (word == "-name") return void(settings.run_name = reader_.value_of(word));
    if (word == "-entry") return void(settings.entry = reader_.value_of(word));
    if (word == "-main-script") return void(settings.main_script = reader_.value_of(word));
    if (word == "-resume") return void(settings.resume = reader_.optional_value(is_uuid));
    if (word == "-stub" || word == "-stub-run") return void(settings.stub = true);
    if (word == "-preview") return void(settings.preview = true);
    if (word == "-q" || word == "-quiet") return void(request_.quiet = true);
    if (word == "-with-trace") return void(settings.with_trace = file_value());
    if (word == "-dump-channels") return void(settings.dump_channels = file_value());
    if (read_source_option(request_.source, word, reader_)) return;
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
    if (word.starts_with("-without-")) {
      request_.settings.settings.emplace_back(word.substr(9) + ".enabled", "false");
      return;
    }
    if (word == "-dump-hashes") {
      const auto form = reader_.optional_value(
          [](const std::string& next) { return next == "json" || next == "default"; });
      request_.settings.dump_hashes = true;
      request_.settings.dump_hashes_as_json = form == "json";
      return;
    }
    if (word == "-ansi-log") {
      request_.plain = reader_.value_of(word) == "false";
      return;
    }
    if (word == "-cache") {
      request_.settings.settings.emplace_back("process.cache", reader_.value_of(word));
      return;
    }
    if (word == "-output-format") {
      request_.settings.output_format = reader_.value_of(word);
      return;
    }
    if (has(k_ignored_maybe_with_value, word)) {
      static_cast<void>(file_value());
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

}  // namespace

bool read_source_option(SourceRequest& source, const std::string& word, ArgumentReader& reader) {
  if (word == "-r" || word == "-revision") {
    source.revision = reader.value_of(word);
  } else if (word == "-hub") {
    source.hub = reader.value_of(word);
  } else if (word == "-user") {
    source.user = reader.value_of(word);
  } else if (word == "-latest") {
    source.latest = true;
  } else if (word == "-offline") {
    source.offline = true;
  } else if (word == "-d" || word == "-deep") {
    static_cast<void>(reader.value_of(word));  // the store shares what it has
  } else {
    return false;
  }
  return true;
}

void read_run_arguments(PipelineRequest& request, ArgumentReader& reader) {
  RunReader(request, reader).read();
}

}  // namespace weir::app
