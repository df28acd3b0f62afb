#include "net/s3.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir::net {
namespace {

constexpr std::size_t k_body_bytes_max = std::size_t{64} << 10;

}  // namespace

/// Keeps the beginning of a body, in which servers explain themselves; a wanted one is handed on.
class BodySink final : public HttpSink {
 public:
  explicit BodySink(const std::function<void(std::string_view)>* wanted = nullptr)
      : wanted_(wanted) {}
  bool begin(const HttpHead& head) override {
    answer.head = head;
    return true;
  }
  bool take(std::string_view bytes) override {
    if (wanted_ != nullptr && answer.head.status == 200) {
      (*wanted_)(bytes);
      return true;
    }
    body.append(bytes.substr(0, k_body_bytes_max - std::min(body.size(), k_body_bytes_max)));
    return body.size() < k_body_bytes_max;
  }
  S3Answer answer;
  std::string body;

 private:
  const std::function<void(std::string_view)>* wanted_;
};

namespace {

/// The text of the first element of that name; such bodies have no attributes there.
std::string element(const std::string& xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::size_t begin = xml.find(open);
  const std::size_t end = begin == std::string::npos ? begin : xml.find("</" + name + ">", begin);
  if (end == std::string::npos) return {};
  return base::printable(xml.substr(begin + open.size(), end - begin - open.size()), 300);
}

/// The first of `names` that is set to something.
std::string variable(const std::vector<std::string>& environment,
                     std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto value = base::variable_in(environment, name);
    if (value && !value->empty()) return *value;
  }
  return {};
}

}  // namespace

S3Name parse_s3_name(const std::string& text) {
  constexpr std::string_view k_scheme = "s3://";
  const std::size_t slash = text.find('/', k_scheme.size());
  const bool named = text.starts_with(k_scheme) && slash != std::string::npos &&
                     slash > k_scheme.size() && slash + 1 < text.size();
  if (!named)
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' is not s3://BUCKET/KEY");
  S3Name name{text.substr(k_scheme.size(), slash - k_scheme.size()), text.substr(slash + 1)};
  const bool is_bucket = std::all_of(name.bucket.begin(), name.bucket.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
  });
  if (!is_bucket)
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "': '" +
                                      base::printable(name.bucket) + "' is no name of a bucket");
  if (name.key.ends_with("/"))
    throw Error(ErrorKind::usage, "'" + base::printable(text) + "' names a prefix, not an object")
        .with_hint("name each object");
  return name;
}

S3Settings s3_settings(const std::vector<std::string>& environment) {
  S3Settings settings;
  settings.endpoint = variable(environment, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  while (settings.endpoint.ends_with("/")) settings.endpoint.pop_back();
  settings.key.access_key = variable(environment, {"AWS_ACCESS_KEY_ID"});
  settings.key.secret_key = variable(environment, {"AWS_SECRET_ACCESS_KEY"});
  settings.key.session_token = variable(environment, {"AWS_SESSION_TOKEN"});
  settings.ca_file = variable(environment, {"SSL_CERT_FILE"});
  const std::string region = variable(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (!region.empty()) settings.key.region = region;
  if (settings.key.access_key.empty() || settings.key.secret_key.empty())
    throw Error(ErrorKind::usage, "there are no credentials to ask an S3 server with")
        .with_hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; profiles are not read");
  if (!settings.endpoint.empty()) static_cast<void>(parse_url(settings.endpoint));
  return settings;
}

S3Client::S3Client(HttpClient& http, S3Settings settings)
    : http_(http), settings_(std::move(settings)) {}

HttpRequest S3Client::request_for(const S3Name& name) const {
  const std::string key = "/" + uri_encode(name.key, "/");
  // Names with dots do not fit the certificate of "*.s3.amazonaws.com".
  const bool by_path = !settings_.endpoint.empty() || name.bucket.find('.') != std::string::npos;
  const std::string aws = "s3." + settings_.key.region + ".amazonaws.com";
  const std::string base = settings_.endpoint.empty() ? "https://" + aws : settings_.endpoint;
  HttpRequest request;
  request.url = parse_url(by_path ? base + "/" + name.bucket + key
                                  : "https://" + name.bucket + "." + aws + key);
  request.ca_file = settings_.ca_file;
  request.connect_limit = request.idle_limit = request.whole_limit = settings_.limit;
  return request;
}

S3Answer S3Client::send(HttpRequest request, BodySink& sink, const std::atomic<bool>& stop) {
  try {
    request.addresses = look_up(request.url.host);
  } catch (const Error& error) {  // a retry loop's: no answer came
    sink.answer.reason = error.what();
    return sink.answer;
  }
  sign_v4(request, settings_.key, base::now_wall());
  const HttpResult result = http_.send(request, sink, stop);
  S3Answer answer = std::move(sink.answer);
  if (result.end != HttpEnd::complete && result.end != HttpEnd::declined) {
    answer.untrustworthy = result.end == HttpEnd::untrustworthy;
    answer.reason = result.reason;
    return answer;
  }
  answer.status = answer.head.status;
  answer.code = element(sink.body, "Code");
  if (answer.status / 100 != 2) {
    answer.reason = fmt::format("status {}", answer.status);
    if (!answer.code.empty()) answer.reason += " " + answer.code;
    const std::string message = element(sink.body, "Message");
    if (!message.empty()) answer.reason += ": " + message;
  }
  return answer;
}

S3Answer S3Client::head(const S3Name& name, const std::atomic<bool>& stop) {
  HttpRequest request = request_for(name);
  request.method = "HEAD";
  BodySink sink;
  return send(std::move(request), sink, stop);
}

S3Answer S3Client::get(const S3Name& name, const std::function<void(std::string_view)>& take,
                       const std::atomic<bool>& stop) {
  HttpRequest request = request_for(name);
  request.whole_limit = std::chrono::milliseconds(0);
  BodySink sink(&take);
  return send(std::move(request), sink, stop);
}

S3Answer S3Client::restore(const S3Name& name, const RestoreRequest& wanted,
                           const std::atomic<bool>& stop) {
  HttpRequest request = request_for(name);
  request.method = "POST";
  request.url.query = "restore=";
  const std::string days = wanted.days > 0 ? fmt::format("<Days>{}</Days>", wanted.days) : "";
  request.body = fmt::format(
      "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}"
      "<GlacierJobParameters><Tier>{}</Tier></GlacierJobParameters></RestoreRequest>",
      days, wanted.tier);
  request.headers.emplace_back("Content-Type", "application/xml");
  BodySink sink;
  return send(std::move(request), sink, stop);
}

}  // namespace weir::net
