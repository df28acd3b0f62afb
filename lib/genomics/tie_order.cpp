#include "genomics/tie_order.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace weir::genomics {
namespace {

/// Orders the groups of one stretch of a run; keeps its buffers from group to group.
class GroupSorter {
 public:
  GroupSorter(RunOrder& order, const Run& run, const RecordFormat& format, std::size_t begin,
              std::size_t end)
      : order_(order),
        run_(run),
        format_(format),
        words_(order.words()),
        end_(end),
        slots_asked_(begin),
        records_asked_(begin) {}

  /// Asks for what groups behind `index` will need: their slots, and later their bytes, lie
  /// anywhere in memory.
  void look_ahead(std::size_t index) {
    constexpr std::size_t k_slots_ahead = 48;
    constexpr std::size_t k_records_ahead = 24;
    for (; slots_asked_ < std::min(index + k_slots_ahead, end_); ++slots_asked_)
      __builtin_prefetch(&slot(slots_asked_));
    if (format_.ties() != Ties::by_group) return;
    for (; records_asked_ < std::min(index + k_records_ahead, end_); ++records_asked_)
      run_.prefetch(slot(records_asked_));
  }

  void sort(std::size_t begin, std::size_t end) {
    if (format_.ties() == Ties::by_span) {
      by_span(begin, end);
    } else {
      by_group(begin, end);
    }
  }

 private:
  [[nodiscard]] const RecordSlot& slot(std::size_t index) const {
    return run_.slots[order_.ordinal(index)];
  }

  void by_span(std::size_t begin, std::size_t end) {
    spans_.clear();
    for (std::size_t i = begin; i < end; ++i) spans_.emplace_back(slot(i).span, words_[i]);
    std::sort(spans_.begin(), spans_.end());  // words of one key rise with the ordinal
    for (std::size_t i = begin; i < end; ++i) words_[i] = spans_[i - begin].second;
  }

  void by_group(std::size_t begin, std::size_t end) {
    group_.clear();
    for (std::size_t i = begin; i < end; ++i)
      group_.push_back({run_.record(slot(i)), slot(i).span, words_[i]});
    format_.order_group(group_);
    for (std::size_t i = begin; i < end; ++i) words_[i] = group_[i - begin].ordinal;
  }

  RunOrder& order_;
  const Run& run_;
  const RecordFormat& format_;
  std::uint64_t* words_;
  std::size_t end_;  ///< of the stretch: what lies behind may be changed by another thread
  std::size_t slots_asked_;
  std::size_t records_asked_;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> spans_;
  std::vector<TiedRecord> group_;
};

}  // namespace

void order_ties(RunOrder& order, const Run& run, const RecordFormat& format, const Work& work) {
  constexpr std::size_t k_per_item = std::size_t{1} << 14;
  const auto tied = [&](std::size_t a, std::size_t b) { return order.tied(a, b, run); };
  // Stretches end where groups end, so that no two threads touch the same words.
  std::vector<std::size_t> borders{0};
  for (std::size_t at = k_per_item; at < run.count; at += k_per_item) {
    std::size_t border = std::max(at, borders.back());
    while (border < run.count && tied(border - 1, border)) ++border;
    if (border > borders.back()) borders.push_back(border);
  }
  if (borders.back() < run.count) borders.push_back(run.count);
  parallel_for(work, borders.size() - 1, [&](std::size_t item, std::size_t) {
    const std::size_t stop = borders[item + 1];
    GroupSorter sorter(order, run, format, borders[item], stop);
    for (std::size_t begin = borders[item]; begin < stop;) {
      std::size_t end = begin + 1;
      while (end < stop && tied(begin, end)) ++end;
      sorter.look_ahead(end);
      if (end - begin > 1) sorter.sort(begin, end);
      begin = end;
    }
  });
}

}  // namespace weir::genomics
