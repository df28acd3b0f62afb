#include "base/clock.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <ctime>

namespace weir::base {

WallTime now_wall() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

WallTime wall_at(BootTime moment) {
  const auto now = std::chrono::system_clock::now();
  return std::chrono::time_point_cast<std::chrono::milliseconds>(now - (now_boot() - moment));
}

BootTime now_boot() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

const std::string& boot_id() {
  static const std::string id(trim(read_file("/proc/sys/kernel/random/boot_id")));
  return id;
}

std::string to_local_text(WallTime time) {
  const std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

std::string to_rfc3339(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  // By hand: a run writes three of them for each task.
  std::string text(24, '\0');
  std::size_t begin = 0;
  const auto digits = [&](std::int64_t value, std::size_t count, char after) {
    for (std::size_t at = begin + count; at-- > begin; value /= 10)
      text[at] = static_cast<char>('0' + value % 10);
    text[begin + count] = after;
    begin += count + 1;
  };
  digits(std::clamp(static_cast<int>(date.year()), 0, 9999), 4, '-');
  digits(static_cast<unsigned>(date.month()), 2, '-');
  digits(static_cast<unsigned>(date.day()), 2, 'T');
  digits(clock.hours().count(), 2, ':');
  digits(clock.minutes().count(), 2, ':');
  digits(clock.seconds().count(), 2, '.');
  digits(clock.subseconds().count(), 3, 'Z');
  return text;
}

}  // namespace weir::base
