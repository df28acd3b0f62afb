#include "genomics/big_bed_loader.hpp"

#include "base/text.hpp"
#include "genomics/piece_loader.hpp"
#include "genomics/whole_file.hpp"

namespace weir::genomics {
namespace {

class BigBedLoader final : public PieceLoader<std::string> {
 public:
  BigBedLoader(const SourceFile& source, SourceHasher& hasher, const LoadOptions& options)
      : source_(source),
        hasher_(hasher),
        options_(options),
        file_(open_bbi(source)),
        blocks_(file_.data_blocks()) {
    const std::vector<std::string> columns = auto_sql_columns(file_.auto_sql());
    if (columns.size() >= 3) ready_ = '#' + base::join(columns, "\t") + '\n';
  }

  std::uint64_t source_position() const override {
    return next_ < blocks_.size() ? blocks_[next_].offset : source_.size();
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  void make_piece() override {
    if (next_ == blocks_.size()) {
      finished_ = true;
      return hash_whole(source_, hasher_, options_.work);
    }
    options_.work.check();
    file_.read_block(blocks_[next_], content_);
    append_bed_lines(file_, content_, blocks_[next_].offset, ready_, records_);
    expanded_ += ready_.size();
    check_expansion(expanded_, options_, source_);
    ++next_;
  }

  const SourceFile& source_;
  SourceHasher& hasher_;
  LoadOptions options_;
  BbiFile file_;
  std::vector<BbiFile::Block> blocks_;
  std::size_t next_ = 0;
  std::vector<std::uint8_t> content_;
  std::uint64_t expanded_ = 0;
  std::int64_t records_ = 0;
  ProblemTally tally_;
};

}  // namespace

BbiFile open_bbi(const SourceFile& source) {
  return BbiFile(
      [&source](std::uint64_t offset, std::span<std::uint8_t> to) { source.read_at(offset, to); },
      source.size(), source.name());
}

std::unique_ptr<Loader> make_big_bed_loader(const SourceFile& source, SourceHasher& hasher,
                                            const LoadOptions& options) {
  return std::make_unique<BigBedLoader>(source, hasher, options);
}

}  // namespace weir::genomics
