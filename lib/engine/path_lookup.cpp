#include "engine/path_lookup.hpp"

#include "engine/file_access.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "engine/stage_names.hpp"
#include "lang/exceptions.hpp"
#include "lang/ordered_table.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace weir::engine {
namespace {

namespace fs = std::filesystem;
using lang::Value;

/// Length of "scheme" in "scheme://…", or 0.
std::size_t scheme_length(std::string_view name) {
  const std::size_t colon = name.find("://");
  if (colon == std::string_view::npos || colon == 0) return 0;
  const bool word =
      std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '-';
      });
  return word ? colon : 0;
}

std::string normal(const fs::path& path) {
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

struct Split {
  std::string folder;   ///< without wildcards, absolute
  std::string pattern;  ///< the rest
};

/// Cuts a glob at the first component that has a wildcard.
Split split_pattern(std::string_view pattern, const std::string& base_folder) {
  std::size_t cut = 0;
  std::size_t at = 0;
  while (at < pattern.size()) {
    const std::size_t slash = pattern.find('/', at);
    if (slash == std::string_view::npos) break;
    if (base::Glob::is_pattern(pattern.substr(at, slash - at))) break;
    cut = slash + 1;
    at = slash + 1;
  }
  const std::string head = base::Glob::unescape(pattern.substr(0, cut));
  return {normal(fs::path(base_folder) / head), std::string(pattern.substr(cut))};
}

[[noreturn]] void no_such_file(std::string_view name) {
  throw lang::ScriptException("NoSuchFileException", std::string(name));
}

base::FindOptions find_options(const LookupOptions& options) {
  base::FindOptions find;
  find.hidden = options.hidden;
  find.follow_links = options.follow_links;
  find.depth_max = options.depth_max;
  switch (options.type) {
    case LookupOptions::Type::file: find.type = base::FindOptions::Type::file; break;
    case LookupOptions::Type::dir: find.type = base::FindOptions::Type::directory; break;
    case LookupOptions::Type::any: find.type = base::FindOptions::Type::any; break;
  }
  return find;
}

std::vector<std::string> find_names(std::string_view pattern, const std::string& folder,
                                    const LookupOptions& options) {
  Split split = split_pattern(pattern, folder);
  std::vector<std::string> names;
  if (!base::file_info(split.folder)) return names;
  base::FindOptions find = find_options(options);
  const std::size_t slash = split.pattern.rfind('/');
  if (split.pattern.substr(slash == std::string::npos ? 0 : slash + 1).starts_with('.'))
    find.hidden = true;
  for (std::string& name : base::find_files(split.folder, split.pattern, find)) {
    if (options.relative) {
      names.push_back(std::move(name));
    } else {
      names.push_back((split.folder == "/" ? "" : split.folder) + "/" + name);
    }
  }
  return names;
}

}  // namespace

LookupOptions lookup_options(const lang::MapObject* options, LookupOptions result) {
  if (options == nullptr) return result;
  const auto flag = [&](std::string_view name, bool& target) {
    if (const Value* const value = options->items.find(name)) target = lang::truth(*value);
  };
  flag("glob", result.glob);
  flag("hidden", result.hidden);
  flag("followLinks", result.follow_links);
  flag("checkIfExists", result.check_if_exists);
  flag("relative", result.relative);
  if (const Value* const depth = options->items.find("maxDepth");
      depth != nullptr && depth->is_integer()) {
    if (depth->as_int64() >= 0) result.depth_max = static_cast<std::size_t>(depth->as_int64());
  }
  if (const Value* const type = options->items.find("type"); type != nullptr && !type->is_null()) {
    const std::string word = lang::to_text(*type);
    if (word != "file" && word != "dir" && word != "any") {
      throw Error(ErrorKind::input, fmt::format("option 'type' does not take '{}'", word))
          .with_hint("use 'file', 'dir' or 'any'");
    }
    result.type = word == "file"
                      ? LookupOptions::Type::file
                      : (word == "dir" ? LookupOptions::Type::dir : LookupOptions::Type::any);
  }
  return result;
}

Value staged_path(const std::string& source, const std::string& stage_name) {
  const auto path = lang::make<lang::PathObject>(source);
  path->stage_name = stage_name;
  path->stage_text = escape_for_script(stage_name);
  return path;
}

bool is_path_text(const Value& value) {
  if (!value.is_string()) return false;
  const std::string& text = value.text();
  if (text.find('\n') != std::string::npos) return false;
  return text.starts_with('/') || text.find("://") != std::string::npos;
}

Value path_of(std::string_view name, const std::string& folder) {
  if (const std::size_t length = scheme_length(name); length > 0) {
    const std::string scheme(name.substr(0, length));
    const std::string rest(name.substr(length + 3));
    if (scheme == "file") return lang::make_path(normal(fs::path(rest)));
    return lang::make_path(rest, scheme);
  }
  return lang::make_path(normal(fs::path(folder) / fs::path(name)));
}

bool is_glob(std::string_view name, const LookupOptions& options) {
  return options.glob && scheme_length(name) == 0 && base::Glob::is_pattern(name);
}

std::vector<Value> find_paths(std::string_view pattern, const std::string& folder,
                              const LookupOptions& options) {
  // The folder itself would be what an unset variable of a command line means.
  if (pattern.empty())
    throw lang::ScriptException("IllegalArgumentException", "Path string cannot be empty");
  std::vector<Value> paths;
  if (!is_glob(pattern, options)) {
    const std::string name = options.glob && scheme_length(pattern) == 0
                                 ? base::Glob::unescape(pattern)
                                 : std::string(pattern);
    Value path = path_of(name, folder);
    const auto* const object = path.as<lang::PathObject>();
    const bool is_local = object->scheme.empty();
    if (options.check_if_exists && is_local && !base::file_info(object->text))
      no_such_file(object->text);
    if (options.check_if_exists && !is_local && options.files != nullptr &&
        !options.files->attributes(*object))
      no_such_file(object->uri());
    paths.push_back(std::move(path));
    return paths;
  }
  for (std::string& name : find_names(pattern, folder, options))
    paths.push_back(lang::make_path(std::move(name)));
  if (paths.empty() && options.check_if_exists) {
    // Of an absolute pattern, the folders before its first wildcard are the path.
    const std::size_t before = pattern.starts_with('/') ? base::Glob::folder_length(pattern) : 0;
    const std::string_view where = before == 0 ? folder : pattern.substr(0, before);
    const std::string_view what = pattern.substr(before);
    throw lang::ScriptException(
        "IllegalArgumentException",
        fmt::format("No files match pattern `{}` at path: {}", what, where));
  }
  return paths;
}

std::string pair_key(std::string_view file_name, std::string_view pattern) {
  const std::size_t bracket = pattern.find_first_of("{[");
  const std::size_t wildcard = pattern.substr(0, bracket).find_last_of("*?");
  std::size_t end = bracket == std::string_view::npos ? file_name.find('.', 1) : bracket;
  const std::size_t cuts = wildcard == std::string_view::npos ? 0 : file_name.size() + 1;
  const base::Glob head(pattern.substr(0, cuts == 0 ? 0 : wildcard + 1));
  const base::Glob tail(pattern.substr(cuts == 0 ? 0 : wildcard + 1));
  for (std::size_t cut = cuts; cut-- > 0;) {
    if (head.matches(file_name.substr(0, cut)) && tail.matches(file_name.substr(cut))) {
      end = cut;
      break;
    }
  }
  std::string key(file_name.substr(0, end));
  while (!key.empty() && (key.back() == '-' || key.back() == '_' || key.back() == '.'))
    key.pop_back();
  return key;
}

namespace {

/// `[key, [files]]`, or `[key, file, file]`.
Value pair_tuple(const Value& key, std::vector<Value> files, bool flat) {
  std::sort(files.begin(), files.end(), [](const Value& a, const Value& b) {
    return a.as<lang::PathObject>()->text < b.as<lang::PathObject>()->text;
  });
  std::vector<Value> tuple{key};
  if (flat) {
    tuple.insert(tuple.end(), files.begin(), files.end());
  } else {
    tuple.push_back(lang::make_list(std::move(files)));
  }
  return lang::make_list(std::move(tuple));
}

}  // namespace

std::vector<Value> find_pairs(const std::vector<std::string>& patterns, const std::string& folder,
                              const PairOptions& options) {
  const bool any_glob = std::any_of(patterns.begin(), patterns.end(), [&](const std::string& one) {
    return is_glob(one, options.lookup);
  });
  const std::int64_t size = options.size != 0 ? options.size : any_glob ? 2 : 1;
  std::vector<Value> tuples;
  lang::OrderedTable index;  // of the groups by key
  std::vector<std::pair<Value, std::vector<Value>>> groups;
  for (const std::string& pattern : patterns) {
    const std::string_view leaf = std::string_view(pattern).substr(pattern.rfind('/') + 1);
    for (Value& path : find_paths(pattern, folder, options.lookup)) {
      const std::string name = fs::path(path.as<lang::PathObject>()->text).filename().string();
      const Value key = options.key_of ? options.key_of(path) : Value::string(pair_key(name, leaf));
      const Value* const known = index.find(key);
      const std::size_t place =
          known == nullptr ? groups.size() : static_cast<std::size_t>(known->as_int64());
      if (known == nullptr) {
        index.put(key, Value::long_integer(static_cast<std::int64_t>(place)));
        groups.emplace_back(key, std::vector<Value>());
      }
      std::vector<Value>& files = groups[place].second;
      files.push_back(std::move(path));
      if (size > 0 && files.size() == static_cast<std::size_t>(size))
        tuples.push_back(pair_tuple(key, std::exchange(files, {}), options.flat));
    }
  }
  if (size > 0) return tuples;
  for (auto& [key, files] : groups)
    tuples.push_back(pair_tuple(key, std::move(files), options.flat));
  return tuples;
}

}  // namespace weir::engine
