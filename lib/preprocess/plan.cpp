#include "preprocess/internal/plan.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace weir::preprocess {
namespace {

using nlohmann::ordered_json;

genomics::ProcessRequest process_request(const Request& request, const Settings& settings) {
  genomics::ProcessRequest work;
  work.source = request.source;
  work.name = request.name.empty() ? request.source.filename().string() : request.name;
  work.format = request.format;
  work.threads = settings.threads;
  work.memory_limit_bytes = settings.memory_limit_bytes;
  work.codec = request.codec;
  work.level = request.level;
  work.index = request.index;
  work.policy = request.policy;
  work.options = request.options;
  work.allow_empty = request.allow_empty;
  work.accept_missing_eof = request.accept_missing_eof;
  work.expanded_bytes_max = request.expanded_bytes_max;
  work.line_bytes_max = request.line_bytes_max;
  if (request.want_gzi) work.gzi_path = "gzi";  // asked for; its place comes with the work
  return work;
}

/// Two requests with equal text want the same bytes of the same state of a file.
std::string workflow_key_of(const Plan& plan) {
  const nlohmann::json wanted{
      {"processor", plan.parts.processor_id},
      {"version", plan.parts.processor_version},
      {"parameters", plan.parts.parameters},
      {"policy", static_cast<int>(plan.work.policy)},
      {"allow_empty", plan.work.allow_empty},
      {"accept_missing_eof", plan.work.accept_missing_eof},
      {"gzi", !plan.work.gzi_path.empty()},
      {"reference", plan.work.options.reference.string()},
      {"limits",
       {plan.work.expanded_bytes_max, plan.work.line_bytes_max, plan.work.options.contigs_max}}};
  return "file/" + base::sha256_hex(plan.identity.text() + " " + wanted.dump()).substr(0, 32);
}

void refuse_unless_regular(const std::filesystem::path& source, const std::string& name) {
  const std::optional<base::FileInfo> info = base::file_info(source);
  if (!info.has_value()) {
    throw Error(ErrorKind::input, fmt::format("'{}' does not exist", name))
        .with_code("no_such_file");
  }
  if (info->type == base::FileInfo::Type::regular) return;
  throw Error(ErrorKind::input, fmt::format("'{}' is not a regular file", name))
      .with_code("not_regular")
      .with_hint("write the data to a file first");
}

bool has_finding(const nlohmann::json& report, std::string_view code) {
  if (!report.contains("findings")) return false;
  for (const nlohmann::json& finding : report["findings"]) {
    if (finding.value("code", "") == code) return true;
  }
  return false;
}

std::string_view word_of(genomics::Finding::Kind kind) {
  switch (kind) {
    case genomics::Finding::Kind::repair: return "repair";
    case genomics::Finding::Kind::warning: return "warning";
    case genomics::Finding::Kind::dropped: return "dropped";
  }
  return "warning";
}

std::string dump(const ordered_json& document) {
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Plan make_plan(const Request& request, const Settings& settings) {
  Plan plan;
  plan.work = process_request(request, settings);
  refuse_unless_regular(request.source, plan.work.name);
  plan.source = std::filesystem::absolute(request.source).lexically_normal();
  const std::optional<cache::SourceIdentity> identity = cache::source_identity(request.source);
  if (!identity.has_value()) refuse_unless_regular(request.source, plan.work.name);
  plan.identity = identity.value_or(cache::SourceIdentity{});
  plan.inspection = genomics::inspect(plan.work);
  plan.processor = genomics::find_processor(plan.inspection.format, plan.work.options);
  if (plan.processor == nullptr)
    throw genomics::unsupported(plan.work.name, plan.inspection.format);
  plan.parts.processor_id = plan.processor->id();
  plan.parts.processor_version = plan.processor->version();
  plan.parts.parameters = genomics::output_parameters(plan.work);
  plan.workflow_key = workflow_key_of(plan);
  return plan;
}

cache::KeyParts parts_for(const Plan& plan, const std::string& source_sha256,
                          std::string_view kind) {
  cache::KeyParts parts = plan.parts;
  parts.source_sha256 = source_sha256;
  parts.kind = kind;
  return parts;
}

bool is_acceptable(const genomics::ProcessRequest& work, const std::string& report_json) {
  const nlohmann::json report = nlohmann::json::parse(report_json, nullptr, false);
  if (!report.is_object()) return false;
  const bool has_findings = report.contains("findings") && !report["findings"].empty();
  if (work.policy == genomics::LinePolicy::strict && has_findings) return false;
  if (!work.accept_missing_eof && has_finding(report, "accepted_no_eof")) return false;
  return work.allow_empty || report.value("records", std::int64_t{0}) > 0;
}

std::string request_json(const Plan& plan, const Request& request) {
  return dump({{"source", plan.source.string()},
               {"size", plan.identity.size_bytes},
               {"format", genomics::name_of(plan.inspection.format)},
               {"format_given", request.format.has_value()},
               {"processor", plan.parts.processor_id},
               {"processor_version", plan.parts.processor_version},
               {"parameters", plan.parts.parameters}});
}

std::string report_json(const genomics::ProcessReport& report) {
  ordered_json findings = ordered_json::array();
  for (const genomics::Finding& finding : report.findings) {
    ordered_json entry{{"kind", word_of(finding.kind)},
                       {"code", finding.code},
                       {"message", finding.message},
                       {"count", finding.count}};
    if (finding.first_line > 0) entry["first_line"] = finding.first_line;
    if (finding.first_byte_offset >= 0) entry["first_byte_offset"] = finding.first_byte_offset;
    findings.push_back(std::move(entry));
  }
  return dump({{"format", genomics::name_of(report.format)},
               {"container", genomics::name_of(report.container)},
               {"index", genomics::name_of(report.index)},
               {"records", report.records},
               {"header_lines", report.header_lines},
               {"contigs", report.contigs},
               {"was_sorted", report.was_sorted},
               {"reused_source", report.reused_source},
               {"source_size", report.source_bytes},
               {"expanded_size", report.expanded_bytes},
               {"findings", std::move(findings)}});
}

std::string parameters_json(const cache::KeyParts& parts) {
  return dump(ordered_json(parts.parameters));
}

std::string hint_json(const std::string& hint) {
  return dump({{"hint", hint}});
}

std::string hint_of(const std::string& hint_json) {
  const nlohmann::json document = nlohmann::json::parse(hint_json, nullptr, false);
  return document.is_object() ? document.value("hint", "") : "";
}

}  // namespace weir::preprocess
