#include "jobs/retention.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/job_store.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

namespace weir::jobs {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes k_between{10};
constexpr std::chrono::minutes k_jump{10};
constexpr std::int64_t k_at_a_time = 100;

/// When it was done last, by both clocks.
struct LastTime {
  std::string boot_id;
  milliseconds boot{0};
  base::WallTime wall{};
};

std::optional<LastTime> read_last(db::Database& database) {
  db::Statement query = database.prepare("SELECT value FROM job_meta WHERE name = 'retention'");
  if (!query.step()) return std::nullopt;
  const std::string text = query.text(0);
  const std::vector<std::string_view> words = base::split(text, ' ');
  if (words.size() != 3) return std::nullopt;
  const auto boot = base::parse_int64(words[1]);
  const auto wall = base::parse_int64(words[2]);
  if (!boot || !wall) return std::nullopt;
  return LastTime{std::string(words[0]), milliseconds(*boot), base::from_millis(*wall)};
}

}  // namespace

std::vector<std::string> retain(JobStore& store, const Retention& retention) {
  const Surroundings& surroundings = store.surroundings();
  const auto boot = std::chrono::duration_cast<milliseconds>(surroundings.boot());
  const base::WallTime wall = surroundings.wall();
  const std::optional<LastTime> last = read_last(store.database());
  const bool same_boot = last.has_value() && last->boot_id == surroundings.self.boot;
  if (same_boot && boot - last->boot < k_between) return {};
  store.atomically([&] {
    store.database()
        .prepare("INSERT OR REPLACE INTO job_meta(name, value) VALUES ('retention', ?1)")
        .bind(1, std::string_view(fmt::format("{} {} {}", surroundings.self.boot, boot.count(),
                                              base::to_millis(wall))))
        .run();
  });
  if (same_boot) {
    const milliseconds difference = (wall - last->wall) - (boot - last->boot);
    if (difference > k_jump || difference < -k_jump) {
      base::log(
          base::LogLevel::warn, "the clock has jumped; old jobs are not removed now",
          {{"by", base::format_duration(difference < milliseconds(0) ? -difference : difference)}});
      return {};
    }
  }
  return store.prune({.before = wall - retention.age,
                      .keep = retention.keep,
                      .limit = k_at_a_time,
                      .lost_too = false,
                      .dry_run = false});
}

}  // namespace weir::jobs
