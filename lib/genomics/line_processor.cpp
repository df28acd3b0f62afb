#include "genomics/line_processor.hpp"

#include "genomics/rewriting_loader.hpp"
#include "genomics/sort_job.hpp"
#include "genomics/text_records.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace weir::genomics {
namespace {

bool is_bed_like(Format format) {
  switch (format) {
    case Format::bed:
    case Format::narrow_peak:
    case Format::broad_peak:
    case Format::gapped_peak:
    case Format::tag_align:
    case Format::bed_graph: return true;
    default: return false;
  }
}

/// Where a line has the name that an alias is for. A table's column is a number here:
/// `refuse_idle_options` has seen to it.
NamePlace name_place(const FormatOptions& options) {
  if (!options.columns) return {};
  const std::optional<std::int64_t> column = parse_position(options.columns->sequence);
  return {.column = static_cast<std::size_t>(std::max<std::int64_t>(column.value_or(1), 1)) - 1,
          .comment = options.columns->comment,
          .skip = options.columns->skip};
}

/// The text with the repairs and new names that the request asks for.
std::unique_ptr<Loader> with_rewriters(std::unique_ptr<Loader> text, const ProcessRequest& request,
                                       const std::string& file, Format format, const Work& work) {
  const FormatOptions& options = request.options;
  const RewriteOptions rewrite{file, request.line_bytes_max, work};
  const auto add = [&](std::unique_ptr<LineRewriter> rewriter) {
    text = make_rewriting_loader(std::move(text), std::move(rewriter), rewrite);
  };
  if (options.fix_spaces && format == Format::bed) add(make_spaces_rewriter());
  if (options.fix_swap && is_bed_like(format)) add(make_swap_rewriter({.begin = 1, .end = 2}));
  if (options.fix_swap && (format == Format::gff3 || format == Format::gtf))
    add(make_swap_rewriter({.begin = 3, .end = 4}));
  if (!options.aliases.empty()) add(make_alias_rewriter(options.aliases, name_place(options)));
  return text;
}

TextOptions text_options(const ProcessRequest& request, const std::string& file) {
  return {.file = file,
          .policy = request.policy,
          .line_bytes_max = request.line_bytes_max,
          .allow_empty = request.allow_empty,
          .header = request.options.vcf_header,
          .add_contigs = request.options.add_contigs,
          .contig_order = request.options.contig_order.value_or(ContigOrder::bytes),
          .contigs = request.options.contigs,
          .contigs_max = request.options.contigs_max};
}

/// Rewritten text keeps its line numbers, so the source tells where those lines begin.
class PlaceFinder {
 public:
  PlaceFinder(const ProcessRequest& request, const SourceFile& source, const Sniffed& sniffed)
      : request_(request), source_(source), sniffed_(sniffed) {}

  [[nodiscard]] std::map<std::int64_t, std::int64_t> offsets(
      const std::set<std::int64_t>& lines) const {
    LoadOptions options;
    options.work = {request_.threads, nullptr, request_.cancelled};
    options.accept_missing_eof = true;
    const std::unique_ptr<Loader> text = open_loader(source_, sniffed_, nullptr, options);
    return offsets_of_lines(*text, lines);
  }

  void correct(ProcessReport& report) const {
    std::set<std::int64_t> lines;
    for (const Finding& finding : report.findings) {
      if (finding.first_line > 0) lines.insert(finding.first_line);
    }
    if (lines.empty()) return;
    const std::map<std::int64_t, std::int64_t> places = offsets(lines);
    for (Finding& finding : report.findings) {
      const auto place = places.find(finding.first_line);
      if (finding.first_line > 0)
        finding.first_byte_offset = place != places.end() ? place->second : -1;
    }
  }

  [[nodiscard]] Error corrected(const Error& error) const {
    InputPlace place = error.place();
    const std::map<std::int64_t, std::int64_t> places = offsets({place.line});
    const std::string old = fmt::format(" (byte {})", place.byte_offset);
    place.byte_offset = places.empty() ? -1 : places.begin()->second;
    std::string message = error.message();
    if (const std::size_t at = message.rfind(old); at != std::string::npos) {
      const std::string now =
          place.byte_offset >= 0 ? fmt::format(" (byte {})", place.byte_offset) : "";
      message.replace(at, old.size(), now);
    }
    Error moved(error.kind(), message);
    moved.with_code(error.code()).with_hint(error.hint()).at(place);
    return moved;
  }

 private:
  const ProcessRequest& request_;
  const SourceFile& source_;
  const Sniffed& sniffed_;
};

}  // namespace

ProcessReport process_lines(const Processor& processor, const ProcessRequest& request,
                            const SourceFile& source, const Sniffed& sniffed,
                            const LineSetup& setup) {
  ProcessReport report = begin_report(processor, request, sniffed);
  report.data_suffix = setup.data_suffix;
  const FormatOptions& options = request.options;
  const bool source_lines = !setup.text || setup.rewritten;
  const bool rewritten = source_lines && (setup.rewritten || options.fix_swap ||
                                          options.fix_spaces || !options.aliases.empty());
  const PlaceFinder finder(request, source, sniffed);
  const MakeInput make_input = [&](SourceHasher& hasher, const LoadOptions& load) {
    std::unique_ptr<Loader> text =
        setup.text ? setup.text(hasher, load) : open_loader(source, sniffed, &hasher, load);
    text = with_rewriters(std::move(text), request, source.name(), report.format, load.work);
    return SortInput{std::move(text),
                     std::make_unique<TextRecords>(
                         setup.parser(), text_options(request, source.name()), load.work.threads),
                     rewritten || setup.text != nullptr};
  };
  try {
    sort_and_index(request, source, make_input, report);
  } catch (const Error& error) {
    // An error in a record of a text that is not the source's own.
    if (rewritten && error.place().line > 0 && error.kind() == ErrorKind::input)
      throw finder.corrected(error);
    throw;
  }
  if (rewritten) finder.correct(report);
  return report;
}

namespace {

constexpr std::array<ArtifactKind, 2> k_kinds = {ArtifactKind::data, ArtifactKind::index};

class VariantProcessor final : public Processor {
 public:
  std::string_view id() const override { return "variant-sort"; }
  int version() const override { return 2; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }
  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    return process_lines(*this, request, source, sniffed,
                         {.parser = [&] { return make_vcf_parser(request.options.ties); },
                          .data_suffix = ".vcf.gz"});
  }

 private:
  static constexpr std::array<Format, 1> k_formats = {Format::vcf};
};

class IntervalProcessor final : public Processor {
 public:
  std::string_view id() const override { return "interval-sort"; }
  int version() const override { return 3; }
  std::span<const Format> formats() const override { return k_formats; }
  std::span<const ArtifactKind> artifact_kinds() const override { return k_kinds; }
  bool needs_processing(Format) const override { return true; }
  ProcessReport process(const ProcessRequest& request, const SourceFile& source,
                        const Sniffed& sniffed) const override {
    const Format format = sniffed.inspection.format;
    return process_lines(*this, request, source, sniffed,
                         {.parser =
                              [format] {
                                return format == Format::gff3 ? make_gff_parser()
                                                              : make_bed_parser(format);
                              },
                          .data_suffix = '.' + std::string(name_of(format)) + ".gz"});
  }

 private:
  static constexpr std::array<Format, 6> k_formats = {Format::bed,        Format::narrow_peak,
                                                      Format::broad_peak, Format::gapped_peak,
                                                      Format::tag_align,  Format::gff3};
};

}  // namespace

const Processor& variant_processor() {
  static const VariantProcessor processor;
  return processor;
}

const Processor& interval_processor() {
  static const IntervalProcessor processor;
  return processor;
}

}  // namespace weir::genomics
