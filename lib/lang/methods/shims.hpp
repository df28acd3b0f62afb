#pragma once

#include "lang/host.hpp"
#include "lang/methods/method.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace weir::lang {

/// Static functions of the larger shims (JSON, digests); empty when the class is none of them.
[[nodiscard]] MethodTable shim_static_methods(std::string_view simple_class_name);
/// The object behind `new org.yaml.snakeyaml.Yaml()` and groovy.yaml's classes.
[[nodiscard]] Value make_yaml();
/// `file.newReader()`: a java.io.BufferedReader of what `pieces` gives.
[[nodiscard]] Value open_reader(std::unique_ptr<PieceReader> pieces);
/// `file.newInputStream()`: opened when something is read from it.
[[nodiscard]] Value open_input_stream(const Value& path);
// `new GZIPInputStream(stream)`, `new BufferedInputStream(stream)`, `new InputStreamReader(stream,
// charset)`, `new BufferedReader(reader)`. Throw ScriptException for streams of other things.
[[nodiscard]] Value new_gzip_stream(const MethodCall& call);
[[nodiscard]] Value new_buffered_stream(const MethodCall& call);
[[nodiscard]] Value new_stream_reader(const MethodCall& call);
[[nodiscard]] Value new_buffered_reader(const MethodCall& call);
// The classes of java.util.concurrent.atomic.
[[nodiscard]] Value new_atomic_boolean(const MethodCall& call);
[[nodiscard]] Value new_atomic_integer(const MethodCall& call);
[[nodiscard]] Value new_atomic_long(const MethodCall& call);
[[nodiscard]] Value new_atomic_reference(const MethodCall& call);
/// `file.newWriter()`; `append`: the content stays.
[[nodiscard]] Value open_writer(Interpreter& interpreter, const Value& path, bool append);
/// `new groovy.json.JsonGenerator.Options()`.
[[nodiscard]] Value make_json_options();
/// `System.out` and `System.err`.
enum class StandardOutput : std::uint8_t { out, error };
[[nodiscard]] Value standard_stream(StandardOutput output);
/// A java.util.Random of that seed.
[[nodiscard]] Value make_random(std::uint64_t seed);
/// What `iterator()` gives: `hasNext`, `next`; all else is asked of a list of what is left.
[[nodiscard]] Value make_iterator(std::vector<Value> items);
/// `list.stream()`.
[[nodiscard]] Value make_stream(Value items);
/// An empty text that grows: `new StringBuilder()`.
[[nodiscard]] Value make_text_builder();

}  // namespace weir::lang
