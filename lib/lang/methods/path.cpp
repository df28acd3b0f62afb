#include "lang/charsets.hpp"
#include "lang/encodings.hpp"
#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/shims.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/numbers.hpp"
#include "lang/operators.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"

#include <algorithm>
#include <array>
#include <limits>

// Methods of paths. Names and parts are text (paths.hpp); everything on the disk is asked of the
// host. Declared in method.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;
using Attributes = FileSystem::Attributes;

const PathObject& path_of(Call call) {
  return call.self.get<PathObject>();
}
FileSystem& files(Call call) {
  return call.interpreter.host().files();
}
std::optional<Attributes> attributes(Call call) {
  return files(call).attributes(path_of(call));
}

/// Another path that was given as path or text; relative ones are taken from the launch folder.
Value other_path(Call call, std::size_t index = 0) {
  require_value(call[index], "the path");
  return cast(call.interpreter,
              call[index].kind() == Kind::path ? call[index] : Value::string(to_text(call[index])),
              "Path");
}

/// The query of a web address is no part of the file's name.
std::string last_name(const PathObject& path) {
  std::string_view text = path.visible();
  const bool is_web = path.scheme == "https" || path.scheme == "http";
  if (is_web && !path.is_staged()) text = text.substr(0, text.find_first_of("?#"));
  return std::string(path_name(text));
}

/// The name as scripts see it: for a task input, relative to the task's folder.
std::string name_of(const PathObject& path) {
  return path.is_staged() ? path.stage_name : last_name(path);
}

Value text_value(std::string text) {
  return Value::string(std::move(text));
}

Value file_name(Call call) {
  if (last_name(path_of(call)).empty()) return {};  // of the root
  return make_path(last_name(path_of(call)), path_of(call).scheme);
}

/// The charset named by an argument, by its name or a constant of StandardCharsets.
std::string charset_argument(Call call, std::size_t index) {
  const bool is_given = call.has(index) && !is_closure(call[index]);
  return is_given ? text_argument(call, index) : "UTF-8";
}

/// The content by the charset that the first argument names.
std::string decoded_content(Call call) {
  return decoded(files(call).read(path_of(call), false), charset_argument(call, 0));
}

std::unique_ptr<PieceReader> decoded_source(Call call) {
  return decoded_pieces(files(call).open(path_of(call), FileSystem::Gzip::keep),
                        charset_argument(call, 0));
}

Value read_text(Call call) {
  return text_value(decoded_content(call));
}

Value write_text(Call call, FileSystem::WriteMode mode) {
  files(call).write(path_of(call), encoded(text_argument(call, 0), charset_argument(call, 1)),
                    mode);
  return call.size() > 0 && mode == FileSystem::WriteMode::append ? call.self : Value();
}

std::vector<Value> children(Call call, const Value& folder) {
  std::vector<Value> paths;
  for (const std::string& name : files(call).list(folder.get<PathObject>())) {
    paths.push_back(resolve_path(folder.get<PathObject>(), name));
  }
  return paths;
}

bool is_folder(Call call, const Value& path) {
  const std::optional<Attributes> found = files(call).attributes(path.get<PathObject>());
  return found && found->is_directory;
}

Value list_names(Call call) {
  if (!is_folder(call, call.self)) return {};
  return string_array(files(call).list(path_of(call)));
}

Value list_files(Call call) {
  if (!is_folder(call, call.self)) return {};
  return make_array(children(call, call.self));
}

Value list_directory(Call call) {
  if (!is_folder(call, call.self)) return {};
  return make_list(children(call, call.self));
}

/// What a walk through a folder calls the closure with.
struct Visit {
  enum class What { any, files, folders };
  What what = What::any;
  std::int64_t depth_max = 0;     ///< folders below the first
  const Value* filter = nullptr;  ///< a criterion for names
};

constexpr std::int64_t k_any_depth = std::numeric_limits<std::int64_t>::max();

void visit(Call call, const Value& folder, const Visit& wanted, std::int64_t depth,
           const Value& action) {
  for (const Value& child : children(call, folder)) {
    const bool is_directory = is_folder(call, child);
    const Value name = Value::string(last_name(child.get<PathObject>()));
    const bool is_wanted =
        wanted.what == Visit::What::any || (wanted.what == Visit::What::folders) == is_directory;
    if (is_wanted && (wanted.filter == nullptr || is_case(call.interpreter, *wanted.filter, name)))
      call.interpreter.call(action, child);
    if (is_directory && depth < wanted.depth_max) visit(call, child, wanted, depth + 1, action);
  }
}

/// A constant of groovy.io.FileType.
Visit::What file_type(const Value& value) {
  const std::string name = to_text(value);
  if (name == "FILES") return Visit::What::files;
  if (name == "DIRECTORIES") return Visit::What::folders;
  if (name == "ANY") return Visit::What::any;
  throw script_error("IllegalArgumentException",
                     "a FileType is FILES, DIRECTORIES or ANY, not '" + name + "'");
}

/// `eachFile(type) { … }`; the type may be left out.
Value each_child(Call call, Visit wanted) {
  if (call.size() == 2) wanted.what = file_type(call[0]);
  visit(call, call.self, wanted, 0, call[call.size() - 1]);
  return {};
}

/// `eachFileMatch(type, filter) { … }`; the type may be left out.
Value each_matching(Call call, Visit wanted) {
  if (call.size() == 3) wanted.what = file_type(call[0]);
  wanted.filter = &call[call.size() - 2];
  visit(call, call.self, wanted, 0, call[call.size() - 1]);
  return {};
}

/// `traverse(type: …, maxDepth: …, nameFilter: …) { … }`.
Value traverse(Call call) {
  Visit wanted{.depth_max = k_any_depth};
  const MapObject* const first = call.size() == 2 ? call[0].as<MapObject>() : nullptr;
  const MapObject* const options = call.named != nullptr ? call.named : first;
  if (options != nullptr) {
    for (const auto& entry : options->items.entries()) {
      const std::string name = to_text(entry.key);
      if (name == "type") {
        wanted.what = file_type(entry.value);
      } else if (name == "maxDepth") {
        const std::int64_t depth = to_int64(entry.value);
        wanted.depth_max = depth < 0 ? k_any_depth : depth;
      } else if (name == "nameFilter") {
        wanted.filter = &entry.value;
      } else {
        throw script_error(
            "UnsupportedOperationException",
            "'traverse' has the options type, maxDepth and nameFilter here, not '" + name + "'");
      }
    }
  }
  visit(call, call.self, wanted, 0, call[call.size() - 1]);
  return {};
}

Value each_line(Call call) {
  std::int64_t number = call.size() == 2 ? integer_argument(call, 0) : 1;
  const Value& closure = call[call.size() - 1];
  Value last;
  for (const std::string& line : lines_of(files(call).read(path_of(call), false))) {
    const Value text = Value::string(std::string_view(line));
    last = closure_arity(closure) == 2
               ? call.interpreter.call(closure, text, Value::number(number++))
               : call.interpreter.call(closure, text);
  }
  return last;
}

/// A folder as target takes the file under its own name.
Value into_folder(Call call, const Value& target) {
  if (!is_folder(call, target)) return target;
  return resolve_path(target.get<PathObject>(), last_name(path_of(call)));
}

Value copy_to(Call call) {
  const Value target = into_folder(call, other_path(call));
  files(call).copy(path_of(call), target.get<PathObject>());
  return target;
}

Value move_to(Call call) {
  const Value target = into_folder(call, other_path(call));
  files(call).move(path_of(call), target.get<PathObject>());
  return target;
}

Value rename_to(Call call) {
  Value target = call[0];
  if (target.kind() != Kind::path) {
    const Value parent = parent_of(path_of(call));
    target = parent.is_null() ? parse_path(to_text(target))
                              : resolve_path(parent.get<PathObject>(), to_text(target));
  }
  files(call).move(path_of(call), target.get<PathObject>());
  return Value::boolean(true);
}

Value make_link(Call call) {
  const auto is_on = [&](std::string_view name) {
    const Value* value = call.named == nullptr ? nullptr : call.named->items.find(name);
    return value != nullptr && truth(*value);
  };
  const Value link =
      call.has(0) ? other_path(call)
                  : parse_path(call.interpreter.host().files().absolute(last_name(path_of(call))));
  files(call).link(path_of(call), link.get<PathObject>(), is_on("hard"), is_on("overwrite"));
  return link;
}

std::string permission_text(std::uint32_t bits) {
  std::string text;
  for (int i = 8; i >= 0; --i) text += (bits >> i & 1U) != 0 ? "xwr"[i % 3] : '-';
  return text;
}

Value set_permissions(Call call) {
  std::uint32_t bits = 0;
  if (call.size() == 3) {
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 3 | static_cast<std::uint32_t>(integer_argument(call, i) & 7);
  } else {
    const std::string text = text_argument(call, 0);
    if (text.size() != 9)
      throw script_error("IllegalArgumentException",
                         "permissions are nine letters such as 'rwxr-xr-x', not '" + text + "'");
    for (const char c : text) bits = bits << 1 | (c == '-' ? 0U : 1U);
  }
  return Value::boolean(files(call).set_permissions(path_of(call), bits));
}

Value with_stage_name(const PathObject& path, std::string text) {
  return make_path(std::move(text), path.scheme);
}

Value to_absolute(Call call) {
  if (!path_of(call).scheme.empty()) return call.self;
  return with_stage_name(path_of(call), files(call).absolute(path_of(call).text));
}

Value is_empty(Call call) {
  const std::optional<Attributes> found = attributes(call);
  if (!found) return Value::boolean(true);
  if (found->is_directory) return Value::boolean(files(call).list(path_of(call)).empty());
  return Value::boolean(found->size_bytes == 0);
}

Value size(Call call) {
  const std::optional<Attributes> found = attributes(call);
  if (!found) throw script_error("NoSuchFileException", path_of(call).uri());
  return Value::long_integer(found->size_bytes);
}

Value test(Call call, bool (*predicate)(const Attributes&)) {
  const std::optional<Attributes> found = attributes(call);
  return Value::boolean(found && predicate(*found));
}

Value resolve_sibling(Call call) {
  const Value parent = parent_of(path_of(call));
  return parent.is_null() ? parse_path(text_argument(call, 0))
                          : resolve_path(parent.get<PathObject>(), text_argument(call, 0));
}

Value name_at(Call call) {
  const std::vector<std::string_view> names = path_names(path_of(call).visible());
  const std::int64_t index = integer_argument(call, 0);
  if (index < 0 || index >= static_cast<std::int64_t>(names.size()))
    throw script_error("IllegalArgumentException", "the path has no name " + std::to_string(index));
  return make_path(std::string(names[static_cast<std::size_t>(index)]), path_of(call).scheme);
}

Value starts_with(Call call) {
  const std::vector<std::string_view> own = path_names(path_of(call).text);
  const std::string other = to_text(call[0]);
  const std::vector<std::string_view> front = path_names(other);
  const bool same_root = (other.substr(0, 1) == "/") == (path_of(call).text.substr(0, 1) == "/");
  return Value::boolean(same_root && front.size() <= own.size() &&
                        std::equal(front.begin(), front.end(), own.begin()));
}

Value ends_with(Call call) {
  const std::vector<std::string_view> own = path_names(path_of(call).text);
  const std::string other = to_text(call[0]);
  const std::vector<std::string_view> back = path_names(other);
  // From the root on, it can but be the whole path.
  if (other.substr(0, 1) == "/" &&
      (back.size() != own.size() || path_of(call).text.substr(0, 1) != "/"))
    return Value::boolean(false);
  return Value::boolean(back.size() <= own.size() &&
                        std::equal(back.rbegin(), back.rend(), own.rbegin()));
}

Value with_lines(Call call) {
  return string_list(lines_of(decoded_content(call)));
}

Value owner_only(Call call, std::uint32_t bit) {
  const std::optional<Attributes> found = attributes(call);
  return Value::boolean(found && (found->permissions & bit) != 0);
}

Value with_stream(Call call, const Value& stream) {
  return call.interpreter.call(call[call.size() - 1], stream);
}

Value without_suffix(Call call) {
  const std::string whole = name_of(path_of(call));
  return text_value(base_name(path_name(whole), integer_argument(call, 0, 1)));
}

Value name_count(Call call) {
  const std::size_t count = path_names(path_of(call).visible()).size();
  return Value::number(static_cast<std::int64_t>(count));
}

Value root(Call call) {
  const PathObject& path = path_of(call);
  return path.text.substr(0, 1) == "/" ? make_path("/", path.scheme) : Value();
}

Value is_absolute(Call call) {
  const PathObject& path = path_of(call);
  return Value::boolean(!path.scheme.empty() || path.text.substr(0, 1) == "/");
}

Value subpath(Call call) {
  const std::vector<std::string_view> names = path_names(path_of(call).visible());
  const auto count = static_cast<std::int64_t>(names.size());
  const std::int64_t begin = integer_argument(call, 0);
  const std::int64_t end = integer_argument(call, 1);
  if (begin < 0 || end > count || begin >= end)
    throw script_error("IllegalArgumentException",
                       "the path has no names " + std::to_string(begin) + " to " +
                           std::to_string(end) + ", it has " + std::to_string(count));
  std::string text;
  for (std::int64_t i = begin; i < end; ++i)
    text += (text.empty() ? "" : "/") + std::string(names[static_cast<std::size_t>(i)]);
  return make_path(std::move(text));
}

Value to_uri(Call call) {
  const PathObject& path = path_of(call);
  return text_value(path.scheme.empty() ? "file://" + path.text : path.uri());
}

constexpr std::array k_methods = {
    Method{"append", 1, 2,
           [](Call call) { return write_text(call, FileSystem::WriteMode::append); },
           "adds text at the end of the file"},
    Method{"canExecute", 0, 0,
           [](Call call) { return owner_only(call, 0111); },
           "whether it may be executed"},
    Method{"canRead", 0, 0,
           [](Call call) { return owner_only(call, 0444); },
           "whether it may be read"},
    Method{"canWrite", 0, 0,
           [](Call call) { return owner_only(call, 0222); },
           "whether it may be written"},
    Method{"complete", 0, 0, to_absolute, "the absolute path"},
    Method{"copyTo", 1, 1, copy_to, "copies the file or folder"},
    Method{"delete", 0, 0,
           [](Call call) { return Value::boolean(files(call).remove(path_of(call))); },
           "removes the file or empty folder"},
    Method{"deleteDir", 0, 0,
           [](Call call) { return Value::boolean(files(call).remove_tree(path_of(call))); },
           "removes the folder with its content"},
    Method{"div", 1, 1,
           [](Call call) { return divide(call.interpreter, call.self, call[0]); },
           "a path below this one"},
    Method{"eachDir", 1, 1,
           [](Call call) { return each_child(call, {.what = Visit::What::folders}); },
           "calls the closure with each folder within"},
    Method{"eachDirMatch", 2, 2,
           [](Call call) { return each_matching(call, {.what = Visit::What::folders}); },
           "calls the closure with each folder whose name meets a criterion"},
    Method{"eachDirRecurse", 1, 1,
           [](Call call) {
             return each_child(call, {.what = Visit::What::folders, .depth_max = k_any_depth});
           },
           "calls the closure with each folder at any depth"},
    Method{"eachFile", 1, 2,
           [](Call call) { return each_child(call, {}); },
           "calls the closure with each file and folder within"},
    Method{"eachFileMatch", 2, 3, [](Call call) { return each_matching(call, {}); },
           "calls the closure with each one whose name meets a criterion"},
    Method{"eachFileRecurse", 1, 2,
           [](Call call) { return each_child(call, {.depth_max = k_any_depth}); },
           "calls the closure with each file and folder at any depth"},
    Method{"eachLine", 1, 2, each_line, "calls the closure with each line"},
    Method{"endsWith", 1, 1, ends_with, "whether the last names are these"},
    Method{"exists", 0, 1,
           [](Call call) { return Value::boolean(attributes(call).has_value()); },
           "whether there is such a file"},
    Method{"getBytes", 0, 0,
           [](Call call) {
             return list_of_bytes(files(call).read(path_of(call), false));
           },
           "the content as integers"},
    Method{"getBaseName", 0, 1, without_suffix, "the name without its last suffix"},
    Method{"getExtension", 0, 0,
           [](Call call) { return text_value(extension_of(last_name(path_of(call)))); },
           "the last suffix"},
    Method{"getFileName", 0, 0, file_name, "the last name, as a path"},
    Method{"getName", 0, 0,
           [](Call call) { return text_value(name_of(path_of(call))); },
           "the last name"},
    Method{"getName", 1, 1, name_at, "the name at a position, as a path"},
    Method{"getNameCount", 0, 0, name_count, "number of names"},
    Method{"getParent", 0, 0,
           [](Call call) { return parent_of(path_of(call)); },
           "the folder it lies in, or null"},
    Method{"getParentFile", 0, 0,
           [](Call call) { return parent_of(path_of(call)); },
           "the folder it lies in, or null"},
    Method{"getPermissions", 0, 0,
           [](Call call) {
             const std::optional<Attributes> found = attributes(call);
             if (!found) throw script_error("NoSuchFileException", path_of(call).uri());
             return text_value(permission_text(found->permissions));
           },
           "such as 'rw-r--r--'"},
    Method{"getRoot", 0, 0, root, "the root, or null"},
    Method{"getScheme", 0, 0,
           [](Call call) {
             return text_value(path_of(call).scheme.empty() ? "file" : path_of(call).scheme);
           },
           "the scheme, such as 's3' or 'file'"},
    Method{"getSimpleName", 0, 0,
           [](Call call) { return text_value(simple_name(last_name(path_of(call)))); },
           "the name without any suffix"},
    Method{"getText", 0, 1, read_text, "the content"},
    Method{"isAbsolute", 0, 0, is_absolute, "whether it begins at the root"},
    Method{"isDirectory", 0, 1,
           [](Call call) {
             return test(call, [](const Attributes& found) { return found.is_directory; });
           },
           "whether it is a folder"},
    Method{"isEmpty", 0, 0, is_empty, "whether it has no content or does not exist"},
    Method{"empty", 0, 0, is_empty, "whether it has no content or does not exist"},
    Method{"isFile", 0, 1,
           [](Call call) {
             return test(call, [](const Attributes& found) { return found.is_regular; });
           },
           "whether it is a regular file"},
    Method{"isHidden", 0, 0,
           [](Call call) { return Value::boolean(last_name(path_of(call)).substr(0, 1) == "."); },
           "whether the name begins with a dot"},
    Method{"isLink", 0, 0,
           [](Call call) {
             return test(call, [](const Attributes& found) { return found.is_link; });
           },
           "whether it is a symbolic link"},
    Method{"lastModified", 0, 1,
           [](Call call) {
             const std::optional<Attributes> found = attributes(call);
             return Value::long_integer(found ? found->modified_millis : 0);
           },
           "time of the last change, in milliseconds"},
    Method{"leftShift", 1, 1,
           [](Call call) { return write_text(call, FileSystem::WriteMode::append); },
           "adds text at the end of the file"},
    Method{"length", 0, 0, size, "size in bytes"},
    Method{"list", 0, 0, list_names, "the names within the folder"},
    Method{"listDirectory", 0, 0, list_directory, "the paths within the folder"},
    Method{"listFiles", 0, 0, list_files, "the paths within the folder"},
    Method{"minus", 1, 1,
           [](Call call) { return subtract(call.interpreter, call.self, call[0]); },
           "so many folders up"},
    Method{"mkdir", 0, 0,
           [](Call call) { return Value::boolean(files(call).make_folder(path_of(call))); },
           "makes the folder"},
    Method{"mkdirs", 0, 0,
           [](Call call) { return Value::boolean(files(call).make_folders(path_of(call))); },
           "makes the folder and those above it"},
    Method{"mklink", 0, 1, make_link, "makes a link to this path"},
    Method{"moveTo", 1, 1, move_to, "moves the file or folder"},
    Method{"newInputStream", 0, 0, [](Call call) { return open_input_stream(call.self); },
           "a stream of its bytes"},
    Method{"newReader", 0, 1,
           [](Call call) { return open_reader(decoded_source(call)); },
           "a reader of its lines"},
    Method{"newWriter", 0, 2,
           [](Call call) { return open_writer(call.interpreter, call.self, false); },
           "a writer that replaces the content"},
    Method{"normalize", 0, 0,
           [](Call call) {
             return with_stage_name(path_of(call), normalized(path_of(call).visible()));
           },
           "without . and .."},
    Method{"plus", 1, 1,
           [](Call call) { return add(call.interpreter, call.self, call[0]); },
           "with text added to its name"},
    Method{"readLines", 0, 1, with_lines, "the lines"},
    Method{"relativize", 1, 1,
           [](Call call) {
             return make_path(relativized(path_of(call).visible(), to_text(call[0])));
           },
           "the way from here to another path"},
    Method{"renameTo", 1, 1, rename_to, "gives it another name"},
    Method{"resolve", 1, 1,
           [](Call call) { return resolve_path(path_of(call), text_argument(call, 0)); },
           "a path below this one"},
    Method{"resolveSibling", 1, 1, resolve_sibling, "a path beside this one"},
    Method{"setPermissions", 1, 3, set_permissions, "sets permissions by letters or three digits"},
    Method{"setBytes", 1, 1,
           [](Call call) {
             files(call).write(path_of(call), bytes_of(call[0]), FileSystem::WriteMode::replace);
             return Value();
           },
           "replaces the content by bytes"},
    Method{"setText", 1, 2,
           [](Call call) { return write_text(call, FileSystem::WriteMode::replace); },
           "replaces the content"},
    Method{"size", 0, 0, size, "size in bytes"},
    Method{"startsWith", 1, 1, starts_with, "whether the first names are these"},
    Method{"subpath", 2, 2, subpath, "some of its names, as a relative path"},
    Method{"toAbsolutePath", 0, 0, to_absolute, "the absolute path"},
    Method{"toFile", 0, 0, [](Call call) { return call.self; }, "the path"},
    Method{"toPath", 0, 0, [](Call call) { return call.self; }, "the path"},
    Method{"getAbsolutePath", 0, 0,
           [](Call call) { return text_value(to_text(to_absolute(call))); },
           "the absolute path as text"},
    Method{"getCanonicalPath", 0, 0,
           [](Call call) { return text_value(files(call).real_path(path_of(call))); },
           "the absolute path without links, as text"},
    Method{"getPath", 0, 0,
           [](Call call) { return text_value(path_of(call).visible()); },
           "the path as text"},
    Method{"toRealPath", 0, 1,
           [](Call call) {
             return make_path(files(call).real_path(path_of(call)), path_of(call).scheme);
           },
           "the absolute path without links"},
    Method{"toUri", 0, 0, to_uri, "with the scheme"},
    Method{"toUriString", 0, 0,
           [](Call call) { return text_value(path_of(call).uri()); },
           "with the scheme, unless it is local"},
    Method{"traverse", 1, 2, traverse, "calls the closure with each file and folder at any depth"},
    Method{"withInputStream", 1, 1,
           [](Call call) { return with_stream(call, open_input_stream(call.self)); },
           "calls the closure with a stream of its bytes"},
    Method{"withPrintWriter", 1, 2,
           [](Call call) {
             return with_stream(call, open_writer(call.interpreter, call.self, false));
           },
           "calls the closure with a writer that replaces the content"},
    Method{"withReader", 1, 2,
           [](Call call) { return with_stream(call, open_reader(decoded_source(call))); },
           "calls the closure with a reader of its lines"},
    Method{"withWriter", 1, 2,
           [](Call call) {
             return with_stream(call, open_writer(call.interpreter, call.self, false));
           },
           "calls the closure with a writer that replaces the content"},
    Method{"withWriterAppend", 1, 2,
           [](Call call) {
             return with_stream(call, open_writer(call.interpreter, call.self, true));
           },
           "calls the closure with a writer that adds at the end"},
    Method{"write", 1, 2,
           [](Call call) { return write_text(call, FileSystem::WriteMode::replace); },
           "replaces the content"},
};

}  // namespace

MethodTable path_methods() {
  return k_methods;
}

}  // namespace weir::lang
