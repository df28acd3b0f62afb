#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/classes.hpp"
#include "lang/methods/shims.hpp"
#include "lang/paths.hpp"
#include "lang/semantics.hpp"

#include <array>

// Functions of Path, Files and FilesEx. Declared in classes.hpp.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value path_of(Call call) {
  Value path = parse_path(text_argument(call, 0));
  for (std::size_t i = 1; i < call.size(); ++i)
    path = resolve_path(path.get<PathObject>(), text_argument(call, i));
  return path;
}

constexpr std::array k_path = {
    Method{"get", 1, -1, path_of, "a path of names"},
    Method{"of", 1, -1, path_of, "a path of names"},
};

/// The path itself, then everything below it.
Value walk(Call call) {
  std::vector<Value> found{call[0]};
  const Value visit = make_native_closure(1, [&found](Interpreter&, std::span<const Value> values) {
    found.push_back(values.front());
    return Value();
  });
  if (truth(call.interpreter.call_method(call[0], "isDirectory")))
    call.interpreter.call_method(call[0], "traverse", {std::span(&visit, 1), nullptr});
  return make_stream(make_list(std::move(found)));
}

Value list(Call call) {
  const Value paths = call.interpreter.call_method(call[0], "listDirectory");
  if (!paths.is_null()) return make_stream(paths);
  throw script_error("NotDirectoryException", to_text(call[0]));
}

constexpr std::array k_files = {
    Method{"copy", 2, 3,
           [](Call call) {
             const Value target = call[1];
             return call.interpreter.call_method(call[0], "copyTo",
                                                 Arguments{std::span(&target, 1), nullptr});
           },
           "copies a file"},
    Method{"createDirectories", 1, 1,
           [](Call call) {
             of_first(call, "mkdirs");
             return call[0];
           },
           "makes a folder and those above it"},
    Method{"createDirectory", 1, 1,
           [](Call call) {
             of_first(call, "mkdir");
             return call[0];
           },
           "makes a folder"},
    Method{"delete", 1, 1,
           [](Call call) {
             of_first(call, "delete");
             return Value();
           },
           "removes a file"},
    Method{"deleteIfExists", 1, 1, [](Call call) { return of_first(call, "delete"); },
           "removes a file"},
    Method{"exists", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "exists"); },
           "whether there is such a file"},
    Method{"isDirectory", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "isDirectory"); },
           "whether it is a folder"},
    Method{"isRegularFile", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "isFile"); },
           "whether it is a regular file"},
    Method{"isSymbolicLink", 1, 1,
           [](Call call) { return call.interpreter.call_method(call[0], "isLink"); },
           "whether it is a symbolic link"},
    Method{"list", 1, 1, list, "a stream of the paths within a folder"},
    Method{"move", 2, 3,
           [](Call call) {
             const Value target = call[1];
             return call.interpreter.call_method(call[0], "moveTo",
                                                 Arguments{std::span(&target, 1), nullptr});
           },
           "moves a file"},
    Method{"newBufferedReader", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "newReader"); },
           "a reader of a file's lines"},
    Method{"newInputStream", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "newInputStream"); },
           "a stream of a file's bytes"},
    Method{"readAllLines", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "readLines"); },
           "the lines of a file"},
    Method{"readString", 1, 2,
           [](Call call) { return call.interpreter.call_method(call[0], "getText"); },
           "the content of a file"},
    Method{"size", 1, 1, [](Call call) { return of_first(call, "size"); }, "size in bytes"},
    Method{
        "writeString", 2, 3,
        [](Call call) {
          const Value text = call[1];
          call.interpreter.call_method(call[0], "setText", Arguments{std::span(&text, 1), nullptr});
          return call[0];
        },
        "replaces the content of a file"},
    Method{"walk", 1, 1, walk, "a stream of a path and of everything below it"},
};

constexpr std::array k_files_ex = {
    Method{"copyTo", 2, 2, [](Call call) { return of_first(call, "copyTo"); }, "copies a file"},
    Method{"getBaseName", 1, 1, [](Call call) { return of_first(call, "getBaseName"); },
           "the name without its last suffix"},
    Method{"getSimpleName", 1, 1, [](Call call) { return of_first(call, "getSimpleName"); },
           "the name without any suffix"},
    Method{"mkdirs", 1, 1, [](Call call) { return of_first(call, "mkdirs"); },
           "makes a folder and those above it"},
};

}  // namespace

MethodTable path_class() {
  return k_path;
}
MethodTable files_class() {
  return k_files;
}
MethodTable files_ex_class() {
  return k_files_ex;
}

}  // namespace weir::lang
