#include "lang/internal/evaluator.hpp"

#include "lang/internal/call_frame.hpp"

#include "base/text.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

// Calls: of functions, closures, methods, natives; declared in internal/evaluator.hpp.

namespace weir::lang {

namespace {

[[noreturn]] void refuse_count(std::string_view what, std::size_t wanted_min,
                               std::size_t wanted_max, std::span<const Value> values) {
  std::string given;
  for (const Value& value : values) given += (given.empty() ? "" : ", ") + type_name(value);
  const std::string wanted = wanted_min == wanted_max
                                 ? std::to_string(wanted_max)
                                 : fmt::format("{} to {}", wanted_min, wanted_max);
  throw script_error("MissingMethodException",
                     fmt::format("{} takes {} argument{}, but {} {} given: ({})", what, wanted,
                                 wanted_max == 1 ? "" : "s", values.size(),
                                 values.size() == 1 ? "was" : "were", given));
}

std::string argument_types(const Arguments& arguments) {
  std::string text;
  if (arguments.named != nullptr) text = "named";
  for (const Value& value : arguments.values) text += (text.empty() ? "" : ", ") + type_name(value);
  return "(" + text + ")";
}

[[noreturn]] void refuse_method(const Value& object, std::string_view name,
                                const Arguments& arguments) {
  const std::vector<std::string> names =
      object.kind() == Kind::native
          ? static_cast<const NativeObject*>(object.object())->method_names()
          : method_names(object);
  std::string hint;
  bool other_count = false;
  for (const std::string& candidate : names) other_count = other_count || candidate == name;
  if (other_count) {
    hint = "; it takes another number of arguments";
  } else if (const std::optional<std::string> near = base::nearest(name, names)) {
    hint = "; did you mean '" + *near + "'?";
  }
  throw script_error(
      "MissingMethodException",
      fmt::format("no method '{}' for arguments {} of {} '{}'{}", name, argument_types(arguments),
                  type_name(object), to_short_text(object), hint));
}

/// The named arguments go before the positional ones, as one map.
std::vector<Value> with_named(const Arguments& arguments) {
  std::vector<Value> values;
  values.reserve(arguments.size() + 1);
  values.emplace_back(const_cast<MapObject*>(arguments.named));
  values.insert(values.end(), arguments.values.begin(), arguments.values.end());
  return values;
}

/// An array as the last argument is all further ones of a method that takes any number.
Value invoke(const Method& method, const MethodCall& call) {
  const auto* const last = method.arguments_max >= 0 || call.arguments.empty()
                               ? nullptr
                               : call.arguments.back().as<ListObject>();
  if (last == nullptr || !last->is_array) return method.function(call);
  std::vector<Value> values(call.arguments.begin(), call.arguments.end() - 1);
  values.insert(values.end(), last->items.begin(), last->items.end());
  return method.function({call.interpreter, call.self, values, call.named});
}

/// Arguments of a process or workflow: what has several outputs stands for all of them.
bool has_spread(const Arguments& arguments) {
  for (const Value& value : arguments.values) {
    if (value.kind() == Kind::native &&
        static_cast<NativeObject*>(value.object())->spread_arguments())
      return true;
  }
  return false;
}

std::vector<Value> spread(const Arguments& arguments) {
  std::vector<Value> values;
  for (const Value& value : arguments.values) {
    std::optional<std::vector<Value>> parts;
    if (value.kind() == Kind::native)
      parts = static_cast<NativeObject*>(value.object())->spread_arguments();
    if (parts) {
      values.insert(values.end(), parts->begin(), parts->end());
    } else {
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

Value* SlotStack::take(std::uint32_t count) {
  while (true) {
    if (current_ == blocks_.size()) {
      const std::uint32_t size = std::max(count, k_block_slots);
      blocks_.push_back({std::make_unique<Value[]>(size), size, 0});
    }
    Block& block = blocks_[current_];
    if (block.size - block.used >= count) {
      Value* const slots = block.slots.get() + block.used;
      block.used += count;
      return slots;
    }
    ++current_;
    // A later block that is too small and empty is replaced by a larger one.
    if (current_ < blocks_.size() && blocks_[current_].size < count) blocks_.resize(current_);
  }
}

void SlotStack::release(Value* slots, std::uint32_t count) noexcept {
  for (std::uint32_t i = 0; i < count; ++i) slots[i] = Value();
  while (current_ > 0 && blocks_[current_].used == 0) --current_;
  blocks_[current_].used -= count;
}

Value ScriptClosure::invoke(Interpreter& interpreter, std::span<const Value> values) {
  return Evaluator(interpreter).call_script_closure(*this, values);
}

void Evaluator::bind(List<Parameter> parameters, bool implicit_it, std::span<const Value> values,
                     const Context& context) {
  const std::size_t wanted = parameters.size();
  std::size_t optional = 0;
  for (const Parameter& parameter : parameters)
    optional += parameter.default_value != nullptr ? 1 : 0;
  std::vector<Value> parts;
  // One list for several parameters is taken apart, unless all but one have defaults.
  if (wanted > 1 && wanted - optional > 1 && values.size() == 1) {
    if (const ListObject* list = values[0].as<ListObject>()) {
      parts = list->items;
      values = parts;
    } else if (const EntryObject* entry = values[0].as<EntryObject>();
               entry != nullptr && wanted == 2) {
      parts = {entry->key, entry->value};
      values = parts;
    }
  }
  const bool may_miss_one = wanted == 1 && optional == 0 && values.empty();
  if (values.size() > wanted || (values.size() + optional < wanted && !may_miss_one)) {
    refuse_count(implicit_it ? "the closure" : "the call", wanted - optional, wanted, values);
  }
  // Parameters from the right give way first.
  std::size_t missing = wanted - values.size();
  std::size_t skipped_from = wanted;
  for (std::size_t left = missing; left > 0 && skipped_from > 0;) {
    --skipped_from;
    if (parameters[skipped_from].default_value != nullptr) --left;
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    const Parameter& parameter = parameters[i];
    Value value;
    if (missing > 0 && i >= skipped_from && parameter.default_value != nullptr) {
      value = evaluate(*parameter.default_value, context);
      --missing;
    } else if (next < values.size()) {
      value = values[next++];
    }
    Value& slot = context.slots[parameter.slot];
    slot = parameter.cell ? Value(make<CellObject>(state_.sharing, std::move(value)))
                          : std::move(value);
  }
}

Value Evaluator::call_script_closure(ScriptClosure& closure, std::span<const Value> values) {
  const ClosureExpr& code = closure.code();
  const CallGuard guard(interpreter_, state_, interpreter_.options_);
  const SlotFrame frame(state_.slots, code.frame_size);
  const Context context{frame.slots(), closure.captures().data(), &closure.scope()};
  if (code.parameters.size() == 1 && values.size() == 1 && !code.parameters[0].cell) {
    frame.slots()[code.parameters[0].slot] = values[0];
  } else {
    bind(code.parameters, code.implicit_it, values, context);
  }
  return run(*code.body, context);
}

Value Evaluator::call_function(const FunctionDecl& function, std::span<const Value> values) {
  const CallGuard guard(interpreter_, state_, interpreter_.options_);
  const SlotFrame frame(state_.slots, function.frame_size);
  const Context context{frame.slots(), nullptr, nullptr};
  // A list is taken apart by `bind`, as for a closure; the entry of a map is not.
  std::size_t required = 0;
  for (const Parameter& parameter : function.parameters)
    required += parameter.default_value == nullptr ? 1 : 0;
  if (values.size() == 1 && required > 1 && values[0].as<ListObject>() == nullptr) {
    refuse_count("function '" + std::string(text(function.name)) + "'", required,
                 function.parameters.size(), values);
  }
  bind(function.parameters, false, values, context);
  return run(*function.body, context);
}

Value Evaluator::call_value(const Value& callee, const Arguments& arguments) {
  if (ClosureObject* closure = callee.as<ClosureObject>()) {
    const Value keep_alive = callee;
    if (arguments.named == nullptr) return closure->invoke(interpreter_, arguments.values);
    return closure->invoke(interpreter_, with_named(arguments));
  }
  if (callee.kind() == Kind::native) {
    NativeObject& native = *static_cast<NativeObject*>(callee.object());
    std::optional<Value> result;
    if (has_spread(arguments)) {
      const std::vector<Value> values = spread(arguments);
      result = native.call(interpreter_, Arguments{values, arguments.named});
    } else {
      result = native.call(interpreter_, arguments);
    }
    if (result) return *result;
  }
  return call_method(callee, "call", arguments);
}

Value Evaluator::call_method(const Value& object, std::string_view name, const Arguments& arguments,
                             std::uint32_t site) {
  if (object.kind() == Kind::native) {
    const Value keep_alive = object;
    std::optional<Value> result =
        static_cast<NativeObject*>(object.object())->call_method(interpreter_, name, arguments);
    if (result) return *result;
  }
  const MethodCall call{interpreter_, object, arguments.values, arguments.named};
  if (site >= state_.methods.size()) state_.methods.resize(interpreter_.ast_.site_count + site + 1);
  MethodSite& remembered = state_.methods[site];
  if (site != 0 && remembered.method != nullptr && remembered.kind == object.kind() &&
      object.kind() != Kind::type) {
    return invoke(*remembered.method, call);
  }
  const Method* const method = find_method(object, name, arguments.size());
  if (method != nullptr) {
    if (site != 0) remembered = {method, object.kind()};
    return invoke(*method, call);
  }
  // Channels and the like have methods of their own; a wrong one is told, not made a visit.
  const bool has_parts = object.kind() == Kind::path || object.kind() == Kind::set;
  const Method* general = nullptr;
  if (has_parts)
    general = find_iterable_method(name, arguments.size());
  else if (object.kind() != Kind::native)
    general = find_visiting_method(name, arguments.size());
  if (general != nullptr) {
    const Value parts = make_list(parts_of(object));
    Value result =
        general->function(MethodCall{interpreter_, parts, arguments.values, arguments.named});
    const bool gives_itself = name == "each" || name == "eachWithIndex";
    return gives_itself ? object : result;
  }
  if (object.is_null()) {
    throw script_error("NullPointerException",
                       "cannot invoke method " + std::string(name) + "() on null object");
  }
  // A closure kept in a map is called like a method; a number's unit may be, too.
  if (const MapObject* map = object.as<MapObject>()) {
    const Value* const entry = map->items.find(name);
    if (entry != nullptr && (entry->kind() == Kind::closure || entry->kind() == Kind::native))
      return call_value(*entry, arguments);
  }
  if (arguments.named != nullptr) {
    // Java sees the named arguments as a map in front of the others.
    const std::vector<Value> values = with_named(arguments);
    if (const Method* const with_map = find_method(object, name, values.size())) {
      return with_map->function(MethodCall{interpreter_, object, values, nullptr});
    }
  }
  refuse_method(object, name, arguments);
}

Value Evaluator::call_builtin(std::string_view name, const Arguments& arguments) {
  if (const Method* const function = find_in(global_functions(), name, arguments.size())) {
    return invoke(*function, {interpreter_, Value(), arguments.values, arguments.named});
  }
  if (std::optional<Value> result = interpreter_.host_.call_global(interpreter_, name, arguments))
    return *result;
  throw script_error("MissingMethodException", fmt::format("no function '{}' for arguments {}",
                                                           name, argument_types(arguments)));
}

Value Evaluator::call(const CallExpr& expression, const Context& context) {
  if (expression.object != nullptr) {
    if (expression.object->kind == ExprKind::property &&
        expression.object->as<PropertyExpr>().binding.kind == BindingKind::type) {
      const PropertyExpr& type = expression.object->as<PropertyExpr>();
      return call_on(expression, type_value(type.binding, text(type.class_name)), context);
    }
    return call_on(expression, evaluate(*expression.object, context), context);
  }
  if (expression.target.kind == BindingKind::task_output) return task_output(expression, context);
  const std::vector<Value> values = evaluate_all(expression.arguments, context);
  const Ref<MapObject> named =
      expression.named.empty() ? Ref<MapObject>() : evaluate_named(expression.named, context);
  const Arguments arguments{values, named.get()};
  const CallSite site(state_.call_site, expression.span);
  try {
    if (expression.callee != nullptr)
      return call_value(evaluate(*expression.callee, context), arguments);
    return call_named(expression, context, arguments);
  } catch (ScriptException& exception) {
    exception.set_span(expression.span);
    exception.add_call(expression.span);
    throw;
  }
}

/// What a task left, as the engine has put it into the frame.
Value Evaluator::task_output(const CallExpr& expression, const Context& context) {
  const Value& slot = context.slots[expression.target.slot];
  const auto* const found = slot.as<ListObject>();
  if (found != nullptr && found->items.size() == 1) return found->items.front();
  ScriptException exception =
      found == nullptr
          ? script_error("IllegalStateException",
                         fmt::format("'{}' of an output is known only after the task ran",
                                     text(expression.name)))
          : script_error("MissingValueException",
                         fmt::format("the task has not left what '{}' of its output names",
                                     text(expression.name)));
  exception.set_span(expression.span);
  throw exception;
}

/// The plug-in's own name of what a script may call by an alias.
Name Evaluator::plugin_function(const Binding& binding, Name name) {
  for (const IncludeEntry& entry : binding.declaration->as<IncludeDecl>().entries) {
    if (entry.alias == name) return entry.name;
  }
  return name;
}

Value Evaluator::call_named(const CallExpr& expression, const Context& context,
                            const Arguments& arguments) {
  switch (expression.target.kind) {
    case BindingKind::function:
      return interpreter_.call_function(expression.target.declaration->as<FunctionDecl>(),
                                        arguments);
    case BindingKind::plugin:
      return call_builtin(text(plugin_function(expression.target, expression.name)), arguments);
    case BindingKind::builtin:
    case BindingKind::channel_operator: return call_builtin(text(expression.name), arguments);
    case BindingKind::dynamic: {
      const Ref<Scope>* const scope = context.scope;
      if (scope != nullptr && *scope) {
        if (std::optional<Value> result =
                (*scope)->call(interpreter_, text(expression.name), arguments))
          return *result;
      }
      return call_builtin(text(expression.name), arguments);
    }
    default: return call_value(read(expression.target, expression.name, context), arguments);
  }
}

void Evaluator::assign_declared(const CallExpr& expression, const Value& value,
                                const Context& context) {
  for (const VariableExpr* variable : expression.declares)
    assign(variable->binding, variable->name, context, value);
}

Value Evaluator::call_on(const CallExpr& expression, const Value& object, const Context& context) {
  const std::string_view name = text(expression.name);
  if (expression.access != Access::plain && object.is_null()) return {};
  if (!expression.declares.empty()) {
    // `set { x }` and `tap { x }` name the channel; only `tap` goes on with it.
    assign_declared(expression, object, context);
    return name == "tap" ? object : Value();
  }
  const std::vector<Value> values = evaluate_all(expression.arguments, context);
  const Ref<MapObject> named =
      expression.named.empty() ? Ref<MapObject>() : evaluate_named(expression.named, context);
  const Arguments arguments{values, named.get()};
  const CallSite site(state_.call_site, expression.span);
  if (expression.access != Access::spread)
    return call_method(object, name, arguments, expression.site);
  std::vector<Value> results;
  for (const Value& element : parts_of(object)) {
    results.push_back(element.is_null() ? Value() : call_method(element, name, arguments));
  }
  return make_list(std::move(results));
}

}  // namespace weir::lang
