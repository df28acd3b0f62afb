#include "engine/remote_reader.hpp"

#include "base/error.hpp"
#include "lang/objects.hpp"

#include <chrono>
#include <future>
#include <utility>

namespace weir::engine {

void RemoteReader::wait_for(const std::function<void()>& transfer) {
  constexpr std::chrono::milliseconds k_look{50};
  std::future<void> done = std::async(std::launch::async, transfer);
  try {
    do {
      breathe_();
    } while (done.wait_for(k_look) != std::future_status::ready);
  } catch (...) {
    files_.stop();  // the future waits for its thread
    throw;
  }
  done.get();
}

std::optional<lang::FileSystem::Attributes> RemoteReader::attributes(const lang::PathObject& path) {
  std::optional<RemoteFiles::Facts> facts;
  wait_for([&] { facts = files_.facts(path.uri()); });
  if (!facts) return std::nullopt;
  lang::FileSystem::Attributes attributes;
  attributes.is_regular = true;
  attributes.size_bytes = facts->size_bytes;
  attributes.modified_millis = facts->modified_millis;
  attributes.permissions = 0444;
  return attributes;
}

const std::string& RemoteReader::local_copy(const lang::PathObject& path) {
  const std::string uri = path.uri();
  const auto known = copies_.find(uri);
  if (known != copies_.end()) return known->second;
  const std::optional<std::string> copy = copy_path(work_dir_, path.scheme, uri);
  WEIR_ASSERT(copy.has_value());
  wait_for([&] { files_.fetch({{*copy, uri}}); });
  return copies_.emplace(uri, *copy).first->second;
}

}  // namespace weir::engine
