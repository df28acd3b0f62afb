#include "lang/exceptions.hpp"
#include "lang/interpreter.hpp"
#include "lang/methods/method.hpp"
#include "lang/methods/text_helpers.hpp"
#include "lang/numbers.hpp"
#include "lang/semantics.hpp"
#include "lang/utf16.hpp"

#include <array>

// Functions that scripts call without an object and that need nothing of the engine. Declared in
// method.hpp; the others
// (`file`, `groupKey`, ...) are the host's.

namespace weir::lang {
namespace {

using Call = const MethodCall&;

Value print(Call call, bool new_line) {
  std::string text;
  if (call.has(0)) text = printable_units(to_text(call[0]));
  if (new_line) text += '\n';
  call.interpreter.host().print(text);
  return {};
}

Value error(Call call) {
  throw script_error("WorkflowScriptErrorException",
                     call.has(0) ? to_text(call[0]) : "the script reported an error");
}

Value exit_run(Call call) {
  // exit(), exit(status), exit(message), exit(status, message)
  const bool has_status = call.has(0) && is_number(call[0]);
  const std::size_t message_at = has_status ? 1 : 0;
  const std::string message = call.has(message_at) ? to_text(call[message_at]) : "";
  call.interpreter.host().exit(has_status ? to_int32(call[0]) : 0, message);
  return {};
}

Value tuple(Call call) {
  if (call.size() == 1 && is_collection(call[0])) return make_tuple(elements_of(call[0]));
  return make_tuple({call.arguments.begin(), call.arguments.end()});
}

Value record(Call call) {
  const Ref<MapObject> record = make<MapObject>(Kind::record);
  if (call.named != nullptr) record->items = call.named->items;
  if (call.has(0) && call[0].as<MapObject>() != nullptr)
    record->items = call[0].get<MapObject>().items;
  return record;
}

Value environment(Call call) {
  const std::optional<std::string> value =
      call.interpreter.host().environment(text_argument(call, 0));
  return value ? Value::string(std::string_view(*value)) : Value();
}

Value print_formatted(Call call) {
  call.interpreter.host().print(format_values(call.arguments));
  return {};
}

Value sleep(Call call) {
  call.interpreter.host().sleep_millis(
      call[0].kind() == Kind::duration ? call[0].as_int64() : integer_argument(call, 0));
  return {};
}

Value itself(Call call) {
  return call[0];
}

constexpr std::array k_functions = {
    Method{"branchCriteria", 1, 1, itself, "criteria of branch, to be used several times"},
    Method{"env", 1, 1, environment, "an environment variable, or null"},
    Method{"error", 0, 1, error, "ends the run with an error"},
    Method{"exit", 0, 2, exit_run, "ends the run with a status and a message"},
    Method{"multiMapCriteria", 1, 1, itself, "criteria of multiMap, to be used several times"},
    Method{"print", 0, 1, [](Call call) { return print(call, false); }, "prints a value"},
    Method{"printf", 1, -1, print_formatted, "prints values by a format"},
    Method{"println", 0, 1, [](Call call) { return print(call, true); },
           "prints a value and a new line"},
    Method{"record", 0, 1, record, "a record of the named arguments"},
    Method{"sleep", 1, 1, sleep, "waits for some milliseconds"},
    Method{"sprintf", 1, -1, [](Call call) { return Value::string(format_values(call.arguments)); },
           "values by a format, as a text"},
    Method{"tuple", 0, -1, tuple, "a tuple of the arguments, or of a collection's elements"},
};

}  // namespace

MethodTable global_functions() {
  return k_functions;
}

}  // namespace weir::lang
