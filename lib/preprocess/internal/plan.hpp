#pragma once

#include "cache/key.hpp"
#include "cache/source_memory.hpp"
#include "preprocess/preprocessor.hpp"

#include <string>

namespace weir::preprocess {

/// Everything about a request that is known before any work: cheap, reads only the beginning of the
/// file.
struct Plan {
  std::filesystem::path source;  ///< absolute
  std::string source_name;       ///< what results are named after
  cache::SourceIdentity identity;
  genomics::Inspection inspection;
  const genomics::Processor* processor = nullptr;
  genomics::ProcessRequest work;  ///< without output paths
  cache::KeyParts parts;          ///< without source digest and kind
  std::string md5_claimed;        ///< only when the MD5 sum is another, and may be
  std::string md5_found;          ///< what it is then
  std::string workflow_key;       ///< equal for requests that want the same of the same file
};

/// Throws Error (input) for what is no regular file, or of no format that is processed.
[[nodiscard]] Plan make_plan(const Request& request, const Settings& settings);

/// The same for a source on another machine: of what is in it nothing is known yet.
[[nodiscard]] Plan make_remote_plan(const Request& request, const Settings& settings);

/// What people see of the job: a path, an address, or what the request calls it.
[[nodiscard]] std::string job_name_of(const Plan& plan, const Request& request);

/// Fills in what follows from the format. False for one that is not processed.
[[nodiscard]] bool complete_plan(Plan& plan, genomics::Format format);

/// The keys of an artifact once the source's digest is known.
[[nodiscard]] cache::KeyParts parts_for(const Plan& plan, const std::string& source_sha256,
                                        std::string_view kind);

/// Whether what an earlier run found (its `report_json`) would have refused the file under this
/// request's rules. The bytes of an artifact do not depend on those rules, so its key does not
/// tell.
[[nodiscard]] bool is_acceptable(const genomics::ProcessRequest& work,
                                 const std::string& report_json);

/// As recorded with the job.
[[nodiscard]] std::string request_json(const Plan& plan, const Request& request);
[[nodiscard]] std::string report_json(const genomics::ProcessReport& report);
/// An artifact's report as this request's job has it: with the claim that did not hold.
[[nodiscard]] std::string told_report(const Plan& plan, const std::string& report_json);
[[nodiscard]] std::string parameters_json(const cache::KeyParts& parts);
/// What a failed job's record keeps of an error's hint, and back.
[[nodiscard]] std::string hint_json(const std::string& hint);
[[nodiscard]] std::string hint_of(const std::string& hint_json);

}  // namespace weir::preprocess
