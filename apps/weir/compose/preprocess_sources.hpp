#pragma once

#include "command.hpp"
#include "preprocess/preprocessor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::app {

/// The options about where files come from and what they must be.
struct SourceOptions {
  std::optional<std::string> md5;
  std::optional<std::string> sha256;
  std::optional<std::int64_t> size;
  std::string on_md5_mismatch = "refuse";
  bool keep_rejected = false;
  std::vector<std::string> allow_hosts;
  bool allow_private = false;
  std::optional<std::string> max_source_size;
};
void declare_source_options(OptionTable& table, SourceOptions& options);

/// How sources on other machines are fetched; takes SSL_CERT_FILE and, for tests,
/// WEIR_TEST_LOOPBACK_PORTS from the environment. Throws Error (usage).
[[nodiscard]] net::FetchOptions fetch_options(const SourceOptions& options, const Context& context);
/// What was claimed of the one file named. Throws Error (usage) for claims about several.
[[nodiscard]] net::Claims claims_of(const SourceOptions& options, std::size_t files);

/// The request for one file as named on the command line: a path, or an address. Throws Error
/// (usage) for an address that cannot be one.
[[nodiscard]] preprocess::Request request_for(const std::string& name,
                                              const preprocess::Request& common);

}  // namespace weir::app
