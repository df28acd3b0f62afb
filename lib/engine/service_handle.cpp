#include "engine/service_handle.hpp"

#include "base/text.hpp"
#include "lang/objects.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

namespace weir::engine {

using lang::Value;

namespace {

constexpr std::string_view k_root = "/dev/null/weir-service/";

}  // namespace

std::string path_of_handle(const ServiceHandle& handle) {
  return fmt::format("{}{}/{}/{}/{}", k_root, handle.service, handle.identity, handle.output,
                     handle.name);
}

std::optional<ServiceHandle> parse_handle(std::string_view path) {
  if (!path.starts_with(k_root)) return std::nullopt;
  path.remove_prefix(k_root.size());
  ServiceHandle handle;
  std::string_view parts[3];
  for (std::string_view& part : parts) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    part = path.substr(0, slash);
    path.remove_prefix(slash + 1);
  }
  const auto id = base::parse_int64(parts[0]);
  const auto output = base::parse_int64(parts[2]);
  if (!id || !output) return std::nullopt;
  handle.service = static_cast<ServiceId>(*id);
  handle.identity = parts[1];
  handle.output = static_cast<std::size_t>(*output);
  handle.name = path;
  return handle;
}

void collect_services(const Value& value, std::set<ServiceId>& services) {
  if (const auto* const path = value.as<lang::PathObject>()) {
    if (const auto handle = parse_handle(path->text)) services.insert(handle->service);
    return;
  }
  if (const auto* const map = value.as<lang::MapObject>()) {
    for (const auto& entry : map->items.entries()) collect_services(entry.value, services);
    return;
  }
  if (value.kind() == lang::Kind::range || !lang::is_collection(value)) return;
  for (const Value& item : lang::elements_of(value)) collect_services(item, services);
}

Value with_places(const Value& value,
                  const std::function<std::string(const ServiceHandle&)>& place) {
  if (const auto* const path = value.as<lang::PathObject>()) {
    const auto handle = parse_handle(path->text);
    return handle ? lang::make_path(place(*handle)) : value;
  }
  if (const auto* const map = value.as<lang::MapObject>()) {
    auto copy = lang::make<lang::MapObject>(map->kind());
    for (const auto& entry : map->items.entries())
      copy->items.put(entry.key, with_places(entry.value, place));
    return copy;
  }
  if (const auto* const list = value.as<lang::ListObject>()) {
    auto copy = lang::make<lang::ListObject>(std::vector<Value>(), list->kind());
    for (const Value& item : list->items) copy->items.push_back(with_places(item, place));
    copy->is_tuple = list->is_tuple;
    return copy;
  }
  return value;
}

}  // namespace weir::engine
