#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/job_view.hpp"
#include "jobs/run_folder.hpp"
#include "runs/log_text.hpp"
#include "schema/json_schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace weir::app {
namespace {

using nlohmann::ordered_json;

/// "3", "3-5": how many processes there may be.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

Range parse_range(const ordered_json& value) {
  if (value.is_number_integer()) return {value.get<std::int64_t>(), value.get<std::int64_t>()};
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  const std::vector<std::string_view> parts = base::split(text, '-');
  const auto least = base::parse_int64(base::trim(parts.front()));
  const auto most = base::parse_int64(base::trim(parts.back()));
  if (!least || !most || parts.size() > 2 || *least > *most) {
    throw Error(ErrorKind::usage,
                "expected_processes is a number or a range such as \"2-4\", not " + value.dump());
  }
  return {*least, *most};
}

class JobsVerify final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("RUN", id_, Required::yes,
                     "an id or its unique beginning, @last or @lane:NAME");
    table.option("--expect", expect_, "FILE", "what is expected, as JSON");
    table.option("--tolerance", tolerance_, "PERCENT", "how much longer it may have taken");
    table.flag("--json", json_, "one JSON document");
    table.epilogue(
        "The file is an object with any of `status` (default \"succeeded\"), `expected_duration` "
        "(seconds),\n`expected_processes` (a number, or a range \"2-4\") and `log_patterns` "
        "(case-sensitive regular expressions, each of\nwhich must be found in what the run "
        "said).\n\n"
        "Exit status: 0 all is as expected; 1 something is not; 2 the file; 7 no such run; 8 it "
        "is still active.\n");
  }

  ExitStatus run(Context& context) override {
    const ordered_json expected = read(context);
    const std::unique_ptr<jobs::JobStore> store = open_jobs(context);
    const jobs::Job job = named_run(*store, id_);
    if (!jobs::is_terminal(job.state)) {
      context.err.line("weir: run " + job.id + " is still active");
      return ExitStatus::active;
    }
    check_status(expected, job);
    check_duration(expected, job);
    check_processes(expected, store->tasks(job.id));
    check_patterns(expected, jobs::RunFolder::path_of(store->state_dir(), job.id));
    if (json_) {
      print_json({{"schema", k_jobs_schema},
                  {"run_id", job.id},
                  {"ok", faults_.empty()},
                  {"faults", faults_}},
                 context.out);
    } else {
      for (const std::string& fault : faults_) context.out.line(fault);
    }
    return faults_.empty() ? ExitStatus::ok : ExitStatus::failed;
  }

 private:
  [[nodiscard]] ordered_json read(const Context& context) const {
    if (expect_.empty()) throw Error(ErrorKind::usage, "--expect FILE is missing");
    const std::string text = base::read_file(context.working_directory / expect_);
    ordered_json document = ordered_json::parse(text, nullptr, false);
    if (!document.is_object()) throw Error(ErrorKind::usage, "'" + expect_ + "' is no JSON object");
    check_form(document);
    return document;
  }

  /// Before the run is looked at: a mistake in the file is none of the run's.
  void check_form(const ordered_json& document) const {
    for (auto at = document.begin(); at != document.end(); ++at) check_entry(at.key(), at.value());
  }

  void check_entry(const std::string& name, const ordered_json& value) const {
    std::string wanted;
    if (name == "status" && !value.is_string()) wanted = "a word such as \"succeeded\"";
    if (name == "expected_duration" && !value.is_number()) wanted = "a number of seconds";
    if (name == "log_patterns" && !value.is_array()) wanted = "a list of regular expressions";
    if (!wanted.empty())
      throw Error(ErrorKind::usage, "in '" + expect_ + "': " + name + " is " + wanted);
    if (name == "expected_processes") {
      static_cast<void>(parse_range(value));
    } else if (name == "log_patterns") {
      for (std::size_t i = 0; i < value.size(); ++i) check_pattern(value.at(i));
    } else if (name != "status" && name != "expected_duration") {
      throw Error(ErrorKind::usage,
                  "in '" + expect_ + "': nothing is known of '" + base::printable(name) + "'");
    }
  }

  void check_pattern(const ordered_json& pattern) const {
    if (!pattern.is_string())
      throw Error(ErrorKind::usage,
                  "in '" + expect_ + "': " + pattern.dump() + " is no regular expression");
    try {
      static_cast<void>(matcher_of(pattern.get<std::string>()).validate(schema::Json("")));
    } catch (const Error& error) {
      throw Error(ErrorKind::usage, "in '" + expect_ + "': " + error.message());
    }
  }

  /// The engine of patterns that parameters are checked with: Java's meaning, bounded in time.
  static schema::JsonSchema matcher_of(const std::string& pattern) {
    return {ordered_json{{"pattern", pattern}}.dump(), "log_patterns", {}};
  }

  void check_status(const ordered_json& expected, const jobs::Job& job) {
    const std::string wanted = expected.value("status", "succeeded");
    if (jobs::word_of(job.state) != wanted)
      faults_.push_back(fmt::format("status: {}, expected {}", jobs::word_of(job.state), wanted));
  }

  void check_duration(const ordered_json& expected, const jobs::Job& job) {
    if (!expected.contains("expected_duration") || !job.duration_ms.has_value()) return;
    const double limit =
        expected["expected_duration"].get<double>() * (1 + static_cast<double>(tolerance_) / 100);
    const double took = static_cast<double>(*job.duration_ms) / 1000;
    if (took > limit)
      faults_.push_back(fmt::format("duration: {:.1f} s, expected at most {:.1f} s", took, limit));
  }

  void check_processes(const ordered_json& expected, const std::vector<jobs::TaskRow>& tasks) {
    if (!expected.contains("expected_processes")) return;
    const Range range = parse_range(expected["expected_processes"]);
    std::set<std::string> names;
    for (const jobs::TaskRow& task : tasks) names.insert(task.process);
    const auto count = static_cast<std::int64_t>(names.size());
    if (count < range.least || count > range.most) {
      faults_.push_back(
          fmt::format("processes: {}, expected {} to {}", count, range.least, range.most));
    }
  }

  void check_patterns(const ordered_json& expected, const std::filesystem::path& folder) {
    if (!expected.contains("log_patterns")) return;
    constexpr std::size_t k_log_bytes_max = std::size_t{256} << 20;
    std::string text;
    for (const char* name : {"stdout.log", "stderr.log", "nextflow.log"})
      text += base::try_read_file(folder / name, k_log_bytes_max).value_or("");
    for (const ordered_json& pattern : expected["log_patterns"]) {
      const std::string source = pattern.get<std::string>();
      const schema::JsonSchema matcher = matcher_of(source);
      const auto lines = base::split(text, '\n');
      const bool found = std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
        return matcher.validate(schema::Json(runs::shown_message(line))).ok();
      });
      if (!found) faults_.push_back(fmt::format("log: nothing matches /{}/", source));
    }
  }

  std::string id_;
  std::string expect_;
  std::int64_t tolerance_ = 20;
  bool json_ = false;
  std::vector<std::string> faults_;
};

}  // namespace

std::unique_ptr<Command> make_jobs_verify() {
  return std::make_unique<JobsVerify>();
}

}  // namespace weir::app
