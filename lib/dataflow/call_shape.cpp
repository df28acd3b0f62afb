#include "dataflow/call_shape.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace weir::dataflow {
namespace {

void check_count(std::string_view subject, const CallShape& shape, int count) {
  const bool few = count < shape.values_min;
  const bool many = shape.values_max >= 0 && count > shape.values_max;
  if (!few && !many) return;
  const int last = shape.values_max < 0 ? shape.values_min : shape.values_max;
  const std::string wanted = shape.values_max < 0 ? fmt::format("at least {}", shape.values_min)
                             : shape.values_min == shape.values_max
                                 ? fmt::format("{}", shape.values_min)
                                 : fmt::format("{} to {}", shape.values_min, shape.values_max);
  throw Error(ErrorKind::input, fmt::format("'{}' takes {} argument{}, not {}", subject, wanted,
                                            last == 1 ? "" : "s", count));
}

void check_options(std::string_view subject, std::string_view options,
                   const lang::MapObject* named) {
  if (named == nullptr || options == "*") return;
  std::vector<std::string> known;
  for (const std::string_view name : base::split(options, ' ')) {
    if (!name.empty()) known.emplace_back(name);
  }
  for (const auto& entry : named->items.entries()) {
    const std::string name = lang::to_text(entry.key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    Error error(ErrorKind::input, fmt::format("'{}' has no option '{}'", subject, name));
    if (known.empty()) throw error.with_hint("it takes no options");
    if (const auto near = base::nearest(name, known))
      throw error.with_hint(fmt::format("did you mean '{}'", *near));
    throw error.with_hint("its options are " + base::join(known, ", "));
  }
}

}  // namespace

lang::Arguments options_apart(const CallShape& shape, const lang::Arguments& written) {
  if (shape.options.empty()) return written;
  return lang::with_options_in_front(written, static_cast<std::size_t>(shape.values_min));
}

void check_call(std::string_view subject, const CallShape& shape,
                const lang::Arguments& arguments) {
  check_count(subject, shape, static_cast<int>(arguments.size()));
  check_options(subject, shape.options, arguments.named);
}

}  // namespace weir::dataflow
