#include "lang/paths.hpp"

#include "base/text.hpp"
#include "lang/exceptions.hpp"

#include <algorithm>

namespace weir::lang {
namespace {

constexpr std::string_view k_scheme_separator = "://";

bool is_scheme_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '.' || c == '-';
}

/// Without doubled and trailing slashes.
std::string collapsed(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (c != '/' || result.empty() || result.back() != '/') result.push_back(c);
  }
  if (result.size() > 1 && result.back() == '/') result.pop_back();
  return result;
}

bool is_absolute(std::string_view text) {
  return !text.empty() && text.front() == '/';
}

Value with_text(const PathObject& path, std::string text) {
  return make_path(std::move(text), path.scheme);
}

/// A staged path takes part in path operations under the name that the script sees.
std::string_view text_of(const PathObject& path) {
  return path.visible();
}

}  // namespace

Value parse_path(std::string_view text) {
  const std::size_t separator = text.find(k_scheme_separator);
  const bool has_scheme =
      separator != std::string_view::npos && separator > 1 &&
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(separator),
                  is_scheme_letter);
  if (!has_scheme) return make_path(collapsed(text));
  const std::string scheme(text.substr(0, separator));
  const std::string_view rest = text.substr(separator + k_scheme_separator.size());
  if (scheme == "file") return make_path(collapsed(rest));
  // Object stores print their paths with a slash before the bucket; URLs keep their text as it is.
  if (scheme == "http" || scheme == "https" || scheme == "ftp")
    return make_path(std::string(rest), scheme);
  return make_path(collapsed("/" + std::string(rest)), scheme);
}

std::string_view path_name(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

std::string_view path_parent(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || text == "/") return {};
  return slash == 0 ? text.substr(0, 1) : text.substr(0, slash);
}

std::string base_name(std::string_view name, std::int64_t times) {
  for (; times > 0; --times) name = name.substr(0, name.rfind('.'));
  return std::string(name);
}

std::string simple_name(std::string_view name) {
  const std::size_t dot = name.find('.', 1);
  return std::string(name.substr(0, dot));
}

std::string extension_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(name.substr(dot + 1));
}

Value resolve_path(const PathObject& path, std::string_view other) {
  if (other.empty()) return Value(const_cast<PathObject*>(&path));
  if (other.find(k_scheme_separator) != std::string_view::npos ||
      (is_absolute(other) && path.scheme.empty()))
    return parse_path(other);
  const std::string_view text = text_of(path);
  if (text.empty()) return with_text(path, collapsed(other));
  return with_text(path, collapsed(std::string(text).append("/").append(other)));
}

Value append_to_path(const PathObject& path, std::string_view text) {
  return with_text(path, collapsed(std::string(text_of(path)).append(text)));
}

Value parent_of(const PathObject& path) {
  const std::string_view parent =
      path_parent(path.is_staged() ? text_of(path) : std::string_view(path.text));
  if (parent.empty()) return {};
  return with_text(path, std::string(parent));
}

Value ancestor_of(const PathObject& path, std::int64_t levels) {
  Value current(const_cast<PathObject*>(&path));
  for (; levels > 0; --levels) {
    const Value parent = parent_of(current.get<PathObject>());
    if (parent.is_null()) break;
    current = parent;
  }
  return current;
}

std::vector<std::string_view> path_names(std::string_view text) {
  std::vector<std::string_view> names = base::split(text, '/');
  names.erase(std::remove_if(names.begin(), names.end(),
                             [](std::string_view name) { return name.empty(); }),
              names.end());
  return names;
}

Value names_of_path(const Value& path) {
  const auto& object = path.get<PathObject>();
  const std::vector<std::string_view> names = path_names(object.visible());
  if (object.is_staged() && names.size() == 1) return make_list({path});
  std::vector<Value> values;
  for (const std::string_view name : names) values.push_back(make_path(std::string(name)));
  return make_list(std::move(values));
}

std::string normalized(std::string_view text) {
  std::vector<std::string> kept;
  for (const std::string_view name : path_names(text)) {
    if (name == ".") continue;
    if (name == ".." && !kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (name != ".." || !is_absolute(text)) {
      kept.emplace_back(name);
    }
  }
  return (is_absolute(text) ? "/" : "") + base::join(kept, "/");
}

std::string relativized(std::string_view from, std::string_view to) {
  if (is_absolute(from) != is_absolute(to)) {
    throw script_error("IllegalArgumentException", "'other' is different type of Path");
  }
  const std::vector<std::string_view> a = path_names(from);
  const std::vector<std::string_view> b = path_names(to);
  std::size_t common = 0;
  while (common < a.size() && common < b.size() && a[common] == b[common]) ++common;
  std::vector<std::string> names(a.size() - common, "..");
  for (std::size_t i = common; i < b.size(); ++i) names.emplace_back(b[i]);
  return base::join(names, "/");
}

}  // namespace weir::lang
