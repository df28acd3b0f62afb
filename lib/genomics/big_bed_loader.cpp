#include "genomics/big_bed_loader.hpp"

#include "base/text.hpp"
#include "genomics/whole_file.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>

namespace weir::genomics {
namespace {

class BigBedLoader final : public Loader {
 public:
  BigBedLoader(const SourceFile& source, SourceHasher& hasher, const LoadOptions& options)
      : source_(source),
        hasher_(hasher),
        options_(options),
        file_(open_bbi(source)),
        blocks_(file_.data_blocks()) {
    const std::vector<std::string> columns = auto_sql_columns(file_.auto_sql());
    if (columns.size() >= 3) text_ = '#' + base::join(columns, "\t") + '\n';
  }

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    while (text_at_ == text_.size() && next_ < blocks_.size()) next_block();
    const std::size_t count = std::min(room, text_.size() - text_at_);
    if (count == 0) {
      if (!hashed_) hash_whole(source_, hasher_, options_.work);
      hashed_ = true;
      return 0;
    }
    std::memcpy(to, text_.data() + text_at_, count);
    text_at_ += count;
    return count;
  }

  std::uint64_t source_position() const override {
    return next_ < blocks_.size() ? blocks_[next_].offset : source_.size();
  }
  const ProblemTally& tally() const override { return tally_; }

 private:
  void next_block() {
    options_.work.check();
    text_.clear();
    text_at_ = 0;
    file_.read_block(blocks_[next_], content_);
    append_bed_lines(file_, content_, blocks_[next_].offset, text_, records_);
    expanded_ += text_.size();
    if (expanded_ > options_.expanded_bytes_max) {
      throw problem_error(Problem::expansion_limit, source_.name(),
                          fmt::format("more than {} bytes", options_.expanded_bytes_max));
    }
    ++next_;
  }

  const SourceFile& source_;
  SourceHasher& hasher_;
  LoadOptions options_;
  BbiFile file_;
  std::vector<BbiFile::Block> blocks_;
  std::size_t next_ = 0;
  std::vector<std::uint8_t> content_;
  std::string text_;
  std::size_t text_at_ = 0;
  std::uint64_t expanded_ = 0;
  std::int64_t records_ = 0;
  bool hashed_ = false;
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
