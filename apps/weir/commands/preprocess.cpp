#include "base/error.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/machine.hpp"
#include "base/named_folder.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/format_flags.hpp"
#include "compose/job_view.hpp"
#include "compose/preprocess_files.hpp"
#include "compose/preprocess_queue.hpp"
#include "compose/preprocess_sources.hpp"
#include "compose/progress_board.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

namespace weir::app {
namespace {

using namespace std::string_view_literals;

struct Options {
  std::vector<std::string> files;
  std::optional<std::string> output_dir;
  std::optional<std::string> format;
  std::string index_type = "auto";
  std::optional<std::int64_t> level;
  bool fast = false;
  bool strict = false;
  bool lenient = false;
  bool allow_empty = false;
  bool retry = false;
  bool copy = false;
  FormatFlags formats;
  std::optional<std::int64_t> threads;
  std::optional<std::string> memory;
  std::int64_t jobs = 1;
  std::optional<std::string> timeout;
  bool detach = false;
  bool drain_queue = false;
  bool on_duty = false;
  std::optional<std::string> expire;
  SourceOptions sources;
  bool json = false;
};

constexpr std::int64_t k_level_default = 6;
constexpr std::int64_t k_jobs_max = 256;
constexpr std::int64_t k_threads_max = 1024;

constexpr std::array<genomics::IndexType, 5> k_index_types{
    genomics::IndexType::automatic, genomics::IndexType::tbi, genomics::IndexType::csi,
    genomics::IndexType::bai, genomics::IndexType::crai};

genomics::IndexType parse_index_type(const std::string& word) {
  const auto type = std::find_if(k_index_types.begin(), k_index_types.end(),
                                 [&](auto one) { return word == genomics::name_of(one); });
  WEIR_ASSERT(type != k_index_types.end());
  return *type;
}

std::vector<std::string_view> index_type_words() {
  std::vector<std::string_view> words;
  for (const genomics::IndexType type : k_index_types) words.push_back(genomics::name_of(type));
  return words;
}

std::size_t memory_of(const Options& options, std::int64_t jobs) {
  std::size_t bytes = base::available_memory_bytes() / 4;
  if (options.memory.has_value()) {
    const auto given = base::parse_bytes(*options.memory);
    if (!given.has_value() || *given <= 0) {
      throw Error(ErrorKind::usage, "--memory needs a size, not '" + *options.memory + "'")
          .with_hint("such as 512M or 4G");
    }
    bytes = static_cast<std::size_t>(*given);
  }
  const std::size_t each = bytes / static_cast<std::size_t>(jobs);
  if (each < genomics::k_memory_limit_min_bytes) {
    throw Error(ErrorKind::usage,
                fmt::format("--memory leaves {} for each file, which is too little",
                            base::format_bytes(static_cast<std::int64_t>(each))))
        .with_hint(fmt::format(
            "at least {} for each of --jobs",
            base::format_bytes(static_cast<std::int64_t>(genomics::k_memory_limit_min_bytes))));
  }
  return each;
}

std::int64_t checked(std::string_view option, std::int64_t value, std::int64_t least,
                     std::int64_t most) {
  if (value >= least && value <= most) return value;
  throw Error(ErrorKind::usage,
              fmt::format("{} must be from {} to {}, not {}", option, least, most, value));
}

preprocess::Request request_of(const Options& options) {
  preprocess::Request request;
  if (options.format.has_value()) {
    request.format = genomics::parse_format(*options.format);
    if (!request.format.has_value()) {
      throw Error(ErrorKind::usage, "unknown format '" + *options.format + "'")
          .with_hint("such as bam, cram, vcf, bcf, bed, narrowPeak, gff3, gtf or bigBed");
    }
  }
  constexpr std::int64_t k_level_max = 12;
  if (options.fast && options.level.has_value())
    throw Error(ErrorKind::usage, "--fast and --level exclude each other");
  request.level =
      static_cast<int>(checked("--level", options.level.value_or(k_level_default), 1, k_level_max));
  request.codec = options.fast ? genomics::Codec::isal : genomics::Codec::libdeflate;
  request.index = parse_index_type(options.index_type);
  if (options.strict && options.lenient)
    throw Error(ErrorKind::usage, "--strict and --lenient exclude each other");
  if (options.strict) request.policy = genomics::LinePolicy::strict;
  if (options.lenient) request.policy = genomics::LinePolicy::lenient;
  request.allow_empty = options.allow_empty;
  request.retry = options.retry;
  apply_format_flags(options.formats, request);
  return request;
}

/// The library gives htslib nothing to look up; these are the doors themselves: plug-ins, and where
/// it looks for reference sequences, which is the network when unset. No thread runs yet.
void close_htslib_ways() {
  ::setenv("REF_PATH", "/dev/null/%s", 1);
  ::unsetenv("REF_CACHE");
  ::unsetenv("HTS_PATH");
}

ExitStatus status_of_signal(int number) {
  switch (number) {
    case SIGHUP: return ExitStatus::hangup;
    case SIGTERM: return ExitStatus::terminated;
    default: return ExitStatus::interrupted;
  }
}

std::optional<std::chrono::milliseconds> duration(std::string_view option,
                                                  const std::optional<std::string>& text) {
  if (!text.has_value()) return std::nullopt;
  const auto length = base::parse_duration(*text);
  if (length.has_value() && length->count() > 0) return length;
  throw Error(ErrorKind::usage, fmt::format("{} needs a duration, not '{}'", option, *text))
      .with_hint("such as 90s or 2h");
}

class Preprocess final : public Command {
 public:
  void declare(OptionTable& table) override {
    table_ = &table;
    table.positional(
        "FILE", options_.files, Required::no,
        "SAM, BAM, CRAM, VCF, BCF, BED, GFF, GTF, bigBed and their kin, plain or compressed; "
        "- is standard input");
    table.option("-o,--output-dir", options_.output_dir, "DIR",
                 "put data and index there; without it they stay in the cache");
    table.flag("--copy", options_.copy,
               "copy results instead of linking them to the cache's read-only files");
    table.option("--format", options_.format, "FORMAT",
                 "what the files are, instead of what they look like: {}");
    table.words(genomics::format_words(), WordRule::open);
    table.option("--index-type", options_.index_type, "TYPE", "{}; auto takes csi where it must");
    table.words(index_type_words());
    table.option(
        "--level", options_.level, "N",
        fmt::format("compression level, as libdeflate counts, 1 to 12 [{}]", k_level_default));
    table.flag("--fast", options_.fast, "ISA-L's fastest compression: twice as fast, larger files");
    table.flag("--strict", options_.strict, "refuse what would otherwise be repaired or warned of");
    table.flag("--lenient", options_.lenient, "drop wrong lines that stand alone, and count them");
    table.flag("--allow-empty", options_.allow_empty, "accept a file without records");
    table.flag("--retry", options_.retry, "try again what was refused before");
    declare_format_flags(table, options_.formats);
    table.group("Resources");
    table.option("--threads", options_.threads, "N", "threads for all files together [all cores]");
    table.option("--memory", options_.memory, "SIZE",
                 "memory for all files together [a quarter of the machine's]");
    table.option("--jobs", options_.jobs, "N", "files at a time");
    table.option("--timeout", options_.timeout, "DURATION", "give a file up after so long");
    declare_source_options(table, options_.sources);
    table.group("Queue");
    table.flag("--detach", options_.detach,
               "only put the files into the queue, print the jobs' ids, work in the background");
    table.option("--expire", options_.expire, "DURATION",
                 "with --detach: give up what nobody began after so long");
    table.flag("--drain-queue", options_.drain_queue,
               "work on what is in the queue, instead of FILEs, until nothing is left");
    table.group("Output");
    table.flag("--json", options_.json, "one JSON document instead of a line for each file");
    table.hidden();
    table.flag("--on-duty", options_.on_duty, "leave the queue to another that is at it");
    table.epilogue(
        "Sorted, BGZF-compressed and indexed: calls.vcf becomes DIR/calls.vcf.gz and "
        "DIR/calls.vcf.gz.tbi. What was made once\n"
        "comes from the cache; files that several processes ask for at a time are worked on "
        "once.\n\n"
        "Examples:\n"
        "  weir preprocess *.vcf.gz --output-dir out\n"
        "  weir preprocess sample.bam --output-dir . --threads 4 --memory 2G\n"
        "  weir preprocess https://host/calls.vcf.gz --md5 0123… --output-dir out\n"
        "  weir preprocess --detach *.bam --output-dir out --jobs 2\n\n"
        "Exit status: 0; 3 when a file is refused; 9 no access; 75 when trying again may help "
        "(disk full, server busy); 124 the\ntime is over.\n"
        "With several files, that of the first one that failed.\n");
  }

  ExitStatus run(Context& context) override {
    close_htslib_ways();
    check_mode();
    preprocess::Request request = request_of(options_);
    request.claims = claims_of(options_.sources, options_.files.size());
    request.keep_rejected = options_.sources.keep_rejected;
    if (options_.strict && request.claims.md5_may_differ)
      throw Error(ErrorKind::usage, "--strict and --on-md5-mismatch rekey exclude each other");
    preprocess::Settings settings = settings_of(context);
    const std::int64_t jobs = checked("--jobs", options_.jobs, 1, k_jobs_max);
    settings.memory_limit_bytes = memory_of(options_, jobs);
    const auto cores = static_cast<std::int64_t>(base::available_cores());
    const std::int64_t threads =
        checked("--threads", options_.threads.value_or(cores), 1, k_threads_max);
    settings.threads = static_cast<std::size_t>(std::max<std::int64_t>(threads / jobs, 1));

    FilesOptions files{
        .settings = settings,
        .request = request,
        .output_dir = {},
        .mode = options_.copy ? preprocess::PlaceMode::copy : preprocess::PlaceMode::link,
        .jobs = static_cast<std::size_t>(jobs)};
    if (options_.output_dir.has_value()) {
      files.output_dir = std::filesystem::path(*options_.output_dir).lexically_normal();
      // Better now than after an hour of work.
      base::make_named_folders(*files.output_dir, ErrorKind::usage);
    }
    if (options_.detach) return detach(files, context);
    const base::InterruptWatch watch;
    ProgressBoard board(context.err, !context.quiet);
    const auto done = [&](const FileResult& file) {
      if (!file.error.has_value() && !options_.json && !context.quiet)
        board.line(context.out, shown(file));
      if (file.error.has_value() && !watch.requested()) report_in_turn(file, board, context.err);
    };
    std::vector<FileResult> results;
    if (options_.drain_queue) {
      results = (options_.on_duty ? drain_queue_on_duty : drain_queue)(files, watch.requested(),
                                                                       board, done);
    } else {
      results = process_files(options_.files, files, watch.requested(), board, done);
    }
    if (options_.json) print_json(json_of(results), context.out);
    if (watch.requested()) {
      const auto ready = std::count_if(results.begin(), results.end(), [](const FileResult& file) {
        return !file.error.has_value();
      });
      context.err.line(fmt::format("weir: stopped: {} of {} files done", ready, results.size()));
      return status_of_signal(watch.signal_number());
    }
    return status_of(results);
  }

 private:
  preprocess::Settings settings_of(const Context& context) const {
    preprocess::Settings settings;
    settings.state_dir = context.state_dir();
    settings.cache_dir = context.cache_dir();
    settings.actor = base::user_name(context.environment);
    settings.fetch = fetch_options(options_.sources, context);
    settings.time_limit = duration("--timeout", options_.timeout);
    settings.queue_limit = duration("--expire", options_.expire);
    // What was put into the queue is wanted still when one of those who work on it goes.
    if (options_.drain_queue) settings.when_stopped = preprocess::Settings::WhenStopped::requeue;
    return settings;
  }

  void check_mode() const {
    if (options_.drain_queue != options_.files.empty()) {
      throw Error(ErrorKind::usage, options_.drain_queue
                                        ? "--drain-queue takes its files from the queue"
                                        : "a FILE is needed")
          .with_hint("`weir preprocess --help` shows how");
    }
    if (options_.drain_queue && options_.detach)
      throw Error(ErrorKind::usage, "--detach and --drain-queue exclude each other");
    if (options_.drain_queue) refuse_options_of_files();
    if (options_.expire.has_value() && !options_.detach)
      throw Error(ErrorKind::usage, "--expire goes with --detach");
  }

  /// What is in the queue has the options that it was put there with.
  void refuse_options_of_files() const {
    constexpr std::array k_of_the_work{
        "--drain-queue"sv, "--on-duty"sv,         "--threads"sv,    "--memory"sv,
        "--jobs"sv,        "--timeout"sv,         "--json"sv,       "--quiet"sv,
        "--log-level"sv,   "--log-format"sv,      "--no-color"sv,   "--state-dir"sv,
        "--cache-dir"sv,   "--max-source-size"sv, "--allow-host"sv, "--allow-private"sv};
    for (const std::string& name : table_->given()) {
      if (std::find(k_of_the_work.begin(), k_of_the_work.end(), name) != k_of_the_work.end())
        continue;
      throw Error(ErrorKind::usage, name + " does nothing with --drain-queue")
          .with_hint("files are worked on with the options that they were queued with");
    }
  }

  /// Puts the files into the queue and sees to it that somebody works on it.
  ExitStatus detach(const FilesOptions& files, Context& context) const {
    const std::vector<QueuedFile> queued = submit_files(options_.files, files);
    ExitStatus status = ExitStatus::ok;
    bool any = false;
    for (const QueuedFile& file : queued) {
      if (file.error.has_value()) {
        report(coded(*file.error), context.err);
        if (status == ExitStatus::ok) status = weir::exit_status_of(file.error->kind());
        continue;
      }
      any = any || file.submitted->how != preprocess::Submitted::How::cached;
      if (!options_.json) context.out.line(file.submitted->job_id + "\t" + file.name);
    }
    if (options_.json) print_json(json_of(queued), context.out);
    if (any) start_drainer(drainer_arguments(context));
    return status;
  }

  /// The resources given here are those of the process in the background, too.
  std::vector<std::string> drainer_arguments(const Context& context) const {
    std::vector<std::string> arguments{"--state-dir", context.state_dir().string(),
                                       "--cache-dir", context.cache_dir().string(),
                                       "--jobs",      std::to_string(options_.jobs)};
    const auto add = [&](const char* name, const std::optional<std::string>& value) {
      if (value.has_value()) arguments.insert(arguments.end(), {name, *value});
    };
    if (options_.threads.has_value()) add("--threads", std::to_string(*options_.threads));
    add("--memory", options_.memory);
    add("--timeout", options_.timeout);
    add("--max-source-size", options_.sources.max_source_size);
    for (const std::string& host : options_.sources.allow_hosts) add("--allow-host", host);
    if (options_.sources.allow_private) arguments.emplace_back("--allow-private");
    return arguments;
  }

  static Error coded(const Error& error) {
    const std::string code = error.code().empty() ? "" : " [" + error.code() + "]";
    Error shown(error.kind(), error.message() + code);
    shown.at(error.place()).with_hint(error.hint());
    return shown;
  }

  /// With the code, by which the man page's table of bad input is read.
  static void report_in_turn(const FileResult& done, ProgressBoard& board, Output& err) {
    const Error error = coded(*done.error);
    board.pause([&] { report(error, err); });
  }

  const OptionTable* table_ = nullptr;  ///< main's, alive as long as the command runs
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_preprocess() {
  return std::make_unique<Preprocess>();
}

}  // namespace weir::app
