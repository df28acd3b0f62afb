#include "schema/uri.hpp"

#include "base/text.hpp"

#include <vector>

namespace weir::schema {
namespace {

/// The five parts of RFC 3986, appendix B, each with its delimiter where it has one.
struct Parts {
  std::string_view scheme;     ///< "http:"
  std::string_view authority;  ///< "//host"
  std::string_view path;
  std::string_view rest;  ///< "?query#fragment"
};

bool is_scheme(std::string_view text) {
  if (text.empty() || !((text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z')) return false;
  return text.find_first_of("/?#") == std::string_view::npos;
}

Parts parts_of(std::string_view uri) {
  Parts parts;
  if (const auto colon = uri.find(':');
      colon != std::string_view::npos && is_scheme(uri.substr(0, colon))) {
    parts.scheme = uri.substr(0, colon + 1);
    uri.remove_prefix(colon + 1);
  }
  if (uri.starts_with("//")) {
    parts.authority = uri.substr(0, uri.find_first_of("/?#", 2));
    uri.remove_prefix(parts.authority.size());
  }
  parts.path = uri.substr(0, uri.find_first_of("?#"));
  parts.rest = uri.substr(parts.path.size());
  return parts;
}

/// RFC 3986, 5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const std::vector<std::string_view> segments = base::split(path, '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && kept.size() > 1) kept.pop_back();
      if (last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string result;
  for (std::size_t i = 0; i < kept.size(); ++i) result.append(i == 0 ? "" : "/").append(kept[i]);
  return result;
}

std::string merged(const Parts& base, std::string_view path) {
  const std::size_t slash = base.path.rfind('/');
  std::string folder(slash == std::string_view::npos ? "" : base.path.substr(0, slash + 1));
  if (folder.empty() && !base.authority.empty()) folder = "/";
  return folder.append(path);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    result +=
        escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return result;
}

SplitUri split_fragment(std::string_view uri) {
  const std::size_t hash = uri.find('#');
  if (hash == std::string_view::npos) return {uri, ""};
  return {uri.substr(0, hash), percent_decode(uri.substr(hash + 1))};
}

std::string resolve_uri(std::string_view base, std::string_view reference) {
  const Parts from = parts_of(base);
  const Parts to = parts_of(reference);
  std::string result;
  if (!to.scheme.empty()) return std::string(reference);
  result.append(from.scheme);
  if (!to.authority.empty()) {
    return result.append(to.authority).append(without_dots(to.path)).append(to.rest);
  }
  result.append(from.authority);
  if (to.path.empty()) {
    result.append(from.path);
    if (!to.rest.starts_with('?')) result.append(from.rest.substr(0, from.rest.find('#')));
    return result.append(to.rest);
  }
  const std::string path = to.path.starts_with('/') ? std::string(to.path) : merged(from, to.path);
  return result.append(without_dots(path)).append(to.rest);
}

}  // namespace weir::schema
