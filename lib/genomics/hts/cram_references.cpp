// One FASTA file under one descriptor, with its index under another, is all that htslib gets to
// see.
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "genomics/hts/cram_file.hpp"
#include "genomics/hts/handles.hpp"
#include "genomics/line_parser.hpp"

#include <fmt/format.h>
#include <htslib/hts.h>
#include <unistd.h>
#include <algorithm>
#include <array>

namespace weir::genomics {
namespace {

struct Sequence {
  std::string name;
  std::string md5;
};

std::string field_of(std::string_view line, std::string_view tag) {
  for (const std::string_view field : base::split(line, '\t')) {
    if (field.size() > 3 && field.starts_with(tag) && field[2] == ':')
      return std::string(field.substr(3));
  }
  return {};
}

std::vector<Sequence> sequences_of(const std::string& header) {
  std::vector<Sequence> sequences;
  for (const std::string_view line : base::split(header, '\n')) {
    if (line.starts_with("@SQ"))
      sequences.push_back({field_of(line, "SN"), base::to_lower_ascii(field_of(line, "M5"))});
  }
  return sequences;
}

bool is_md5(std::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// DIR/<md5>, or DIR/ab/cd/<the rest>.
std::optional<std::filesystem::path> find_sequence(const std::filesystem::path& folder,
                                                   const std::string& md5) {
  if (!is_md5(md5)) return std::nullopt;
  const std::array<std::filesystem::path, 2> candidates = {
      folder / md5, folder / md5.substr(0, 2) / md5.substr(2, 2) / md5.substr(4)};
  for (const std::filesystem::path& candidate : candidates) {
    const std::optional<base::FileInfo> info = base::file_info(candidate);
    if (info && info->type == base::FileInfo::Type::regular) return candidate;
  }
  return std::nullopt;
}

}  // namespace

struct CramReferences::State {
  std::unique_ptr<base::TempDir> names;
  base::Fd fasta;
  base::Fd index;
  std::string name;

  void open_fasta(const std::filesystem::path& path, const std::filesystem::path& scratch);
  void gather(const std::filesystem::path& folder, const std::vector<Sequence>& sequences,
              const std::vector<bool>& used, const std::filesystem::path& scratch);
  /// htslib finds an index by the name of its file only: both get names of ours, as links to what
  /// is open here.
  void set_name(const std::filesystem::path& scratch) {
    names = std::make_unique<base::TempDir>(scratch, "reference");
    name = (names->path() / "reference.fa").string();
    base::make_symlink(path_of(fasta.get()), name);
    base::make_symlink(path_of(index.get()), name + ".fai");
  }
};

void CramReferences::State::open_fasta(const std::filesystem::path& path,
                                       const std::filesystem::path& scratch) {
  const std::filesystem::path index_path = path.string() + ".fai";
  if (!base::file_info(index_path)) {
    throw Error(ErrorKind::usage,
                fmt::format("the reference '{}' has no index", path.filename().string()))
        .with_hint("make one: samtools faidx");
  }
  fasta = base::open_read(path);
  std::array<char, 2> start{};
  if (::pread(fasta.get(), start.data(), start.size(), 0) == 2 && start[0] == '\x1f' &&
      start[1] == '\x8b') {
    throw Error(ErrorKind::usage,
                fmt::format("the reference '{}' is compressed", path.filename().string()))
        .with_hint("unpack it and index it again");
  }
  index = base::open_read(index_path);
  set_name(scratch);
}

void CramReferences::State::gather(const std::filesystem::path& folder,
                                   const std::vector<Sequence>& sequences,
                                   const std::vector<bool>& used,
                                   const std::filesystem::path& scratch) {
  fasta = base::open_scratch(scratch);
  index = base::open_scratch(scratch);
  std::string entries;
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (i >= used.size() || !used[i]) continue;
    const std::optional<std::filesystem::path> path = find_sequence(folder, sequences[i].md5);
    if (!path) continue;  // it may not be needed: files can hold their own
    std::string bases = base::read_file(*path, std::size_t{1} << 31);
    std::erase_if(bases, [](char c) { return c == '\n' || c == '\r'; });
    const std::string title = '>' + sequences[i].name + '\n';
    base::write_all(fasta.get(), title, "reference sequences");
    base::write_all(fasta.get(), bases, "reference sequences");
    base::write_all(fasta.get(), "\n", "reference sequences");
    entries += fmt::format("{}\t{}\t{}\t{}\t{}\n", sequences[i].name, bases.size(),
                           offset + title.size(), bases.size(), bases.size() + 1);
    offset += title.size() + bases.size() + 1;
  }
  if (entries.empty()) return;
  base::write_all(index.get(), entries, "reference sequences");
  set_name(scratch);
}

CramReferences::CramReferences(const std::filesystem::path& path, const std::string& header,
                               const std::vector<bool>& used, const std::filesystem::path& scratch)
    : state_(std::make_unique<State>()) {
  if (path.empty()) return;
  const std::optional<base::FileInfo> info = base::file_info(path);
  if (!info)
    throw Error(ErrorKind::usage, fmt::format("the reference '{}' does not exist", path.string()));
  if (info->type == base::FileInfo::Type::directory) {
    state_->gather(path, sequences_of(header), used, scratch);
  } else {
    state_->open_fasta(path, scratch);
  }
}

CramReferences::~CramReferences() = default;

const std::string& CramReferences::htslib_name() const {
  return state_->name;
}

}  // namespace weir::genomics
