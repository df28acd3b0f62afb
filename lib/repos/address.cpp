#include "repos/address.hpp"

namespace weir::repos {
namespace {

/// "https://me@host/x" becomes "https://host/x".
std::string without_user(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const std::size_t host = scheme + 3;
  const std::size_t at = url.find('@', host);
  if (at == std::string_view::npos || at > url.find('/', host)) return std::string(url);
  return std::string(url.substr(0, host)).append(url.substr(at + 1));
}

}  // namespace

std::string_view without(std::string_view text, std::string_view ending) {
  if (text.ends_with(ending)) text.remove_suffix(ending.size());
  return text;
}

std::string web_address(std::string_view clone_url) {
  constexpr std::string_view k_file = "file:";
  if (!clone_url.starts_with(k_file)) {
    const std::string url = without_user(clone_url);
    return std::string(without(url, ".git"));
  }
  clone_url.remove_prefix(k_file.size());
  while (clone_url.starts_with("//")) clone_url.remove_prefix(1);
  return std::string(without(without(clone_url, "/.git"), ".git"));
}

}  // namespace weir::repos
