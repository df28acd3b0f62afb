#include "preprocess/internal/plan.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "preprocess/internal/request_text.hpp"
#include "preprocess/place.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

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

/// Two requests with equal text want the same bytes of the same state of a file. `identity` tells
/// that state, or names the source.
std::string workflow_key_of(std::string_view prefix, const std::string& identity, const Plan& plan,
                            const Request& request) {
  nlohmann::json wanted{
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
  // A job that delivers is one of its own: whoever comes to another folder must not be sent away.
  if (request.delivery.has_value()) wanted["deliver_to"] = request.delivery->folder.string();
  return std::string(prefix) + base::sha256_hex(identity + " " + wanted.dump()).substr(0, 32);
}

void refuse_unless_regular(const std::filesystem::path& source, const std::string& name) {
  const std::optional<base::FileInfo> info = base::file_info(source);
  if (!info.has_value()) {
    throw Error(ErrorKind::input, fmt::format("'{}' does not exist", name))
        .with_code("no_such_file");
  }
  if (info->type == base::FileInfo::Type::regular) return;
  const bool folder = info->type == base::FileInfo::Type::directory;
  throw Error(ErrorKind::input,
              fmt::format("'{}' is {}", name, folder ? "a folder" : "not a regular file"))
      .with_code("not_regular")
      .with_hint(folder ? "name the files in it"
                        : "write the data to a file first, or give it to `weir preprocess -`");
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

/// Holds a file of this machine against what was claimed of it: reads it when a digest was.
void check_claims(const net::Claims& claims, Plan& plan) {
  const auto refuse = [&](const char* what, const char* code, const std::string& found,
                          const std::string& claimed) {
    throw Error(ErrorKind::input, fmt::format("the {} of '{}' is {}, not {} as claimed", what,
                                              plan.work.name, found, claimed))
        .with_code(code)
        .with_hint("the file or the claim is wrong");
  };
  if (claims.size_bytes.has_value() && *claims.size_bytes != plan.identity.size_bytes) {
    refuse("size", "size_mismatch", std::to_string(plan.identity.size_bytes),
           std::to_string(*claims.size_bytes));
  }
  if (!claims.md5.has_value() && !claims.sha256.has_value()) return;
  base::Digest md5(base::DigestKind::md5);
  base::Digest sha256(base::DigestKind::sha256);
  const base::Fd file = base::open_read(plan.source);
  std::vector<char> buffer(std::size_t{1} << 20);
  while (const std::size_t got =
             base::read_some(file.get(), buffer.data(), buffer.size(), plan.work.name)) {
    md5.update(std::string_view(buffer.data(), got));
    sha256.update(std::string_view(buffer.data(), got));
  }
  const std::string found_md5 = md5.finish();
  const std::string found_sha256 = sha256.finish();
  if (claims.md5.value_or(found_md5) != found_md5) {
    if (!claims.md5_may_differ) refuse("MD5 sum", "md5_mismatch", found_md5, *claims.md5);
    plan.md5_found = found_md5;
    plan.md5_claimed = *claims.md5;
  }
  if (claims.sha256.value_or(found_sha256) != found_sha256)
    refuse("SHA-256 sum", "sha256_mismatch", found_sha256, *claims.sha256);
}

}  // namespace

std::string result_name(const Request& request) {
  if (!request.remote.has_value()) return request.source.filename().string();
  const std::string name = request.remote->file_name();
  return name.empty() ? request.remote->host : name;
}

std::string job_name_of(const Plan& plan, const Request& request) {
  if (!request.job_name.empty()) return request.job_name;
  return request.remote.has_value() ? plan.work.name : plan.source.string();
}

bool complete_plan(Plan& plan, genomics::Format format) {
  plan.inspection.format = format;
  plan.processor = genomics::find_processor(format, plan.work.options);
  if (plan.processor == nullptr) return false;
  plan.parts.processor_id = plan.processor->id();
  plan.parts.processor_version = plan.processor->version();
  plan.parts.parameters = genomics::output_parameters(plan.work);
  return true;
}

Plan make_remote_plan(const Request& request, const Settings& settings) {
  Plan plan;
  plan.work = process_request(request, settings);
  plan.work.name = request.remote->shown();
  plan.source_name = result_name(request);
  plan.parts.parameters = genomics::output_parameters(plan.work);
  const nlohmann::json source{{"url", request.remote->text()},
                              {"md5", request.claims.md5.value_or("")},
                              {"sha256", request.claims.sha256.value_or("")},
                              {"size", request.claims.size_bytes.value_or(-1)},
                              {"md5_may_differ", request.claims.md5_may_differ}};
  plan.workflow_key = workflow_key_of("url/", source.dump(), plan, request);
  return plan;
}

Plan make_plan(const Request& request, const Settings& settings) {
  Plan plan;
  plan.work = process_request(request, settings);
  refuse_unless_regular(request.source, plan.work.name);
  plan.source = std::filesystem::absolute(request.source).lexically_normal();
  const std::optional<cache::SourceIdentity> identity = cache::source_identity(request.source);
  if (!identity.has_value()) refuse_unless_regular(request.source, plan.work.name);
  plan.identity = identity.value_or(cache::SourceIdentity{});
  check_claims(request.claims, plan);
  plan.source_name = result_name(request);
  plan.inspection = genomics::inspect(plan.work);
  if (!complete_plan(plan, plan.inspection.format))
    throw genomics::unsupported(plan.work.name, plan.inspection.format);
  plan.workflow_key = workflow_key_of("file/", plan.identity.text(), plan, request);
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
  ordered_json document{
      {"source", job_name_of(plan, request)},
      {"format_given", request.format.has_value()},
      {"parameters", plan.parts.parameters}};
  if (plan.processor != nullptr) {
    document["size"] = plan.identity.size_bytes;
    document["format"] = genomics::name_of(plan.inspection.format);
    document["processor"] = plan.parts.processor_id;
    document["processor_version"] = plan.parts.processor_version;
  }
  // For another process to do it; from anywhere, so with whole paths.
  Request whole = request;
  if (!request.remote.has_value()) whole.source = plan.source;
  document["request"] = ordered_json::parse(text_of(whole));
  return dump(document);
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

std::string told_report(const Plan& plan, const std::string& report_json) {
  if (plan.md5_claimed.empty()) return report_json;
  ordered_json report = ordered_json::parse(report_json, nullptr, false);
  if (!report.is_object()) return report_json;
  report["findings"].push_back(
      {{"kind", "warning"},
       {"code", "md5_mismatch"},
       {"message", fmt::format("the MD5 sum is {}, not {} as claimed: kept under what it is",
                               plan.md5_found, plan.md5_claimed)},
       {"count", 1}});
  return dump(report);
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
