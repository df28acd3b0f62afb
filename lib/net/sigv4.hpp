#pragma once

#include "base/clock.hpp"
#include "net/http.hpp"

#include <string>

namespace weir::net {

/// Who asks, and in which region.
struct SigningKey {
  std::string access_key;
  std::string secret_key;
  std::string session_token = {};  ///< of temporary credentials
  std::string region = "us-east-1";
  std::string service = "s3";
};

/// Adds the headers of an AWS Signature Version 4 to `request`: host, x-amz-date,
/// x-amz-content-sha256, x-amz-security-token and Authorization. Every header that is there already
/// is signed. Source: AWS, "Authenticating Requests: Using the Authorization Header (AWS Signature
/// Version 4)". Path and query are taken as they are encoded in the URL.
void sign_v4(HttpRequest& request, const SigningKey& key, base::WallTime now);

/// `text` as one part of a path or query: all but letters, digits, "-", ".", "_", "~" and those of
/// `also` as %XX.
[[nodiscard]] std::string uri_encode(std::string_view text, std::string_view also = {});

}  // namespace weir::net
