// Calls the library's `process` once and prints what it reports, so that benchmarks and comparisons
// measure nothing else.
//
//   preprocess_driver IN DATA INDEX [threads=N] [level=N] [memory=BYTES] [fast=1]
//   [index=auto|bai|tbi|csi]
//                     [policy=normal|strict|lenient] [format=NAME] [scratch=DIR] [gzi=FILE]
//                     [keep-gtf=1] [cds-includes-stop=1] [add-contigs=1] [to=NAME] [reference=PATH]
//                     [ties=alleles] [columns=A,B,C] [zero-based=1] [skip=N] [contig-order=natural]
//                     [log=1] (phases, at debug level)
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "genomics/processor.hpp"

#include <fmt/format.h>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>

namespace {

using weir::genomics::IndexType;
using weir::genomics::LinePolicy;

void take_format_option(const std::string& name, const std::string& value,
                        weir::genomics::FormatOptions& options) {
  if (name == "keep-gtf") options.keep_gtf = true;
  if (name == "cds-includes-stop") options.cds_includes_stop = true;
  if (name == "add-contigs") options.add_contigs = true;
  if (name == "to") options.to = weir::genomics::parse_format(value);
  if (name == "reference") options.reference = value;
  if (name == "ties") options.ties = weir::genomics::VariantTies::alleles;
  if (name == "contig-order") options.contig_order = weir::genomics::ContigOrder::natural;
  if (name == "columns") options.columns = weir::genomics::parse_columns(value);
  if (name == "zero-based") options.columns.value().zero_based = true;
  if (name == "skip") options.columns.value().skip = std::stol(value);
}

weir::genomics::ProcessRequest request_of(int argc, char** argv) {
  weir::genomics::ProcessRequest request;
  request.source = argv[1];
  request.data_path = argv[2];
  request.index_path = argv[3];
  request.scratch_folder = request.data_path.parent_path();
  const std::map<std::string, IndexType> indexes = {{"auto", IndexType::automatic},
                                                    {"bai", IndexType::bai},
                                                    {"tbi", IndexType::tbi},
                                                    {"csi", IndexType::csi}};
  const std::map<std::string, LinePolicy> policies = {{"normal", LinePolicy::normal},
                                                      {"strict", LinePolicy::strict},
                                                      {"lenient", LinePolicy::lenient}};
  for (int i = 4; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos)
      throw weir::Error(weir::ErrorKind::usage, "NAME=VALUE expected: " + argument);
    const std::string name = argument.substr(0, equals);
    const std::string value = argument.substr(equals + 1);
    if (name == "threads") request.threads = std::stoul(value);
    if (name == "level") request.level = std::stoi(value);
    if (name == "memory") request.memory_limit_bytes = std::stoul(value);
    if (name == "fast") request.codec = weir::genomics::Codec::isal;
    if (name == "index") request.index = indexes.at(value);
    if (name == "policy") request.policy = policies.at(value);
    if (name == "format") request.format = weir::genomics::parse_format(value);
    if (name == "scratch") request.scratch_folder = value;
    if (name == "log") weir::base::configure_log({.level = weir::base::LogLevel::debug});
    if (name == "gzi") request.gzi_path = value;
    take_format_option(name, value, request.options);
  }
  return request;
}

class Phases final : public weir::genomics::ProgressObserver {
 public:
  void progress(weir::genomics::Stage stage, std::int64_t, std::int64_t) override {
    if (stage == stage_) return;
    const auto now = std::chrono::steady_clock::now();
    fmt::print("phase {} {:.3f}\n", name_of(stage_),
               std::chrono::duration<double>(now - begin_).count());
    begin_ = now;
    stage_ = stage;
  }

 private:
  weir::genomics::Stage stage_ = weir::genomics::Stage::load;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): what escapes ends the test
int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    Phases phases;
    weir::genomics::ProcessRequest request = request_of(argc, argv);
    request.progress = &phases;
    const weir::genomics::ProcessReport report = weir::genomics::process(request);
    fmt::print("format {} records {} contigs {} sorted {} reused {} runs {} index {}\n",
               name_of(report.format), report.records, report.contigs, report.was_sorted,
               report.reused_source, report.runs_spilled, name_of(report.index));
    for (const weir::genomics::OutputFile& file : report.outputs) {
      fmt::print("output {} {} {}\n", name_of(file.kind), file.size_bytes, file.sha256);
    }
    for (const weir::genomics::Finding& finding : report.findings) {
      fmt::print("finding {} {} line {}\n", finding.code, finding.count, finding.first_line);
    }
    return 0;
  } catch (const weir::Error& error) {
    fmt::print(stderr, "{}: {}; {}\n", error.code(), error.what(), error.hint());
    return static_cast<int>(weir::exit_status_of(error.kind()));
  }
}
