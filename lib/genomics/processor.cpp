#include "genomics/processor.hpp"

#include "base/error.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/gzi.hpp"
#include "genomics/hts/index_builder.hpp"
#include "genomics/option_scope.hpp"
#include "genomics/processors.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

namespace weir::genomics {
namespace {

void check_request(const ProcessRequest& request) {
  if (request.memory_limit_bytes < k_memory_limit_min_bytes) {
    throw Error(ErrorKind::usage,
                fmt::format("a memory limit of {} bytes is too small", request.memory_limit_bytes))
        .with_hint(fmt::format("at least {} MiB are needed", k_memory_limit_min_bytes >> 20));
  }
  if (request.threads == 0) throw Error(ErrorKind::usage, "at least one thread is needed");
  constexpr int k_level_max = 12;
  if (request.level < 1 || request.level > k_level_max) {
    throw Error(ErrorKind::usage, fmt::format("no such compression level: {}", request.level))
        .with_hint("levels are libdeflate's, 1 to 12");
  }
}

}  // namespace

std::string_view name_of(ArtifactKind kind) {
  switch (kind) {
    case ArtifactKind::data: return "data";
    case ArtifactKind::index: return "index";
    case ArtifactKind::gzi: return "gzi";
  }
  return "";
}

std::string_view name_of(IndexType type) {
  switch (type) {
    case IndexType::automatic: return "auto";
    case IndexType::bai: return "bai";
    case IndexType::tbi: return "tbi";
    case IndexType::csi: return "csi";
    case IndexType::crai: return "crai";
  }
  return "";
}

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::load: return "load";
    case Stage::sort: return "sort";
    case Stage::write: return "write";
    case Stage::check: return "check";
  }
  return "";
}

std::span<const Processor* const> processors() {
  static const std::array<const Processor*, 10> all = {
      &alignment_processor(),    &cram_processor(),     &variant_processor(), &bcf_processor(),
      &interval_processor(),     &gtf_processor(),      &big_bed_processor(), &table_processor(),
      &pass_through_processor(), &bed_graph_processor()};
  return all;
}

const Processor* find_processor(Format format, const FormatOptions& options) {
  // A table is worked on only if somebody says where its positions are.
  if (format == Format::tsv && !options.columns) return &pass_through_processor();
  if (format == Format::vcf && options.to == Format::bcf) return &bcf_processor();
  for (const Processor* processor : processors()) {
    const std::span<const Format> formats = processor->formats();
    if (std::find(formats.begin(), formats.end(), format) != formats.end()) return processor;
  }
  return nullptr;
}

std::map<std::string, std::string> output_parameters(const ProcessRequest& request) {
  std::map<std::string, std::string> parameters = parameters_of(request.options);
  parameters["codec"] = codec_version(request.codec);
  parameters["level"] = std::to_string(request.codec == Codec::isal ? 1 : request.level);
  parameters["index"] = name_of(request.index);
  parameters["index_writer"] = "htslib " + htslib_version() + ", blocks of ours";
  parameters["policy"] =
      request.policy == LinePolicy::lenient ? "lenient" : "whole";  // strict only refuses more
  if (request.format) parameters["format"] = name_of(*request.format);
  return parameters;
}

ProcessReport begin_report(const Processor& processor, const ProcessRequest& request,
                           const Sniffed& sniffed) {
  ProcessReport report;
  report.processor_id = processor.id();
  report.processor_version = processor.version();
  report.format = sniffed.inspection.format;
  report.container = sniffed.inspection.container;
  report.parameters = output_parameters(request);
  if (sniffed.nested_gzip) {
    ProblemTally tally;
    tally.add(Problem::nested_compression, {});
    tally.refuse_if_fatal(request.policy, request.name);
    report.findings = tally.findings(request.policy);
  }
  return report;
}

std::unique_ptr<Loader> open_loader(const SourceFile& source, const Sniffed& sniffed,
                                    SourceHasher* hasher, const LoadOptions& options) {
  if (!sniffed.nested_gzip)
    return make_loader(source, sniffed.inspection.container, hasher, options);
  std::unique_ptr<Loader> outer =
      make_loader(source, sniffed.inspection.container, hasher, options);
  return make_gzip_loader(std::move(outer), source, options);
}

Error unsupported(const std::string& file, Format format) {
  Error error = problem_error(Problem::unsupported_format, file, name_of(format));
  if (format == Format::bedpe)
    error.with_hint("each line has two intervals: cut out one of them, such as columns 1 to 3");
  return error;
}

Inspection inspect(const ProcessRequest& request) {
  const SourceFile source(request);
  const Inspection inspection = sniff(source, request).inspection;
  refuse_idle_options(request, inspection.format, source.name());
  return inspection;
}

ProcessReport process(const ProcessRequest& request) {
  check_request(request);
  const SourceFile source(request);
  const Sniffed sniffed = sniff(source, request);
  const Processor* const processor = find_processor(sniffed.inspection.format, request.options);
  if (processor == nullptr) throw unsupported(source.name(), sniffed.inspection.format);
  refuse_idle_options(request, sniffed.inspection.format, source.name());
  ProcessReport report = processor->process(request, source, sniffed);
  add_gzi(request, source, report);
  return report;
}

}  // namespace weir::genomics
