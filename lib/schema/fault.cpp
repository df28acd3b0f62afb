#include "schema/fault.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace weir::schema {

void Findings::add(Fault fault) {
  if (fault.severity == Fault::Severity::error) ++errors;
  if (faults.size() < k_kept_max) faults.push_back(std::move(fault));
}

void Findings::add_all(const Findings& others) {
  const std::size_t counted = errors + others.errors;
  for (const Fault& fault : others.faults) add(fault);
  errors = counted;
}

std::string parameter_name(const Fault& fault) {
  std::string name;
  for (const std::string_view part : base::split(fault.pointer, '/')) {
    if (part.empty()) continue;
    if (!name.empty()) name += '.';
    name += base::replace_all(base::replace_all(std::string(part), "~1", "/"), "~0", "~");
  }
  if (!fault.property.empty()) name += (name.empty() ? "" : ".") + fault.property;
  return name;
}

std::string fault_text(const Fault& fault) {
  std::string where;
  if (!fault.file.empty()) {
    where = fault.file;
    if (fault.row != 0) where += fmt::format(", row {}", fault.row);
    if (!fault.column.empty()) where += fmt::format(", column '{}'", fault.column);
  } else if (const std::string name = parameter_name(fault); !name.empty()) {
    where = "--" + name;
  }
  if (!fault.value.empty()) where += fmt::format("{}({})", where.empty() ? "" : " ", fault.value);
  std::string text = where.empty() ? fault.message : where + ": " + fault.message;
  if (!fault.advice.empty()) text += fmt::format(" ({})", fault.advice);
  return text;
}

}  // namespace weir::schema
