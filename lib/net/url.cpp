#include "net/url.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace weir::net {
namespace {

constexpr std::size_t k_url_bytes_max = 8192;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::usage,
              fmt::format("'{}' is no address to fetch from: {}", base::printable(text, 200), why))
      .with_code("bad_url")
      .with_hint("such as https://host/path/calls.vcf.gz or drs://host/id");
}

/// "https" of "https://…" or "https:…"; nothing when there is none.
std::optional<std::string_view> scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text.front()))
    return std::nullopt;
  const std::string_view scheme = text.substr(0, colon);
  const auto may_stand = [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  };
  if (!std::all_of(scheme.begin(), scheme.end(), may_stand)) return std::nullopt;
  return scheme;
}

bool is_host(std::string_view host, bool bracketed) {
  const auto in_name = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  const auto in_address = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  };
  constexpr std::size_t k_host_bytes_max = 253;
  if (host.empty() || host.size() > k_host_bytes_max) return false;
  return bracketed ? std::all_of(host.begin(), host.end(), in_address)
                   : std::all_of(host.begin(), host.end(), in_name);
}

void parse_authority(std::string_view authority, std::string_view text, Url& url) {
  if (authority.find('@') != std::string_view::npos)
    refuse(text, "user names and passwords have no place in it");
  std::string_view host = authority;
  std::string_view port;
  const bool bracketed = authority.starts_with('[');
  if (bracketed) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) refuse(text, "a bracket is not closed");
    host = authority.substr(1, end - 1);
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') refuse(text, "its host is none");
    if (!rest.empty()) port = rest.substr(1);
  } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (!is_host(host, bracketed)) refuse(text, "its host is none");
  url.host = base::to_lower_ascii(host);
  if (port.empty()) return;
  constexpr std::int64_t k_port_max = 65535;
  const std::optional<std::int64_t> number = base::parse_int64(port);
  const bool is_number = std::all_of(port.begin(), port.end(), is_digit);
  if (!number.has_value() || !is_number || *number < 1 || *number > k_port_max)
    refuse(text, "its port is none");
  url.port = static_cast<int>(*number);
}

/// Path and query from what follows the authority; the fragment means nothing to a server.
void parse_rest(std::string_view rest, Url& url) {
  rest = rest.substr(0, rest.find('#'));
  const std::size_t mark = rest.find('?');
  url.query = mark == std::string_view::npos ? "" : std::string(rest.substr(mark + 1));
  url.path = std::string(rest.substr(0, mark));
  if (url.path.empty()) url.path = "/";
}

/// RFC 3986, 5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> parts;
  const std::vector<std::string_view> given = base::split(path.substr(1), '/');
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool last = i + 1 == given.size();
    if (given[i] == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (given[i] != ".") {
      parts.push_back(given[i]);
      continue;
    }
    if (last) parts.emplace_back("");
  }
  std::string result;
  for (const std::string_view part : parts) result.append("/").append(part);
  return result.empty() ? "/" : result;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      result.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

}  // namespace

std::string Url::text() const {
  return origin() + path + (query.empty() ? "" : "?" + query);
}

std::string Url::shown() const {
  return origin() + path;
}

int Url::port_or_default() const {
  constexpr int k_http = 80;
  constexpr int k_https = 443;
  if (port != 0) return port;
  return scheme == "http" ? k_http : k_https;
}

std::string Url::origin() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}{}", scheme, is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                     port == 0 ? "" : fmt::format(":{}", port));
}

std::string Url::file_name() const {
  std::string name = unescape(path.substr(path.rfind('/') + 1));
  // An escaped separator must not become one.
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  return name == "." || name == ".." ? "" : name;
}

bool looks_like_url(std::string_view text) {
  const std::optional<std::string_view> scheme = scheme_of(text);
  return scheme.has_value() && text.substr(scheme->size()).starts_with("://");
}

Url parse_url(std::string_view text) {
  if (text.size() > k_url_bytes_max) refuse(text, "it is too long");
  const auto is_bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f;
  };
  if (std::any_of(text.begin(), text.end(), is_bad))
    refuse(text, "blanks and characters outside ASCII must be escaped");
  if (!looks_like_url(text)) refuse(text, "it begins with no scheme");
  Url url;
  url.scheme = base::to_lower_ascii(*scheme_of(text));
  const std::string_view rest = text.substr(url.scheme.size() + 3);
  const std::size_t end = rest.find_first_of("/?#");
  parse_authority(rest.substr(0, end), text, url);
  parse_rest(end == std::string_view::npos ? "" : rest.substr(end), url);
  if (url.path.front() != '/') url.path.insert(0, "/");
  return url;
}

Url resolve_reference(const Url& base, std::string_view reference) {
  if (looks_like_url(reference)) return parse_url(reference);
  if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
  if (scheme_of(reference).has_value() && !reference.starts_with('/'))
    refuse(reference, "it begins with no scheme that is known");
  // By way of the whole text, so that every character is checked as in any other address.
  std::string path;
  if (reference.starts_with('/')) {
    path = std::string(reference);
  } else if (reference.empty() || reference.starts_with('#')) {
    return base;
  } else if (reference.starts_with('?')) {
    path = base.path + std::string(reference);
  } else {
    path = base.path.substr(0, base.path.rfind('/') + 1) + std::string(reference);
  }
  Url url = parse_url(base.origin() + path);
  url.path = without_dots(url.path);
  return url;
}

}  // namespace weir::net
