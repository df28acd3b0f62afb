#include "cache/blob_names.hpp"

#include "base/beneath.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "db/database.hpp"

#include <unistd.h>

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace weir::cache {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_users = "users";
constexpr std::size_t k_entry_digits = 16;

std::string entry_name_of(const fs::path& database) {
  return base::sha256_hex(database.native()).substr(0, k_entry_digits);
}

/// The path that an entry holds, or nothing when it is no entry of ours.
std::optional<fs::path> read_entry(const fs::path& root, const std::string& name) {
  const std::optional<base::Fd> fd = base::open_beneath(root, fs::path(k_users) / name);
  if (!fd.has_value()) return std::nullopt;
  std::array<char, 4200> buffer;  // a path is shorter than 4096 bytes
  const ssize_t got = ::pread(fd->get(), buffer.data(), buffer.size(), 0);
  if (got <= 0) return std::nullopt;
  std::string_view text(buffer.data(), static_cast<std::size_t>(got));
  if (text.front() != '/' || text.back() != '\n') return std::nullopt;
  text.remove_suffix(1);
  if (entry_name_of(text) != name) return std::nullopt;
  return fs::path(text);
}

}  // namespace

/// The rows of one database for this folder.
struct BlobNames::Rows {
  db::Database& database;
  std::set<std::int64_t> places;  ///< numbers of the names that the folder has there

  Rows(db::Database& of, const fs::path& root) : database(of) {
    const std::optional<base::FileInfo> here = base::file_info(root);
    db::Statement query = database.prepare("SELECT number, place FROM cache_places");
    while (query.step()) {
      const std::string place = query.text(1);
      const std::optional<base::FileInfo> there = base::file_info(place);
      const bool same =
          here && there && here->device == there->device && here->inode == there->inode;
      if (same || place == root.native()) places.insert(query.integer(0));
    }
  }

  [[nodiscard]] bool any() const {
    for (const std::int64_t place : places) {
      db::Statement query =
          database.prepare("SELECT 1 FROM cache_artifacts WHERE place = ?1 LIMIT 1");
      query.bind_all(place);
      if (query.step()) return true;
    }
    return false;
  }

  [[nodiscard]] std::int64_t count(const std::string& sha256) {
    db::Statement query = database.prepare("SELECT place FROM cache_artifacts WHERE sha256 = ?1");
    query.bind_all(std::string_view(sha256));
    std::int64_t found = 0;
    while (query.step()) found += places.contains(query.integer(0)) ? 1 : 0;
    return found;
  }
};

struct BlobNames::Other {
  fs::path file;
  // Both null when it cannot be asked.
  std::unique_ptr<db::Database> database;
  std::unique_ptr<Rows> rows;
};

BlobNames::BlobNames(fs::path root, db::Database& own)
    : root_(std::move(root)), own_file_(fs::weakly_canonical(own.file())), database_(own) {}

BlobNames::~BlobNames() = default;

void BlobNames::enter() {
  const std::string name = entry_name_of(own_file_);
  if (base::file_info(root_ / k_users / name, base::FollowLinks::no).has_value()) return;
  const fs::path fresh = root_ / (".user-" + base::random_hex(16));
  try {
    const std::optional<base::Fd> root = base::open_beneath(root_, ".");
    if (!root.has_value()) return;
    base::make_folder_at(root->get(), k_users, root_.native());
    const std::optional<base::Fd> users = base::open_beneath(root_, k_users);
    if (!users.has_value()) return;
    base::write_file(fresh, own_file_.native() + "\n");
    // Another process of this state directory may have been first.
    if (!base::try_move_into(fresh, users->get(), name, root_.native())) base::remove_file(fresh);
  } catch (const Error& error) {
    // Where nothing can be written no blob can be, either.
    base::log(base::LogLevel::debug, "the cache's user could not be entered",
              {{"error", error.what()}});
  }
}

void BlobNames::look_again() {
  looked_ = false;
  others_.clear();
  gone_.clear();
}

void BlobNames::look() {
  if (std::exchange(looked_, true)) return;
  own_ = std::make_unique<Rows>(database_, root_);
  if (!base::open_beneath(root_, k_users).has_value()) return;
  for (const std::string& name : base::list_folder(root_ / k_users)) {
    const std::optional<fs::path> file = read_entry(root_, name);
    if (!file.has_value() || *file == own_file_) continue;
    if (!base::file_info(*file).has_value()) {
      gone_.push_back(name);
      continue;
    }
    Other other{*file, nullptr, nullptr};
    try {
      other.database = std::make_unique<db::Database>(*file, db::Database::Missing::refuse);
      other.rows = std::make_unique<Rows>(*other.database, root_);
    } catch (const Error& error) {
      base::log(base::LogLevel::debug, "another user of the cache cannot be asked",
                {{"database", file->native()}, {"error", error.what()}});
      other.rows.reset();
    }
    others_.push_back(std::move(other));
  }
}

std::int64_t BlobNames::own(const std::string& sha256) {
  look();
  return own_->count(sha256);
}

bool BlobNames::others(const std::string& sha256) {
  look();
  for (const Other& other : others_)
    if (other.rows == nullptr || other.rows->count(sha256) > 0) return true;
  return false;
}

std::vector<fs::path> BlobNames::other_databases() {
  look();
  std::vector<fs::path> files;
  for (const Other& other : others_)
    if (other.rows == nullptr || other.rows->any()) files.push_back(other.file);
  return files;
}

void BlobNames::forget_gone() {
  look();
  for (const std::string& name : std::exchange(gone_, {})) {
    const std::optional<base::Fd> users = base::open_beneath(root_, k_users);
    if (users.has_value()) base::remove_at(users->get(), name, root_.native());
  }
}

}  // namespace weir::cache
