// Zones: the machine's own by localtime(3), UTC, and named ones from the system's compiled files
// (RFC 8536, version 2 data; times after the last transition of a file use its last offset, so
// "slim" files without future transitions are refused).
#include "engine/time_window.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <ctime>
#include <string_view>

namespace weir::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int k_minutes_of_day = 24 * 60;
constexpr std::array<std::string_view, 7> k_days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr const char* k_zone_folder = "/usr/share/zoneinfo";
constexpr minutes k_look_ahead{8 * k_minutes_of_day};
constexpr std::size_t k_zone_bytes_max = std::size_t{1} << 20;

Error wrong(std::string_view part, const std::string& why) {
  return Error(ErrorKind::usage, "time window '" + base::printable(part) + "': " + why)
      .with_hint("write DAYS FROM-TO ZONE, such as 'Mon-Fri 20:00-06:00 Europe/Berlin'");
}

std::optional<int> parse_day(std::string_view text) {
  const std::string lower = base::to_lower_ascii(text.substr(0, 3));
  const auto found = std::find(k_days.begin(), k_days.end(), lower);
  if (text.size() < 3 || found == k_days.end()) return std::nullopt;
  return static_cast<int>(found - k_days.begin());
}

std::optional<int> parse_minute(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto hour = base::parse_int64(text.substr(0, colon));
  const auto minute = base::parse_int64(text.substr(colon + 1));
  if (!hour || !minute || *hour < 0 || *minute < 0 || *minute > 59) return std::nullopt;
  const auto all = *hour * 60 + *minute;
  if (all > k_minutes_of_day) return std::nullopt;
  return static_cast<int>(all);
}

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80) != 0 ? ~0ULL : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

}  // namespace

/// Answers the offset from UTC at a moment.
class TimeWindow::Zone {
 public:
  Zone() = default;  // the machine's own
  explicit Zone(const std::string& name) : kind_(name == "UTC" ? Kind::utc : Kind::file) {
    if (kind_ == Kind::file) load(name);
  }

  [[nodiscard]] seconds offset_at(std::int64_t utc) const {
    if (kind_ == Kind::utc) return seconds(0);
    if (kind_ == Kind::local) {
      const std::time_t time = utc;
      std::tm parts{};
      ::localtime_r(&time, &parts);
      return seconds(parts.tm_gmtoff);
    }
    const auto next = std::upper_bound(times_.begin(), times_.end(), utc);
    return next == times_.begin() ? first_
                                  : offsets_[static_cast<std::size_t>(next - times_.begin() - 1)];
  }

 private:
  enum class Kind { local, utc, file };

  struct Counts {
    std::size_t utc_flags, standard_flags, leaps, times, types, characters;
    explicit Counts(std::string_view header) {
      std::size_t* const fields[] = {&utc_flags, &standard_flags, &leaps,
                                     &times,     &types,          &characters};
      for (std::size_t i = 0; i < 6; ++i)
        *fields[i] = static_cast<std::size_t>(big_endian(header.substr(20 + 4 * i, 4)));
    }
    [[nodiscard]] std::size_t bytes(std::size_t time_size) const {
      return times * time_size + times + types * 6 + characters + leaps * (time_size + 4) +
             standard_flags + utc_flags;
    }
  };

  void load(const std::string& name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char letter) {
      return std::string_view("/_+-").find(letter) != std::string_view::npos ||
             (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
             (letter >= 'a' && letter <= 'z');
    });
    const auto text =
        plain && !name.starts_with("/")
            ? base::try_read_file(base::fs::path(k_zone_folder) / name, k_zone_bytes_max)
            : std::nullopt;
    constexpr std::size_t k_header = 44;
    if (!text || text->size() < k_header || !text->starts_with("TZif"))
      throw wrong(name, "the system knows no such time zone");
    std::string_view rest = *text;
    const Counts old_data(rest);
    if (rest[4] < '2' || rest.size() < 2 * k_header + old_data.bytes(4))
      throw wrong(name, "its file is of an old version");
    rest.remove_prefix(k_header + old_data.bytes(4));
    const Counts counts(rest);
    rest.remove_prefix(k_header);
    if (rest.size() < counts.bytes(8) || counts.types == 0)
      throw wrong(name, "its file is cut off");
    read_data(name, rest, counts);
  }

  void read_data(const std::string& name, std::string_view data, const Counts& counts) {
    const std::string_view indices = data.substr(counts.times * 8, counts.times);
    const std::string_view types = data.substr(counts.times * 9, counts.types * 6);
    const auto offset_of = [&](std::size_t type) {
      return seconds(big_endian(types.substr(type * 6, 4)));
    };
    first_ = offset_of(0);
    for (std::size_t i = 0; i < counts.times; ++i) {
      times_.push_back(big_endian(data.substr(i * 8, 8)));
      const auto type = static_cast<std::size_t>(static_cast<unsigned char>(indices[i]));
      if (type >= counts.types) throw wrong(name, "its file is damaged");
      offsets_.push_back(offset_of(type));
    }
    // A comma in the footer is a rule for summer time beyond the transitions that are listed.
    const bool has_rule = data.substr(counts.bytes(8)).find(',') != std::string_view::npos;
    constexpr std::int64_t k_year_2037 = 2114380800;
    if (has_rule && (times_.empty() || times_.back() < k_year_2037 - 366 * 86400))
      throw wrong(name, "this system's file does not list its future changes; use UTC or no zone");
  }

  Kind kind_ = Kind::local;
  seconds first_{0};
  std::vector<std::int64_t> times_;
  std::vector<seconds> offsets_;
};

TimeWindow::TimeWindow(const std::string& text) {
  for (const std::string_view part : base::split(text, ';')) {
    if (!base::trim(part).empty()) parse_part(base::trim(part));
  }
  if (parts_.empty()) throw wrong(text, "no times are given");
  if (!zone_) zone_ = std::make_shared<Zone>();
}

void TimeWindow::parse_part(std::string_view text) {
  Part part;
  bool has_days = false;
  bool has_times = false;
  for (const std::string_view word : base::split(text, ' ')) {
    if (word.empty()) continue;
    const std::size_t dash = word.find('-');
    const auto from =
        dash == std::string_view::npos ? std::nullopt : parse_minute(word.substr(0, dash));
    if (from) {
      const auto to = parse_minute(word.substr(dash + 1));
      if (!to || *from == k_minutes_of_day || has_times) throw wrong(text, "FROM-TO is wrong");
      if (*from == *to) throw wrong(text, "it is never open");
      part.from = *from;
      part.to = *to;
      has_times = true;
    } else if (!has_times && parse_day(word)) {
      has_days = true;
      for (const std::string_view item : base::split(word, ',')) {
        const std::size_t range = item.find('-');
        const auto first = parse_day(item.substr(0, range));
        const auto last =
            range == std::string_view::npos ? first : parse_day(item.substr(range + 1));
        if (!first || !last) throw wrong(text, "a day is wrong");
        for (int day = *first;; day = (day + 1) % 7) {
          part.days[static_cast<std::size_t>(day)] = true;
          if (day == *last) break;
        }
      }
    } else if (has_times && !zone_) {
      zone_ = std::make_shared<Zone>(std::string(word));
    } else {
      throw wrong(text, "'" + base::printable(word) + "' is not understood");
    }
  }
  if (!has_times) throw wrong(text, "FROM-TO is missing");
  if (!has_days) part.days.fill(true);
  parts_.push_back(part);
}

bool TimeWindow::contains(base::WallTime time) const {
  const std::int64_t utc = base::to_millis(time) / 1000;
  const std::int64_t local = utc + zone_->offset_at(utc).count();
  const std::int64_t day_number = local / 86400 - (local % 86400 < 0 ? 1 : 0);
  const int minute = static_cast<int>((local - day_number * 86400) / 60);
  // The first of January 1970 was a Thursday.
  const auto day = static_cast<std::size_t>(((day_number + 4) % 7 + 7) % 7);
  const std::size_t day_before = (day + 6) % 7;
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    if (part.from < part.to) return part.days[day] && minute >= part.from && minute < part.to;
    return (part.days[day] && minute >= part.from) || (part.days[day_before] && minute < part.to);
  });
}

minutes TimeWindow::open_for(base::WallTime time) const {
  minutes open(0);
  while (open < k_look_ahead && contains(time + open)) ++open;
  return open;
}

std::optional<minutes> TimeWindow::opens_in(base::WallTime time) const {
  for (minutes wait(0); wait < k_look_ahead; ++wait) {
    if (contains(time + wait)) return wait;
  }
  return std::nullopt;
}

}  // namespace weir::engine
