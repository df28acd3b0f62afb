#include "genomics/artifact_pair.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"

#include <malloc.h>
#include <algorithm>

namespace weir::genomics {

namespace {

/// The tables of an index are so regular that the fastest level makes the smallest file, too: a TBI
/// of half a million variants takes 1.52 MB at level 1 and 1.60 MB at level 7, in a tenth of the
/// time.
constexpr CodecChoice k_index_codec{.codec = Codec::libdeflate, .level = 1};

}  // namespace

std::set<std::size_t> probe_numbers(std::size_t count) {
  constexpr std::size_t k_probes = 16;
  std::set<std::size_t> numbers;
  for (std::size_t i = 0; i < k_probes && count > 0; ++i)
    numbers.insert(i * (count - 1) / (k_probes - 1));
  return numbers;
}

void ArtifactPair::begin_index(std::uint64_t begin, std::int64_t end_max) {
  const RecordFormat& format = options_.format;
  type_ =
      choose_index_type(options_.request.index, format.preset(), end_max, options_.source.name());
  index_.emplace(IndexPlan{type_, format.preset(), options_.references.count(),
                           std::max(end_max, format.reach_max())},
                 begin);
}

void ArtifactPair::finish_index(std::uint64_t end) {
  const ProcessRequest& request = options_.request;
  index_->finish(end, options_.references.names());
  const std::string name = request.index_path.filename().string();
  const base::Fd file = base::open_write(request.index_path);
  if (type_ == IndexType::tbi) {
    BgzfWriter writer(file.get(), name, k_index_codec);
    writer.write_bytes(index_->encode_tbi(), options_.work);
    writer.finish();
  } else {
    index_->save(file.get(), name);
  }
  index_.reset();
  malloc_trim(0);  // its many small pieces would count until the end
}

void ArtifactPair::write(const Content& content) {
  const ProcessRequest& request = options_.request;
  const std::string header = options_.format.output_header(content.reordered);
  const base::Fd file = base::open_write(request.data_path);
  BgzfWriter writer(file.get(), request.data_path.filename().string(),
                    {request.codec, request.level, options_.format.lines_repeat()});
  writer.write_header(header, options_.work);
  begin_index(writer.virtual_position(), content.end_max);
  writer.write_records(content.feed, &*index_, options_.work, content.bytes);
  if (writer.records() != content.records)
    throw Error(ErrorKind::bug, "records were lost on the way");
  finish_index(writer.virtual_position());
  writer.finish();
  data_ = {ArtifactKind::data, request.data_path, static_cast<std::int64_t>(writer.file_bytes()),
           writer.sha256()};
}

void ArtifactPair::check_and_report(std::int64_t records, ProcessReport& report) {
  const ProcessRequest& request = options_.request;
  options_.work.report(Stage::check, 0, 0);
  {
    const base::Fd data = data_ ? base::open_read(request.data_path) : base::Fd();
    const base::Fd index = base::open_read(request.index_path);
    check_pair({data_ ? data.get() : options_.source.fd(), index.get(), options_.format.preset(),
                records, options_.source.name()},
               probes_);
  }
  options_.source.check_unchanged();
  report.reused_source = !data_.has_value();
  if (data_) report.outputs.push_back(*data_);
  const std::optional<base::FileInfo> info = base::file_info(request.index_path);
  report.outputs.push_back({ArtifactKind::index, request.index_path, info ? info->size_bytes : 0,
                            base::sha256_file(request.index_path)});
  report.index = type_;
  report.index_suffix = '.' + std::string(name_of(type_));
  report.records = records;
  report.contigs = static_cast<std::int64_t>(options_.references.names().size());
}

}  // namespace weir::genomics
