#include "compose/artifact_view.hpp"

#include "compose/job_view.hpp"

#include <nlohmann/json.hpp>

namespace weir::app {

OpenCache::OpenCache(const Context& context)
    : database(context.state_dir() / "weir.db"), store(context.cache_dir(), database) {}

nlohmann::ordered_json json_of(const cache::Artifact& artifact) {
  return {{"key", artifact.key},
          {"alias", artifact.alias},
          {"kind", artifact.kind},
          {"sha256", artifact.sha256},
          {"size", artifact.size_bytes},
          {"media_type", artifact.media_type},
          {"suffix", artifact.suffix},
          {"source",
           {{"name", artifact.source_name},
            {"sha256", artifact.source_sha256},
            {"size", artifact.source_size_bytes}}},
          {"processor", artifact.processor_id},
          {"processor_version", artifact.processor_version},
          {"parameters", parse_or_null(artifact.parameters_json)},
          {"report", parse_or_null(artifact.report_json)},
          {"job_id", artifact.made_by},
          {"created_at", base::to_rfc3339(artifact.created_at)},
          {"last_used", base::to_rfc3339(artifact.last_used)},
          {"pinned", artifact.pinned}};
}

}  // namespace weir::app
