#include "engine/internal/http_answer.hpp"

#include "base/text.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"

#include <algorithm>

namespace weir::engine::internal {
namespace {

using std::chrono::milliseconds;

/// "Other 4xx" are believed after so many in a row.
constexpr int k_refusals_max = 3;
constexpr std::chrono::hours k_retry_pause_max{24};

/// The number at the beginning of a chunk's line; its extensions are passed by.
std::optional<std::size_t> chunk_size(std::string_view line) {
  constexpr std::size_t k_digits_max = 8;
  std::size_t size = 0;
  std::size_t digits = 0;
  for (const char letter : line.substr(0, line.find(';'))) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(letter);
    const std::size_t upper = std::string_view("0123456789ABCDEF").find(letter);
    if (std::min(digit, upper) == std::string_view::npos) break;
    if (++digits > k_digits_max) return std::nullopt;
    size = size * 16 + std::min(digit, upper);
  }
  return digits > 0 ? std::optional(size) : std::nullopt;
}

}  // namespace

void HttpAnswer::add(std::string_view bytes) {
  bytes_.append(bytes.substr(0, k_bytes_max - std::min(bytes_.size(), k_bytes_max)));
  if (bytes_.size() >= k_bytes_max) over_ = true;
  if (!has_head()) head_end_ = bytes_.find("\r\n\r\n");
}

bool HttpAnswer::is_chunked() const {
  const auto coding = header("transfer-encoding");
  return coding && base::to_lower_ascii(*coding).find("chunked") != std::string::npos;
}

bool HttpAnswer::is_complete() const {
  if (over_) return true;
  if (!has_head()) return false;
  if (is_chunked()) return chunks().ended;
  const auto length = header("content-length");
  const auto bytes = length ? base::parse_int64(*length) : std::nullopt;
  return bytes && static_cast<std::int64_t>(bytes_.size() - head_end_ - 4) >= *bytes;
}

int HttpAnswer::status() const {
  const std::string_view line = std::string_view(bytes_).substr(0, bytes_.find("\r\n"));
  const std::size_t blank = line.find(' ');
  if (!has_head() || !line.starts_with("HTTP/") || blank == std::string_view::npos) return 0;
  return static_cast<int>(base::parse_int64(line.substr(blank + 1, 3)).value_or(0));
}

std::optional<std::string> HttpAnswer::header(std::string_view name) const {
  if (!has_head()) return std::nullopt;
  for (const std::string_view line :
       base::split(std::string_view(bytes_).substr(0, head_end_), '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || base::to_lower_ascii(line.substr(0, colon)) != name)
      continue;
    return std::string(base::trim(line.substr(colon + 1)));
  }
  return std::nullopt;
}

HttpAnswer::Chunks HttpAnswer::chunks() const {
  Chunks found;
  std::string_view rest = std::string_view(bytes_).substr(head_end_ + 4);
  while (true) {
    const std::size_t line_end = rest.find("\r\n");
    const auto size =
        line_end == std::string_view::npos ? std::nullopt : chunk_size(rest.substr(0, line_end));
    if (!size) return found;
    if (*size == 0) {
      found.ended = true;
      return found;
    }
    rest.remove_prefix(line_end + 2);
    found.text += rest.substr(0, *size);
    rest.remove_prefix(std::min(*size + 2, rest.size()));
  }
}

std::string HttpAnswer::body() const {
  if (!has_head()) return {};
  return is_chunked() ? chunks().text : bytes_.substr(head_end_ + 4);
}

HttpJudge::HttpJudge(const ProbeSpec& spec)
    : target_(spec.target), statuses_(spec.statuses), expression_(spec.body) {
  if (!expression_.empty()) pattern_.emplace(expression_);
}

ProbeAnswer HttpJudge::judge(int status, const std::string& body,
                             const std::optional<std::string>& retry_after) {
  if (status == 0) return {ProbeAnswer::Kind::not_yet, target_ + ": no HTTP answer"};
  for (const auto& [low, high] : statuses_) {
    if (status < low || status > high) continue;
    refusals_ = 0;
    if (!pattern_ || pattern_->matches(body)) return {ProbeAnswer::Kind::passed, {}, status};
    return {ProbeAnswer::Kind::not_yet,
            target_ + ": the answer does not match '" + expression_ + "'", status};
  }
  const bool patient = status >= 500 || status == 408 || status == 425 || status == 429;
  refusals_ = patient ? 0 : refusals_ + 1;
  ProbeAnswer answer{
      refusals_ >= k_refusals_max ? ProbeAnswer::Kind::failed : ProbeAnswer::Kind::not_yet,
      target_ + " answers with status " + std::to_string(status), status};
  if (patient && retry_after) answer.retry_after = retry_pause(*retry_after, base::now_wall());
  return answer;
}

std::optional<milliseconds> retry_pause(const std::string& text, base::WallTime now) {
  if (const auto pause = net::parse_retry_after(text, k_retry_pause_max)) return pause;
  const auto date = net::parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp<milliseconds>(*date - now, milliseconds(0), k_retry_pause_max);
}

}  // namespace weir::engine::internal
