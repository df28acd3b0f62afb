#include "lang/interpreter.hpp"
#include "lang/methods/classes.hpp"
#include "lang/paths.hpp"

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
    Method{"move", 2, 3,
           [](Call call) {
             const Value target = call[1];
             return call.interpreter.call_method(call[0], "moveTo",
                                                 Arguments{std::span(&target, 1), nullptr});
           },
           "moves a file"},
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
