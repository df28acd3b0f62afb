#include "net/proxy.hpp"

#include "base/environment.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace weir::net {
namespace {

std::string first_of(const std::vector<std::string>& environment,
                     std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    const auto value = base::variable_in(environment, name);
    if (value && !value->empty()) return *value;
  }
  return "";
}

/// "example.org" and ".example.org" both mean that host and those below it; "*" means all.
bool is_listed(std::string_view list, const std::string& host) {
  const std::vector<std::string_view> entries = base::split(list, ',');
  return std::any_of(entries.begin(), entries.end(), [&](std::string_view entry) {
    std::string name = base::to_lower_ascii(base::trim(entry));
    if (name == "*") return true;
    if (name.starts_with('.')) name.erase(0, 1);
    return !name.empty() && (host == name || host.ends_with("." + name));
  });
}

}  // namespace

std::string proxy_for(const std::vector<std::string>& environment, const Url& url) {
  if (is_listed(first_of(environment, {"no_proxy", "NO_PROXY"}), url.host)) return "";
  const std::string own = url.scheme == "https"
                              ? first_of(environment, {"https_proxy", "HTTPS_PROXY"})
                              : first_of(environment, {"http_proxy"});
  return own.empty() ? first_of(environment, {"all_proxy", "ALL_PROXY"}) : own;
}

}  // namespace weir::net
