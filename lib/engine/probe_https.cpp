// Probes by https. libcurl blocks, so each probe has a thread of its own, begun with its first
// look: a server that does not answer holds up nobody else.
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/event_loop.hpp"
#include "base/thread_pool.hpp"
#include "engine/internal/http_answer.hpp"
#include "engine/internal/question.hpp"
#include "engine/probe.hpp"
#include "net/curl_client.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace weir::engine {
namespace {

using Kind = ProbeAnswer::Kind;

/// What a look found, on the way from its thread to the loop.
struct Seen {
  net::HttpResult result;
  net::HttpHead head;
  std::string body;
  std::string failure;  // nobody was asked
};

class Sink final : public net::HttpSink {
 public:
  Sink(Seen& seen, bool needs_body) : seen_(seen), needs_body_(needs_body) {}
  bool begin(const net::HttpHead& head) override {
    seen_.head = head;
    return needs_body_;
  }
  bool take(std::string_view bytes) override {
    constexpr std::size_t k_max = internal::HttpAnswer::k_bytes_max;
    seen_.body.append(bytes.substr(0, k_max - std::min(seen_.body.size(), k_max)));
    return seen_.body.size() < k_max;
  }

 private:
  Seen& seen_;
  bool needs_body_;
};

/// Blocks for as long as the request's limits allow.
Seen fetch(net::HttpRequest request, bool needs_body, const std::atomic<bool>& stop) {
  Seen seen;
  try {
    request.addresses = net::look_up(request.url.host);
    net::CurlClient client;
    Sink sink(seen, needs_body);
    seen.result = client.send(request, sink, stop);
  } catch (const Error& error) {  // a step on a thread: handed over as a value
    seen.failure = error.what();
  }
  return seen;
}

class HttpsProbe final : public Probe {
 public:
  HttpsProbe(const ProbeSpec& spec, const ProbeContext& context)
      : judge_(spec), target_(spec.target), loop_(context.loop), reaper_(context.pool) {
    request_.url = net::parse_url(spec.target);
    request_.headers = {{"Accept", "*/*"}};
    request_.connect_limit = request_.idle_limit = request_.whole_limit = spec.timeout;
    request_.ca_file = base::variable_in(context.environment, "SSL_CERT_FILE").value_or("");
  }

  ~HttpsProbe() override {
    cancel();
    // A look that is given up ends within a second: not a wait for the loop.
    if (thread_ && reaper_ != nullptr) reaper_->submit([thread = std::move(thread_)] {});
  }

  void look(Done done) override {
    if (!thread_) thread_ = std::make_shared<base::ThreadPool>(1);
    question_.ask(loop_, *thread_,
                  [request = request_, needs_body = judge_.needs_body()](
                      const std::atomic<bool>& stop) { return fetch(request, needs_body, stop); },
                  [this, done = std::move(done)](const Seen& seen) { judge(seen, done); });
  }

  void cancel() override { question_.give_up(); }

 private:
  void judge(const Seen& seen, const Done& done) {
    const bool answered = seen.failure.empty() && (seen.result.end == net::HttpEnd::complete ||
                                                   seen.result.end == net::HttpEnd::declined);
    if (answered)
      return done(judge_.judge(seen.head.status, seen.body, seen.head.header("retry-after")));
    const bool hopeless = seen.result.end == net::HttpEnd::untrustworthy;
    done({hopeless ? Kind::failed : Kind::not_yet,
          target_ + ": " + (seen.failure.empty() ? seen.result.reason : seen.failure)});
  }

  internal::HttpJudge judge_;
  std::string target_;
  net::HttpRequest request_;
  base::EventLoop& loop_;
  base::ThreadPool* reaper_;
  std::shared_ptr<base::ThreadPool> thread_;
  internal::Question<Seen> question_;
};

}  // namespace

std::unique_ptr<Probe> make_https_probe(const ProbeSpec& spec, const ProbeContext& context) {
  return std::make_unique<HttpsProbe>(spec, context);
}

}  // namespace weir::engine
