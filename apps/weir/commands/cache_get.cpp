#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::app {
namespace {

struct Options {
  std::string key;
  std::string output = "-";
  std::optional<std::string> range;
  bool json = false;
};

/// Bytes [begin, end) of a blob.
struct Span {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

[[noreturn]] void bad_range(const std::string& text, std::int64_t size) {
  throw Error(ErrorKind::usage,
              "--range '" + text + "' names no bytes of an artifact of " + std::to_string(size))
      .with_code("bad_range")
      .with_hint("A-B with both ends in, A- to the end, or -N for the last N bytes");
}

/// As RFC 9110, 14.1.2: both ends are in, an end past the last byte is cut, a suffix counts from
/// the end.
Span parse_range(const std::string& text, std::int64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos) bad_range(text, size);
  const std::string first = text.substr(0, dash);
  const std::string last = text.substr(dash + 1);
  const auto begin = base::parse_int64(first);
  const auto end = base::parse_int64(last);
  if (first.empty()) {
    if (!end.has_value() || *end < 1 || size == 0) bad_range(text, size);
    return {std::max<std::int64_t>(size - *end, 0), size};
  }
  if (!begin.has_value() || *begin < 0 || *begin >= size) bad_range(text, size);
  if (last.empty()) return {*begin, size};
  if (!end.has_value() || *end < *begin) bad_range(text, size);
  return {*begin, std::min(*end, size - 1) + 1};
}

void copy(cache::Blob& blob, Span span, int fd, std::string_view what) {
  std::vector<char> buffer(std::size_t{1} << 20);
  while (span.begin < span.end) {
    const auto want = static_cast<std::size_t>(
        std::min<std::int64_t>(span.end - span.begin, std::int64_t{1} << 20));
    const std::size_t got = blob.read(span.begin, buffer.data(), want);
    if (got == 0)
      throw Error(ErrorKind::failed, "the artifact is shorter than it was")
          .with_code("blob_corrupt");
    base::write_all(fd, {buffer.data(), got}, what);
    span.begin += static_cast<std::int64_t>(got);
  }
}

class CacheGet final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("ARTIFACT", options_.key, Required::yes,
                     "a key or its unique beginning, or a name as `cache ls` shows it");
    table.option("-o,--output", options_.output, "FILE", "where to; - is standard output");
    table.option("--range", options_.range, "A-B",
                 "only those bytes, both ends in; A- and -N as in HTTP");
    table.flag("--json", options_.json, "say what was written as JSON; needs --output");
    table.epilogue(
        "Examples:\n"
        "  weir cache get 4f0c12ab -o calls.vcf.gz\n"
        "  weir cache get 4f0c12ab --range 0-65535 | bgzip -dc | head\n\n"
        "Exit status: 0; 7 when there is no such artifact.\n");
  }

  ExitStatus run(Context& context) override {
    if (options_.json && options_.output == "-")
      throw Error(ErrorKind::usage, "--json needs --output: the bytes are on standard output");
    OpenCache cache(context);
    const cache::Artifact named = cache.store.manifest().resolve(options_.key);
    const std::optional<cache::Artifact> artifact = cache.store.find(named.key);
    const std::unique_ptr<cache::Blob> blob =
        artifact.has_value() ? cache.store.backend().open(artifact->sha256) : nullptr;
    if (blob == nullptr) {
      throw Error(ErrorKind::not_found,
                  "the bytes of '" + named.alias + "' are not in the cache any more")
          .with_code("blob_missing")
          .with_hint("`weir preprocess` makes them again");
    }
    const Span span = options_.range.has_value() ? parse_range(*options_.range, blob->size_bytes())
                                                 : Span{0, blob->size_bytes()};
    const std::int64_t span_begin = span.begin;
    const std::int64_t span_size = span.end - span.begin;
    cache.store.manifest().touch(named.key, base::now_wall());
    if (options_.output == "-") {
      copy(*blob, span, context.out.stream(), "standard output");
      return ExitStatus::ok;
    }
    base::OutputFile file(context.working_directory / options_.output);
    copy(*blob, span, file.fd(), options_.output);
    file.commit(base::Durable::no);
    if (options_.json) {
      print_json({{"schema", k_cache_schema},
                  {"artifact", json_of(*artifact)},
                  {"begin", span_begin},
                  {"size", span_size}},
                 context.out);
    }
    return ExitStatus::ok;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_get() {
  return std::make_unique<CacheGet>();
}

}  // namespace weir::app
