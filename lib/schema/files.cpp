#include "schema/files.hpp"

#include <filesystem>

namespace weir::schema {

std::string schema_place(const std::string& project_dir, const std::string& name, Files& files) {
  const std::filesystem::path project(project_dir);
  const std::string place = (project / name).lexically_normal().string();
  if (!name.starts_with('/') || files.kind(place) != Files::Kind::missing) return place;
  return (project / std::filesystem::path(name).relative_path()).lexically_normal().string();
}

}  // namespace weir::schema
