#pragma once

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/process.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/processor.hpp"

#include <doctest/doctest.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// BGZF bytes of a text, as a program of good manners writes them.
inline std::string bgzf_of(std::string_view text, bool with_end = true,
                           std::size_t payload = k_bgzf_payload_bytes) {
  BlockDeflater deflater(CodecChoice{});
  std::vector<std::uint8_t> bytes;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, payload);
    deflater.deflate({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()}, bytes);
    text.remove_prefix(part.size());
  }
  if (with_end) bytes.insert(bytes.end(), k_bgzf_end_block.begin(), k_bgzf_end_block.end());
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Standard output of a tool that tests depend on; a missing tool or a failing one fails the test.
inline std::string output_of(std::vector<std::string> argv) {
  const std::string program = argv.front();
  const base::CommandResult result = base::run_command({.argv = std::move(argv)});
  INFO(program << ": " << result.errors);
  REQUIRE(result.exit.status == 0);
  return result.output;
}

/// A folder with one source file, and requests to process it.
class ProcessFixture {
 public:
  /// Writes the source under a name that tells its format.
  base::fs::path write(const std::string& name, std::string_view content) {
    base::write_file(folder_.path() / name, content);
    return folder_.path() / name;
  }

  ProcessRequest request(const base::fs::path& source) {
    ProcessRequest made;
    made.source = source;
    made.data_path = folder_.path() / ("artifact" + std::to_string(++made_));
    made.index_path = made.data_path.string() + ".index";
    made.scratch_folder = folder_.path();
    made.threads = 2;
    return made;
  }

  ProcessRequest request(const std::string& name, std::string_view content) {
    return request(write(name, content));
  }

  /// The pair under names that other tools take: DATA + suffix, and the index beside it.
  static std::string publish(const ProcessRequest& request, const ProcessReport& report) {
    const std::string data = request.data_path.string() + report.data_suffix;
    base::copy_file(report.reused_source ? request.source : request.data_path, data);
    base::copy_file(request.index_path, data + report.index_suffix);
    return data;
  }

  /// Content of the data artifact, decompressed by bgzip.
  static std::string content(const ProcessRequest& request, const ProcessReport& report) {
    return output_of(
        {"bgzip", "-dc", (report.reused_source ? request.source : request.data_path).string()});
  }

  /// Processes and answers the content of the artifact.
  std::string sorted(const std::string& name, std::string_view content_in) {
    const ProcessRequest made = request(name, content_in);
    const ProcessReport report = process(made);
    return content(made, report);
  }

  [[nodiscard]] const base::fs::path& folder() const { return folder_.path(); }

 private:
  base::TempDir folder_;
  int made_ = 0;
};

/// The Error that processing gives. Fails the test when there is none.
inline Error refusal_of(const ProcessRequest& request) {
  try {
    (void)process(request);
  } catch (const Error& error) {
    return error;
  }
  FAIL("the file was not refused");
  return {ErrorKind::bug, ""};
}

inline bool has_finding(const ProcessReport& report, std::string_view code, std::int64_t count,
                        std::int64_t line) {
  for (const Finding& finding : report.findings) {
    if (finding.code == code) return finding.count == count && finding.first_line == line;
  }
  return false;
}

/// A shuffled VCF of `records` lines on three contigs, the same for the same numbers.
inline std::string random_vcf(std::size_t records, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text =
      "##fileformat=VCFv4.2\n##contig=<ID=chr2>\n##contig=<ID=chr10>\n##contig=<ID=chr1>\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const std::vector<std::string> contigs = {"chr2", "chr10", "chr1"};
  for (std::size_t i = 0; i < records; ++i) {
    text += contigs[random() % 3] + '\t' + std::to_string(1 + random() % 100000) + "\tr" +
            std::to_string(i) + "\tA\tT\t.\tPASS\tDP=" + std::to_string(random() % 1000) +
            ";AF=0." + std::to_string(random()) + '\n';
  }
  return text;
}

/// A shuffled SAM of reads on two references, some without place.
inline std::string random_sam(std::size_t records, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text = "@HD\tVN:1.6\tSO:queryname\n@SQ\tSN:two\tLN:100000\n@SQ\tSN:one\tLN:50000\n";
  for (std::size_t i = 0; i < records; ++i) {
    const bool placed = random() % 10 != 0;
    std::string bases;
    for (int base = 0; base < 50; ++base) bases += "ACGT"[random() % 4];
    const unsigned flag = (placed ? 0U : 4U) | (random() % 2 == 0 ? 16U : 0U);
    text += "read" + std::to_string(i) + '\t' + std::to_string(flag) + '\t' +
            (placed ? (random() % 2 == 0 ? "one" : "two") : "*") + '\t' +
            (placed ? std::to_string(1 + random() % 40000) : "0") + "\t30\t" +
            (placed ? "50M" : "*") + "\t*\t0\t0\t" + bases + '\t' + std::string(50, 'I') +
            "\tNM:i:0\n";
  }
  return text;
}

}  // namespace weir::genomics
