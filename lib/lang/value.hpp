#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace weir::lang {

// A tour of the values.
//
// A `Value` is 16 bytes: a kind and a payload. Null, booleans, 32- and 64-bit integers, doubles,
// floats, durations (milliseconds) and memory sizes (bytes) live inside it; everything else is a
// reference-counted `Object` (objects.hpp). Containers are shared by reference, as in the language;
// strings, decimals, paths are immutable.
//
// Counts are not atomic: values belong to the one thread that evaluates. A value goes to another
// thread only as a deep copy that nobody else holds (`deep_copy` in objects.hpp). Cycles of objects
// are not collected.

/// The kinds of a value. Kinds from `string` on are heap objects.
enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,       ///< 32 bits, wraps
  long_integer,  ///< 64 bits, wraps
  real,          ///< a double
  single,        ///< a float, kept as the double of the same value
  duration,      ///< milliseconds
  memory,        ///< bytes
  string,
  big_integer,
  decimal,
  list,  ///< lists and tuples
  bag,   ///< a list whose order means nothing; task hashes ignore it
  set,   ///< iterates in order of insertion
  map,
  entry,  ///< one key and value of a map
  range,
  closure,
  path,
  date,
  pattern,
  matcher,
  record,
  enum_constant,
  exception,
  type,     ///< a class named in a script
  version,  ///< a VersionNumber
  native,   ///< defined by dataflow or engine: channels, processes
  hidden,   ///< never a value: frames and scopes
};

/// Base of everything on the heap. Objects are made by `make<T>` and live as long as a `Ref` or
/// `Value` holds them.
class Object {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] std::uint32_t use_count() const noexcept { return uses_; }

  void retain() noexcept { ++uses_; }
  void release() noexcept {
    if (--uses_ == 0) destroy(this);
  }

 protected:
  explicit Object(Kind kind) noexcept : kind_(kind) {}

 private:
  // Destroys without recursing further than a fixed depth, so that long chains do not exhaust the
  // stack.
  static void destroy(Object* object) noexcept;

  std::uint32_t uses_ = 0;
  Kind kind_;
};

/// Base of what is counted like an object but is never a value: frames, scopes.
class NonValueObject : public Object {
 protected:
  NonValueObject() noexcept : Object(Kind::hidden) {}
};

/// Owning pointer to an object; may be empty.
template <typename T>
class Ref {
 public:
  Ref() noexcept = default;
  explicit Ref(T* object) noexcept : object_(object) {
    if (object_ != nullptr) object_->retain();
  }
  Ref(const Ref& other) noexcept : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <typename U>
  requires std::is_convertible_v<U*, T*> Ref(const Ref<U>& other)
  noexcept : Ref(other.get()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->release();
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

/// The one place where objects are allocated.
template <typename T, typename... Arguments>
[[nodiscard]] Ref<T> make(Arguments&&... arguments) {
  return Ref<T>(new T(std::forward<Arguments>(arguments)...));
}

/// Any value of the language. Copying shares the object, if there is one.
class Value {
 public:
  /// Null.
  Value() noexcept = default;
  Value(const Value& other) noexcept : kind_(other.kind_), bits_(other.bits_) {
    if (is_object()) pointer()->retain();
  }
  Value(Value&& other) noexcept : kind_(other.kind_), bits_(other.bits_) {
    other.kind_ = Kind::null;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (is_object()) pointer()->release();
  }
  /// The object's value; an empty reference is null.
  template <typename T>
  Value(const Ref<T>& object) noexcept
      : Value(static_cast<Object*>(object.get())) {}  // NOLINT: a conversion
  /// Shares `object`; nullptr is null.
  explicit Value(Object* object) noexcept {
    if (object == nullptr) return;
    object->retain();
    kind_ = object->kind();
    bits_ = std::bit_cast<std::int64_t>(object);
  }

  [[nodiscard]] static Value boolean(bool value) noexcept;
  /// A 32-bit integer, the language's Integer.
  [[nodiscard]] static Value integer(std::int32_t value) noexcept;
  /// A 64-bit integer, the language's Long.
  [[nodiscard]] static Value long_integer(std::int64_t value) noexcept;
  /// Integer when it fits, else Long; for sizes and counts.
  [[nodiscard]] static Value number(std::int64_t value) noexcept;
  [[nodiscard]] static Value real(double value) noexcept;
  /// A 32-bit float; the arithmetic of floats is that of doubles.
  [[nodiscard]] static Value single(float value) noexcept;
  [[nodiscard]] static Value duration(std::int64_t milliseconds) noexcept;
  [[nodiscard]] static Value memory(std::int64_t bytes) noexcept;
  /// A string of UTF-8 bytes.
  [[nodiscard]] static Value string(std::string_view text);
  [[nodiscard]] static Value string(std::string&& text);
  [[nodiscard]] static Value string(const char* text) { return string(std::string_view(text)); }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::null; }
  [[nodiscard]] bool is_object() const noexcept { return kind_ >= Kind::string; }
  /// A double or a float.
  [[nodiscard]] bool is_real() const noexcept {
    return kind_ == Kind::real || kind_ == Kind::single;
  }
  [[nodiscard]] bool is_string() const noexcept { return kind_ == Kind::string; }
  /// Integer or Long.
  [[nodiscard]] bool is_integer() const noexcept {
    return kind_ == Kind::integer || kind_ == Kind::long_integer;
  }

  // The payload; the kind must be the one named.
  [[nodiscard]] bool as_boolean() const noexcept { return bits_ != 0; }
  /// Of an Integer or a Long, and the count of a duration or a memory size.
  [[nodiscard]] std::int64_t as_int64() const noexcept { return bits_; }
  /// Of a double or a float.
  [[nodiscard]] double as_real() const noexcept { return std::bit_cast<double>(bits_); }
  [[nodiscard]] Object* object() const noexcept { return is_object() ? pointer() : nullptr; }
  /// The text of a string.
  [[nodiscard]] const std::string& text() const noexcept;

  /// The object as a `T`, or nullptr when the value is of another kind. `T` is one of objects.hpp's
  /// types.
  template <typename T>
  [[nodiscard]] T* as() const noexcept {
    return is_object() && T::is_kind(kind_) ? static_cast<T*>(pointer()) : nullptr;
  }

  /// The object as a `T`; the kind must be that of `T`.
  template <typename T>
  [[nodiscard]] T& get() const noexcept {
    return *static_cast<T*>(pointer());
  }

  void swap(Value& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(bits_, other.bits_);
  }

  /// Same kind and same payload or object: Groovy's `is`.
  [[nodiscard]] bool same_as(const Value& other) const noexcept {
    return kind_ == other.kind_ && (kind_ == Kind::null || bits_ == other.bits_);
  }

 private:
  Value(Kind kind, std::int64_t bits) noexcept : kind_(kind), bits_(bits) {}

  Object* pointer() const noexcept { return std::bit_cast<Object*>(bits_); }

  Kind kind_ = Kind::null;
  std::int64_t bits_ = 0;  ///< the number, the bits of the double, or the address of the object
};

static_assert(sizeof(Value) == 16);

// ---- inline bodies

inline Value Value::boolean(bool value) noexcept {
  return {Kind::boolean, value ? 1 : 0};
}
inline Value Value::integer(std::int32_t value) noexcept {
  return {Kind::integer, value};
}
inline Value Value::long_integer(std::int64_t value) noexcept {
  return {Kind::long_integer, value};
}
inline Value Value::number(std::int64_t value) noexcept {
  return value == static_cast<std::int32_t>(value) ? integer(static_cast<std::int32_t>(value))
                                                   : long_integer(value);
}
inline Value Value::real(double value) noexcept {
  return {Kind::real, std::bit_cast<std::int64_t>(value)};
}
inline Value Value::single(float value) noexcept {
  return {Kind::single, std::bit_cast<std::int64_t>(static_cast<double>(value))};
}
inline Value Value::duration(std::int64_t milliseconds) noexcept {
  return {Kind::duration, milliseconds};
}
inline Value Value::memory(std::int64_t bytes) noexcept {
  return {Kind::memory, bytes};
}

}  // namespace weir::lang
