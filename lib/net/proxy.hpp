#pragma once

#include "net/url.hpp"

#include <string>
#include <vector>

namespace weir::net {

/// The proxy that the variables of an environment (NAME=value entries) name for `url`, by curl's
/// rules: https_proxy or HTTPS_PROXY, http_proxy (in small letters only), else all_proxy or
/// ALL_PROXY; none for hosts that no_proxy or NO_PROXY lists. Empty: none.
[[nodiscard]] std::string proxy_for(const std::vector<std::string>& environment, const Url& url);

}  // namespace weir::net
