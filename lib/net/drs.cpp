// GA4GH Data Repository Service 1.x, as a client:
// https://ga4gh.github.io/data-repository-service-schemas/
#include "base/error.hpp"
#include "base/text.hpp"
#include "net/internal/conversation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::net {
namespace {

using nlohmann::json;

[[noreturn]] void unusable(const Url& source, std::string_view why) {
  throw Error(ErrorKind::input, fmt::format("'{}' cannot be resolved: {}", source.shown(), why))
      .with_code("drs_unusable");
}

json parse(const std::string& text, const Url& source) {
  json document = json::parse(text, nullptr, false);
  if (!document.is_object()) unusable(source, "the server's answer is no JSON object");
  return document;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool is_digest(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Claims claims_of(const json& object) {
  Claims claims;
  const auto size = object.find("size");
  if (size != object.end() && size->is_number_integer() && size->get<std::int64_t>() >= 0)
    claims.size_bytes = size->get<std::int64_t>();
  const auto sums = object.find("checksums");
  if (sums == object.end() || !sums->is_array()) return claims;
  for (const json& sum : *sums) {
    if (!sum.is_object()) continue;
    const std::string type = base::to_lower_ascii(text_of(sum, "type"));
    const std::string value = base::to_lower_ascii(text_of(sum, "checksum"));
    if (type == "md5" && is_digest(value, 32)) claims.md5 = value;
    if ((type == "sha-256" || type == "sha256") && is_digest(value, 64)) claims.sha256 = value;
  }
  return claims;
}

/// `headers` is a list of "Name: value" lines.
Headers headers_of(const json& access) {
  Headers headers;
  const auto lines = access.find("headers");
  if (lines == access.end() || !lines->is_array()) return headers;
  for (const json& line : *lines) {
    const std::string text = line.is_string() ? line.get<std::string>() : "";
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0) continue;
    if (text.find_first_of("\r\n") != std::string::npos) continue;
    headers.emplace_back(text.substr(0, colon), std::string(base::trim(text.substr(colon + 1))));
  }
  return headers;
}

/// {"url": …, "headers": […]}
Location location_of(const json& access, const Url& source) {
  const std::string url = access.is_object() ? text_of(access, "url") : "";
  if (url.empty()) unusable(source, "the server names no address");
  return {parse_url(url), headers_of(access), {}};
}

/// The method to take: https before others, one with an address before one that must be asked for.
const json* method_of(const json& object) {
  const auto methods = object.find("access_methods");
  if (methods == object.end() || !methods->is_array()) return nullptr;
  const json* best = nullptr;
  int best_rank = 0;
  for (const json& method : *methods) {
    if (!method.is_object() || text_of(method, "type") != "https") continue;
    const int rank = method.contains("access_url") ? 2 : method.contains("access_id") ? 1 : 0;
    if (rank > best_rank) {
      best = &method;
      best_rank = rank;
    }
  }
  return best;
}

std::string escaped_id(std::string_view id) {
  return base::replace_all(std::string(id), "/", "%2F");
}

}  // namespace

Location locate_drs(Conversation& conversation, const Url& source) {
  const std::string id = source.path.substr(1);
  if (id.empty()) unusable(source, "it names no object; drs://host/id does");
  Url object_url = source;
  const auto& ports = conversation.options().rules.loopback_ports;
  const bool is_test_server = std::find(ports.begin(), ports.end(), source.port) != ports.end();
  object_url.scheme = is_test_server ? "http" : "https";
  object_url.path = "/ga4gh/drs/v1/objects/" + escaped_id(id);
  object_url.query.clear();
  const json object = parse(conversation.get_text(object_url), source);
  const json* method = method_of(object);
  if (method == nullptr) unusable(source, "the server offers no access by https");
  Location location;
  if (method->contains("access_url")) {
    location = location_of((*method)["access_url"], source);
  } else {
    Url access_url = object_url;
    access_url.path += "/access/" + escaped_id(text_of(*method, "access_id"));
    location = location_of(parse(conversation.get_text(access_url), source), source);
  }
  location.claims = claims_of(object);
  return location;
}

}  // namespace weir::net
