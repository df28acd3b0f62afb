#include "net/curl_client.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <string>

namespace weir::net {
namespace {

constexpr std::size_t k_header_bytes_max = std::size_t{256} << 10;

struct Library {
  static const Library& instance() {
    static const Library library{base::DynamicLibrary("libcurl-gnutls.so.4", "libcurl3-gnutls")};
    return library;
  }

  explicit Library(const base::DynamicLibrary& library)
      : easy_init(library.function<decltype(::curl_easy_init)>("curl_easy_init")),
        easy_reset(library.function<decltype(::curl_easy_reset)>("curl_easy_reset")),
        easy_cleanup(library.function<decltype(::curl_easy_cleanup)>("curl_easy_cleanup")),
        easy_setopt(library.function<decltype(::curl_easy_setopt)>("curl_easy_setopt")),
        easy_perform(library.function<decltype(::curl_easy_perform)>("curl_easy_perform")),
        easy_getinfo(library.function<decltype(::curl_easy_getinfo)>("curl_easy_getinfo")),
        slist_append(library.function<decltype(::curl_slist_append)>("curl_slist_append")),
        slist_free_all(library.function<decltype(::curl_slist_free_all)>("curl_slist_free_all")) {
    const auto global_init = library.function<decltype(::curl_global_init)>("curl_global_init");
    if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw Error(ErrorKind::cannot_begin, "libcurl cannot be set up");
  }

  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

class Lines {
 public:
  Lines() = default;
  ~Lines() { Library::instance().slist_free_all(list_); }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  void add(const std::string& line) {
    curl_slist* longer = Library::instance().slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

/// One transfer, as libcurl's callbacks see it. Nothing may escape them, so what the sink throws is
/// kept and thrown again afterwards.
struct Transfer {
  HttpSink& sink;
  const std::atomic<bool>& stop;
  HttpHead head;
  std::size_t header_bytes = 0;
  bool begun = false;
  bool declined = false;
  std::exception_ptr failure;

  bool begin() {
    if (begun) return !declined;
    begun = true;
    declined = !sink.begin(head);
    return !declined;
  }
};

/// "HTTP/1.1 200 OK"
int status_of(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return 0;
  return static_cast<int>(base::parse_int64(line.substr(blank + 1, 3)).value_or(0));
}

std::size_t on_header(char* bytes, std::size_t unit, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::size_t size = unit * count;
  const std::string_view line = base::trim({bytes, size});
  transfer.header_bytes += size;
  if (transfer.header_bytes > k_header_bytes_max) return 0;
  if (line.starts_with("HTTP/")) {
    // The answer proper, or one after an interim answer such as 100.
    transfer.head = {status_of(line), {}};
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && !transfer.begun) {
    transfer.head.headers.emplace_back(base::to_lower_ascii(line.substr(0, colon)),
                                       std::string(base::trim(line.substr(colon + 1))));
  }
  return size;
}

std::size_t on_body(char* bytes, std::size_t unit, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::size_t size = unit * count;
  try {
    if (transfer.begin() && transfer.sink.take({bytes, size})) return size;
    transfer.declined = true;
  } catch (...) {
    transfer.failure = std::current_exception();
  }
  return 0;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->stop ? 1 : 0;
}

bool is_about_trust(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_ISSUER_ERROR;
}

/// "host:port:a,b": libcurl looks nothing up that is named here.
std::string pin_of(const HttpRequest& request) {
  std::vector<std::string> texts;
  for (const Address& address : request.addresses)
    texts.push_back(address.is_v4 ? address.text() : "[" + address.text() + "]");
  return fmt::format("{}:{}:{}", request.url.host, request.url.port_or_default(),
                     base::join(texts, ","));
}

}  // namespace

struct CurlClient::State {
  explicit State(const Library& opened) : library(opened), handle(library.easy_init()) {
    if (handle == nullptr) throw std::bad_alloc();
  }
  ~State() { library.easy_cleanup(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) const {
    if (library.easy_setopt(handle, option, value) != CURLE_OK)
      throw Error(ErrorKind::bug,
                  fmt::format("libcurl does not know option {}", static_cast<int>(option)));
  }

  void prepare(const HttpRequest& request, const std::string& url, const Lines& headers,
               const Lines& pins, Transfer& transfer) const;
  [[nodiscard]] bool came_from(const std::vector<Address>& addresses) const;

  const Library& library;
  CURL* handle;
  std::array<char, CURL_ERROR_SIZE> message{};
};

void CurlClient::State::prepare(const HttpRequest& request, const std::string& url,
                                const Lines& headers, const Lines& pins, Transfer& transfer) const {
  library.easy_reset(handle);  // keeps its connections
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, request.url.scheme.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_RESOLVE, pins.get());
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_PROXY, request.proxy.c_str());
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "weir");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_limit.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  const auto idle = std::chrono::duration_cast<std::chrono::seconds>(request.idle_limit);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::max<std::int64_t>(idle.count(), 1)));
  set(CURLOPT_BUFFERSIZE, 256L << 10);
  if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  if (request.method != "GET" && request.method != "HEAD") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (request.whole_limit.count() > 0)
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.whole_limit.count()));
  if (!request.ca_file.empty()) set(CURLOPT_CAINFO, request.ca_file.c_str());
  set(CURLOPT_ERRORBUFFER, const_cast<char*>(message.data()));
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &transfer);
}

bool CurlClient::State::came_from(const std::vector<Address>& addresses) const {
  char* text = nullptr;
  if (library.easy_getinfo(handle, CURLINFO_PRIMARY_IP, &text) != CURLE_OK || text == nullptr)
    return false;
  const std::optional<Address> peer = parse_address(text);
  return peer.has_value() &&
         std::find(addresses.begin(), addresses.end(), *peer) != addresses.end();
}

CurlClient::CurlClient() : state_(std::make_unique<State>(Library::instance())) {}
CurlClient::~CurlClient() = default;

HttpResult CurlClient::send(const HttpRequest& request, HttpSink& sink,
                            const std::atomic<bool>& stop) {
  WEIR_ASSERT(request.addresses.empty() != request.proxy.empty());
  Lines headers;
  for (const auto& [name, value] : request.headers) headers.add(name + ": " + value);
  Lines pins;
  if (request.proxy.empty()) pins.add(pin_of(request));
  Transfer transfer{.sink = sink, .stop = stop, .head = {}, .failure = {}};
  const std::string url = request.url.text();
  state_->message.fill('\0');
  state_->prepare(request, url, headers, pins, transfer);
  const CURLcode code = state_->library.easy_perform(state_->handle);
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (code == CURLE_OK) {
    WEIR_ASSERT(!request.proxy.empty() || state_->came_from(request.addresses));
    // An answer without a body is begun here.
    return {transfer.begin() ? HttpEnd::complete : HttpEnd::declined, ""};
  }
  if (transfer.declined) return {HttpEnd::declined, ""};
  if (stop) return {HttpEnd::stopped, "stopped"};
  std::string reason = state_->message.data();
  if (reason.empty()) reason = fmt::format("libcurl's error {}", static_cast<int>(code));
  return {is_about_trust(code) ? HttpEnd::untrustworthy : HttpEnd::broken, std::move(reason)};
}

}  // namespace weir::net
