#include "engine/gate_lease.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace weir::engine {
namespace {

using nlohmann::json;

constexpr const char* k_suffix = ".leases";
constexpr std::size_t k_book_bytes_max = std::size_t{64} << 20;
constexpr std::size_t k_name_digits = 16;

std::vector<LeaseBook::Lease> held_in(const std::string& text) {
  std::vector<LeaseBook::Lease> held;
  for (const std::string_view line : base::split(text, '\n')) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object()) continue;  // cut short by the end of its writer: nothing was launched
    const auto number = entry.value("n", std::int64_t{0});
    if (entry.value("end", false)) {
      std::erase_if(held, [&](const LeaseBook::Lease& lease) { return lease.number == number; });
      continue;
    }
    held.push_back({number, entry.value("gate", ""), entry.value("lease", ""),
                    entry.value("task", std::uint64_t{0}), entry.value("key", ""),
                    entry.value("attempt", 1)});
  }
  return held;
}

}  // namespace

LeaseBook::LeaseBook(const std::filesystem::path& folder)
    : path_(folder / (base::random_hex(k_name_digits) + k_suffix)) {
  base::make_folders(folder);
  lock_ = base::FileLock::try_lock(path_);
  WEIR_ASSERT(lock_.has_value());  // the name is random: nobody else has it
}

LeaseBook::~LeaseBook() {
  if (open_ != 0) return;
  try {
    base::remove_file(path_);
  } catch (const Error&) {  // a later run finds it empty and removes it
    lock_.reset();
  }
}

std::int64_t LeaseBook::add(Lease lease) {
  lease.number = ++last_;
  const json entry = {{"n", lease.number},  {"gate", lease.gate}, {"lease", lease.lease},
                      {"task", lease.task}, {"key", lease.key},   {"attempt", lease.attempt}};
  base::write_all(lock_->fd(), entry.dump(-1, ' ', false, json::error_handler_t::replace) + "\n",
                  path_.string());
  ++open_;
  return lease.number;
}

void LeaseBook::end(std::int64_t number) {
  base::write_all(lock_->fd(), json{{"n", number}, {"end", true}}.dump() + "\n", path_.string());
  --open_;
}

std::vector<LeaseBook::Dead> LeaseBook::dead_books(const std::filesystem::path& folder) {
  std::vector<Dead> books;
  if (!base::file_info(folder)) return books;
  for (const std::string& name : base::list_folder(folder)) {
    if (!name.ends_with(k_suffix)) continue;
    auto lock = base::FileLock::try_lock(folder / name);
    if (!lock) continue;  // its run lives
    const auto text = base::try_read_file(folder / name, k_book_bytes_max);
    books.push_back({folder / name, std::move(*lock), held_in(text.value_or(""))});
  }
  return books;
}

}  // namespace weir::engine
