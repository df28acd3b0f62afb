#include "compose/job_filter.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "compose/run_control.hpp"
#include "compose/run_record.hpp"

#include <string_view>

namespace weir::app {
namespace {

/// The words, which the table knows, of an option that may be repeated and may hold several.
template <typename Value, typename Parse>
std::vector<Value> parse_words(const std::vector<std::string>& given, Parse parse) {
  std::vector<Value> values;
  for (const std::string& list : given) {
    for (const std::string_view word : base::split(list, ','))
      values.push_back(parse(word).value());
  }
  return values;
}

}  // namespace

void JobFilterOptions::declare(OptionTable& table) {
  table.option("--kind", kinds_, "KIND", "only {}; several separated by commas");
  table.words(jobs::kind_words(), WordRule::list);
  table.option("--state", states_, "STATE",
               "only jobs in that state: {}; several separated by commas");
  table.words(jobs::state_words(), WordRule::list);
  table.option("--lane", lane_, "NAME", "only runs of that lane");
  table.flag("--here", here_, "only runs of this launch directory");
  table.option("--engine", engine_, "NAME", "only runs of that engine: {}");
  table.words(k_engines);
  table.option("--since", since_, "DURATION", "only jobs submitted within it, such as 24h");
  table.option("--before", before_, "ID", "only jobs submitted before that one: the next page");
  table.option("--limit", limit_, "N", "at most so many");
}

jobs::JobFilter JobFilterOptions::read(const Context& context) const {
  jobs::JobFilter filter;
  filter.kinds = parse_words<jobs::JobKind>(kinds_, jobs::parse_kind);
  filter.states = parse_words<jobs::JobState>(states_, jobs::parse_state);
  if (!lane_.empty()) filter.key = "lane:" + lane_;
  if (here_) filter.directory = directory_key(context.working_directory.string());
  filter.engine = engine_;
  filter.before_id = before_;
  filter.limit = limit_;
  if (limit_ < 1) throw Error(ErrorKind::usage, "--limit must be at least 1");
  if (since_.has_value()) {
    const auto duration = base::parse_duration(*since_);
    if (!duration.has_value()) {
      throw Error(ErrorKind::usage, "--since needs a duration, not '" + *since_ + "'")
          .with_hint("such as 90m, 24h or 7d");
    }
    filter.since = base::now_wall() - *duration;
  }
  return filter;
}

}  // namespace weir::app
