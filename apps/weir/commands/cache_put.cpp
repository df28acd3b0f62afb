#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "cache/identity.hpp"
#include "cache/put.hpp"
#include "commands.hpp"
#include "compose/artifact_view.hpp"
#include "compose/job_view.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace weir::app {
namespace {

struct Options {
  std::string file;
  std::string name;
  std::string kind = "data";
  std::string collection = "local";
  std::string processor = "put";
  std::int64_t processor_version = 1;
  std::vector<std::string> parameters;
  std::optional<std::string> source;
  std::optional<std::string> suffix;
  std::string media_type = "application/octet-stream";
  bool json = false;
};

/// What follows the stem: ".vcf.gz" of "calls.vcf.gz"; at most two parts.
std::string suffix_of(const std::string& name) {
  const std::size_t last = name.rfind('.');
  if (last == std::string::npos || last == 0) return "";
  const std::size_t before = name.rfind('.', last - 1);
  const bool wrapped = name.ends_with(".gz") || name.ends_with(".bgz") || name.ends_with(".tbi") ||
                       name.ends_with(".csi") || name.ends_with(".bai");
  if (wrapped && before != std::string::npos && before > 0) return name.substr(before);
  return name.substr(last);
}

std::map<std::string, std::string> parse_parameters(const std::vector<std::string>& given) {
  std::map<std::string, std::string> parameters;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorKind::usage, "--parameter needs NAME=VALUE, not '" + text + "'")
          .with_hint("such as --parameter level=9");
    }
    parameters[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return parameters;
}

class CachePut final : public Command {
 public:
  void declare(OptionTable& table) override {
    table.positional("FILE", options_.file, Required::yes, "what to keep; - is standard input");
    table.option("--name", options_.name, "NAME",
                 "of the source, instead of FILE's; needed for standard input");
    table.option("--kind", options_.kind, "KIND", "data, index, …");
    table.words({"data", "index"}, WordRule::open);
    table.option("--source", options_.source, "FILE",
                 "what it was made from, when that is another file");
    table.option("--processor", options_.processor, "ID", "what made it");
    table.option("--processor-version", options_.processor_version, "N", "of that processor");
    table.option("--parameter", options_.parameters, "NAME=VALUE",
                 "what the bytes depend on besides the source; several times");
    table.option("--collection", options_.collection, "NAME", "the first part of its name");
    table.option("--suffix", options_.suffix, "SUFFIX", "of a file that holds it [from the name]");
    table.option("--media-type", options_.media_type, "TYPE", "for those who serve it");
    table.flag("--json", options_.json, "one JSON document");
    table.epilogue(
        "Copies a file into the cache and prints its key. The key follows from source, kind, "
        "processor and parameters: the\n"
        "same again changes nothing, other bytes under the same key are refused.\n\n"
        "Examples:\n"
        "  weir cache put genome.fa.gz\n"
        "  weir cache put calls.stats --source calls.vcf --kind stats --processor "
        "bcftools-stats\n\n"
        "Exit status: 0; 1 when the key is taken by other bytes.\n");
  }

  ExitStatus run(Context& context) override {
    cache::PutRequest request = request_of();
    base::Fd file;
    if (options_.file != "-") file = open_file(context.working_directory / options_.file);
    OpenCache cache(context);
    const cache::PutResult result = cache::put_file(
        cache.store, std::move(request), file ? file.get() : STDIN_FILENO, options_.file);
    if (options_.json) {
      print_json({{"schema", k_cache_schema},
                  {"added", result.recorded == cache::Recorded::fresh},
                  {"artifact", json_of(result.artifact)}},
                 context.out);
    } else {
      context.out.line(result.artifact.key);
    }
    return ExitStatus::ok;
  }

 private:
  cache::PutRequest request_of() const {
    constexpr std::int64_t k_version_max = 1'000'000;
    if (options_.processor_version < 0 || options_.processor_version > k_version_max)
      throw Error(ErrorKind::usage, "--processor-version must be from 0 to 1000000");
    cache::PutRequest request;
    const std::string file = options_.source.value_or(options_.file);
    std::string name = std::filesystem::path(file).filename().string();
    if (!options_.name.empty()) name = options_.name;
    if (options_.name.empty() && file == "-")
      throw Error(ErrorKind::usage, "standard input has no name").with_hint("give one by --name");
    request.source_name = cache::normal_local_id(name);
    request.collection = cache::normal_collection(options_.collection);
    request.parts.kind = cache::normal_kind(options_.kind);
    request.parts.processor_id = cache::normal_processor_id(options_.processor);
    request.parts.processor_version = static_cast<int>(options_.processor_version);
    request.parts.parameters = parse_parameters(options_.parameters);
    request.media_type = options_.media_type;
    const std::string own =
        options_.file == "-" ? name : std::filesystem::path(options_.file).filename().string();
    request.suffix = options_.suffix.value_or(suffix_of(own));
    if (options_.source.has_value()) {
      request.parts.source_sha256 = base::sha256_file(*options_.source);
      request.source_size_bytes = base::file_info(*options_.source)->size_bytes;
    }
    return request;
  }

  static base::Fd open_file(const std::filesystem::path& path) {
    const std::optional<base::FileInfo> info = base::file_info(path);
    if (info.has_value() && info->type != base::FileInfo::Type::regular) {
      throw Error(ErrorKind::input, "'" + path.filename().string() + "' is not a regular file")
          .with_code("not_regular");
    }
    return base::open_read(path);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<Command> make_cache_put() {
  return std::make_unique<CachePut>();
}

}  // namespace weir::app
