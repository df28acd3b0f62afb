#include "compose/preprocess_sources.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "cache/identity.hpp"
#include "net/url.hpp"

namespace weir::app {

void declare_source_options(OptionTable& table, SourceOptions& options) {
  table.group("Sources");
  table.option("--md5", options.md5, "DIGITS", "the MD5 sum that the one FILE must have");
  table.option("--sha256", options.sha256, "DIGITS", "the SHA-256 sum that it must have");
  table.option("--size", options.size, "BYTES", "the size that it must have");
  table.option("--on-md5-mismatch", options.on_md5_mismatch, "WHAT",
               "refuse, or rekey: warn, and keep the file under the digest that it has");
  table.words({"refuse", "rekey"});
  table.flag("--keep-rejected", options.keep_rejected,
             "keep what was fetched and has a wrong checksum in the cache's quarantine folder");
  table.option("--allow-host", options.allow_hosts, "HOST",
               "fetch only from this host and those below it; several times");
  table.flag("--allow-private", options.allow_private,
             "fetch from private networks, too, never from this machine");
  table.option("--max-source-size", options.max_source_size, "SIZE",
               "refuse to fetch a larger file");
}

net::FetchOptions fetch_options(const SourceOptions& options, const Context& context) {
  net::FetchOptions fetch;
  fetch.rules.hosts = options.allow_hosts;
  fetch.rules.private_networks = options.allow_private;
  fetch.ca_file = context.variable("SSL_CERT_FILE").value_or("");
  const std::string ports = context.variable("WEIR_TEST_LOOPBACK_PORTS").value_or("");
  for (const std::string_view text : base::split(ports, ',')) {
    const std::optional<std::int64_t> port = base::parse_int64(text);
    if (port.has_value()) fetch.rules.loopback_ports.push_back(static_cast<int>(*port));
  }
  if (options.max_source_size.has_value()) {
    const std::optional<std::int64_t> bytes = base::parse_bytes(*options.max_source_size);
    if (!bytes.has_value() || *bytes <= 0) {
      throw Error(ErrorKind::usage,
                  "--max-source-size needs a size, not '" + *options.max_source_size + "'")
          .with_hint("such as 50G");
    }
    fetch.bytes_max = *bytes;
  }
  return fetch;
}

net::Claims claims_of(const SourceOptions& options, std::size_t files) {
  net::Claims claims;
  if (options.md5.has_value()) claims.md5 = cache::normal_md5(*options.md5);
  if (options.sha256.has_value()) claims.sha256 = cache::normal_sha256(*options.sha256);
  if (options.size.has_value() && *options.size < 0)
    throw Error(ErrorKind::usage, "--size must not be negative");
  claims.size_bytes = options.size;
  claims.md5_may_differ = options.on_md5_mismatch == "rekey";
  const bool any = claims.md5.has_value() || claims.sha256.has_value() || options.size.has_value();
  if (any && files != 1) {
    throw Error(ErrorKind::usage, "--md5, --sha256 and --size speak of one FILE")
        .with_hint("name the files one at a time");
  }
  return claims;
}

preprocess::Request request_for(const std::string& name, const preprocess::Request& common) {
  preprocess::Request request = common;
  if (net::looks_like_url(name)) {
    request.remote = net::parse_url(name);
    request.name = request.remote->shown();
  } else {
    request.source = name;
    request.name = name;
  }
  return request;
}

}  // namespace weir::app
