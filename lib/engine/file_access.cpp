#include "engine/file_access.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/output_file.hpp"
#include "engine/path_lookup.hpp"
#include "engine/remote_reader.hpp"
#include "lang/exceptions.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace weir::engine {

namespace fs = std::filesystem;
using lang::PathObject;

namespace {

[[noreturn]] void no_such_file(const std::string& name) {
  throw lang::ScriptException("NoSuchFileException", name);
}

}  // namespace

FileAccess::FileAccess(std::string launch_dir) : launch_dir_(std::move(launch_dir)) {}

FileAccess::~FileAccess() = default;

void FileAccess::set_remote(std::unique_ptr<RemoteReader> reader) {
  remote_ = std::move(reader);
}

bool FileAccess::is_remote(const PathObject& path) const {
  return remote_ != nullptr && can_be_fetched(path.scheme);
}

std::string FileAccess::readable(const PathObject& path) const {
  return is_remote(path) ? remote_->local_copy(path) : local(path);
}

std::string FileAccess::local(const PathObject& path) const {
  if (!path.scheme.empty()) {
    throw lang::ScriptException(
        "UnsupportedOperationException",
        fmt::format("Files of scheme '{}' are not supported: {}", path.scheme, path.uri()));
  }
  if (path.text.starts_with('/')) return path.text;
  return (fs::path(launch_dir_) / path.text).lexically_normal().string();
}

std::string FileAccess::absolute(std::string_view path) {
  const lang::Value value = path_of(path, launch_dir_);
  return value.as<PathObject>()->uri();
}

std::optional<lang::FileSystem::Attributes> FileAccess::attributes(const PathObject& path) {
  if (is_remote(path)) return remote_->attributes(path);
  const std::string name = local(path);
  const auto info = base::file_info(name);
  if (!info) return std::nullopt;
  const auto own = base::file_info(name, base::FollowLinks::no);
  Attributes result;
  result.is_directory = info->type == base::FileInfo::Type::directory;
  result.is_regular = info->type == base::FileInfo::Type::regular;
  result.is_link = own && own->type == base::FileInfo::Type::symlink;
  result.size_bytes = info->size_bytes;
  result.modified_millis = info->mtime_ns / 1'000'000;
  result.permissions = info->mode & 0777;
  return result;
}

std::string FileAccess::read(const PathObject& path, bool decompress) {
  const std::string name = readable(path);
  auto content = base::try_read_file(name, std::size_t{2} << 30);
  if (!content) no_such_file(name);
  return decompress && name.ends_with(".gz") ? gunzip(*content, name) : std::move(*content);
}

std::unique_ptr<lang::PieceReader> FileAccess::open(const PathObject& path, Gzip gzip) {
  const std::string name = readable(path);
  if (!base::file_info(name)) no_such_file(name);
  return open_pieces(name,
                     gzip == Gzip::unpack || (gzip == Gzip::by_name && name.ends_with(".gz")));
}

void FileAccess::write(const PathObject& path, std::string_view content, WriteMode mode) {
  const std::string name = local(path);
  if (mode != WriteMode::append) {
    base::write_output(name, mode == WriteMode::gzip ? gzip(content) : content);
    return;
  }
  const base::Fd file = base::open_append(name);
  base::write_all(file.get(), content, name);
}

std::vector<std::string> FileAccess::list(const PathObject& folder) {
  return base::list_folder(local(folder));
}

bool FileAccess::make_folder(const PathObject& path) {
  const std::string name = local(path);
  if (base::file_info(name) || !base::file_info(fs::path(name).parent_path())) return false;
  base::make_folders(name);
  return true;
}

bool FileAccess::make_folders(const PathObject& path) {
  const std::string name = local(path);
  const bool existed = base::file_info(name).has_value();
  base::make_folders(name);
  return !existed;
}

bool FileAccess::remove(const PathObject& path) {
  const std::string name = local(path);
  const auto info = base::file_info(name, base::FollowLinks::no);
  if (!info) return false;
  if (info->type == base::FileInfo::Type::directory) {
    if (!base::list_folder(name).empty()) return false;
    base::remove_tree(name);
    return true;
  }
  base::remove_file(name);
  return true;
}

bool FileAccess::remove_tree(const PathObject& path) {
  const std::string name = local(path);
  if (!base::file_info(name, base::FollowLinks::no)) return false;
  base::remove_tree(name);
  return true;
}

namespace {

void copy_tree(const fs::path& source, const fs::path& target) {
  const auto info = base::file_info(source);
  if (!info) no_such_file(source.string());
  if (info->type != base::FileInfo::Type::directory) {
    base::make_folders(target.parent_path());
    base::copy_file(source, target);
    return;
  }
  base::make_folders(target);
  for (const std::string& name : base::list_folder(source)) copy_tree(source / name, target / name);
}

/// A copy or move into an existing folder keeps the name.
std::string target_name(const std::string& source, const std::string& target) {
  const auto info = base::file_info(target);
  const bool into = info && info->type == base::FileInfo::Type::directory;
  return into ? (fs::path(target) / fs::path(source).filename()).string() : target;
}

}  // namespace

void FileAccess::copy(const PathObject& source, const PathObject& target) {
  const std::string from = readable(source);
  copy_tree(from, target_name(from, local(target)));
}

void FileAccess::move(const PathObject& source, const PathObject& target) {
  const std::string from = local(source);
  const std::string to = target_name(from, local(target));
  try {
    base::rename_file(from, to);
  } catch (const Error&) {  // another file system: copy, then remove
    copy_tree(from, to);
    base::remove_tree(from);
  }
}

void FileAccess::settle(const PathObject& source, const PathObject& target) {
  const std::string from = local(source);
  const std::string to = local(target);
  const auto there = base::file_info(to, base::FollowLinks::no);
  const bool is_same = there && base::same_content(from, to);
  if (!is_same && (!there || there->type == base::FileInfo::Type::regular))
    return base::rename_file(from, to);
  if (!is_same) base::write_output(to, base::read_file(from));  // of a link, the end is written
  base::remove_file(from);
}

void FileAccess::link(const PathObject& target, const PathObject& link_name, bool hard,
                      bool overwrite) {
  const std::string name = local(link_name);
  if (hard) {
    if (overwrite) base::remove_file(name);
    base::make_link(local(target), name);
    return;
  }
  base::make_symlink(local(target), name, overwrite ? base::Replace::yes : base::Replace::no);
}

bool FileAccess::set_permissions(const PathObject& path, std::uint32_t permissions) {
  std::error_code failure;
  fs::permissions(local(path), static_cast<fs::perms>(permissions), failure);
  return !failure;
}

std::string FileAccess::real_path(const PathObject& path) {
  std::error_code failure;
  const fs::path real = fs::canonical(local(path), failure);
  if (failure) no_such_file(local(path));
  return real.string();
}

}  // namespace weir::engine
