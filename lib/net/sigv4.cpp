#include "net/sigv4.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace weir::net {
namespace {

constexpr const char* k_algorithm = "AWS4-HMAC-SHA256";

/// "20130524T000000Z"
std::string compact_time(base::WallTime time) {
  std::string text = base::to_rfc3339(time).substr(0, 19) + "Z";
  std::erase_if(text, [](char letter) { return letter == '-' || letter == ':'; });
  return text;
}

/// The parameters in the order of their names; one without a value gets an empty one.
std::string canonical_query(const std::string& query) {
  std::vector<std::string> parts;
  for (const std::string_view part : base::split(query, '&')) {
    if (part.empty()) continue;
    const bool has_value = part.find('=') != std::string_view::npos;
    parts.push_back(std::string(part) + (has_value ? "" : "="));
  }
  std::sort(parts.begin(), parts.end());
  return base::join(parts, "&");
}

std::string host_header(const Url& url) {
  const std::string host =
      url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  return url.port == 0 ? host : host + ":" + std::to_string(url.port);
}

}  // namespace

std::string uri_encode(std::string_view text, std::string_view also) {
  std::string encoded;
  for (const char letter : text) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       std::string_view("-._~").find(letter) != std::string_view::npos ||
                       also.find(letter) != std::string_view::npos;
    if (plain)
      encoded.push_back(letter);
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

void sign_v4(HttpRequest& request, const SigningKey& key, base::WallTime now) {
  const std::string time = compact_time(now);
  const std::string date = time.substr(0, 8);
  const std::string payload = base::sha256_hex(request.body);
  request.headers.emplace_back("Host", host_header(request.url));
  request.headers.emplace_back("x-amz-content-sha256", payload);
  request.headers.emplace_back("x-amz-date", time);
  if (!key.session_token.empty())
    request.headers.emplace_back("x-amz-security-token", key.session_token);

  // Task 1: the canonical request.
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : request.headers)
    headers[base::to_lower_ascii(name)] = std::string(base::trim(value));
  std::string canonical_headers;
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    canonical_headers += name + ":" + value + "\n";
    names.push_back(name);
  }
  const std::string signed_headers = base::join(names, ";");
  const std::string canonical =
      base::join({request.method, request.url.path, canonical_query(request.url.query),
                  canonical_headers, signed_headers, payload},
                 "\n");
  // Task 2: the string to sign.
  const std::string scope = date + "/" + key.region + "/" + key.service + "/aws4_request";
  const std::string to_sign =
      base::join({k_algorithm, time, scope, base::sha256_hex(canonical)}, "\n");
  // Task 3: the signature.
  std::string signing = base::hmac_sha256("AWS4" + key.secret_key, date);
  for (const std::string_view part : {std::string_view(key.region), std::string_view(key.service),
                                      std::string_view("aws4_request")})
    signing = base::hmac_sha256(signing, part);
  const std::string signature = base::hmac_sha256(signing, to_sign);
  request.headers.emplace_back(
      "Authorization",
      fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", k_algorithm, key.access_key,
                  scope, signed_headers,
                  base::to_hex({reinterpret_cast<const std::uint8_t*>(signature.data()),
                                signature.size()})));
}

}  // namespace weir::net
