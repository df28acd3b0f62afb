#include "base/temporary_name.hpp"

#include "base/random.hpp"

#include <climits>
#include <string>

namespace weir::base {

std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  constexpr std::size_t k_digits = 12;
  const std::string end = "." + random_hex(k_digits) + ".tmp";
  const std::string name = "." + target.filename().native();
  return target.parent_path() / (name.substr(0, NAME_MAX - end.size()) + end);
}

}  // namespace weir::base
