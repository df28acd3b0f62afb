#pragma once

#include "net/http.hpp"
#include "net/sigv4.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::net {

/// "s3://bucket/key".
struct S3Name {
  std::string bucket;
  std::string key;
  [[nodiscard]] std::string text() const { return "s3://" + bucket + "/" + key; }
};
/// Throws Error (usage) for anything that does not name one object.
[[nodiscard]] S3Name parse_s3_name(const std::string& text);

/// Where the objects are and who asks for them.
struct S3Settings {
  std::string endpoint;  ///< "http://127.0.0.1:7480"; buckets by path. Empty: AWS, by the region
  SigningKey key;
  std::string ca_file;                      ///< PEM; empty: the system's
  std::chrono::milliseconds limit{20'000};  ///< of one request
};

/// From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION or
/// AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, and SSL_CERT_FILE, of NAME=value
/// lines. Throws Error (usage) when there are no credentials. Profiles are not read.
[[nodiscard]] S3Settings s3_settings(const std::vector<std::string>& environment);

/// What the server said. An answer that did not come has the status 0 and a `reason`.
struct S3Answer {
  int status = 0;
  HttpHead head;
  std::string code;    ///< of an error's body: "RestoreAlreadyInProgress"
  std::string reason;  ///< for people; empty when all is well
  bool untrustworthy = false;
};

/// The tier of a restore, from dear to cheap: "Expedited", "Standard", "Bulk".
struct RestoreRequest {
  std::string tier = "Standard";
  int days = 7;  ///< how long the copy stays; 0: not said (intelligent tiering)
};

class BodySink;

/// Asks an S3 server about objects. Blocks; one object serves one thread.
class S3Client {
 public:
  S3Client(HttpClient& http, S3Settings settings);
  [[nodiscard]] S3Answer head(const S3Name& name, const std::atomic<bool>& stop);
  /// Hands on the object's bytes as they come; without a limit of time but between two of them. An
  /// answer that is not 200 has given none; one that breaks off later has the status 0.
  [[nodiscard]] S3Answer get(const S3Name& name,
                             const std::function<void(std::string_view bytes)>& take,
                             const std::atomic<bool>& stop);
  [[nodiscard]] S3Answer restore(const S3Name& name, const RestoreRequest& wanted,
                                 const std::atomic<bool>& stop);

 private:
  [[nodiscard]] HttpRequest request_for(const S3Name& name) const;
  S3Answer send(HttpRequest request, BodySink& sink, const std::atomic<bool>& stop);

  HttpClient& http_;
  S3Settings settings_;
};

}  // namespace weir::net
