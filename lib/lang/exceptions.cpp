#include "lang/exceptions.hpp"

#include <array>

namespace weir::lang {
namespace {

struct ExceptionClass {
  std::string_view name;
  std::string_view package;
  std::string_view parent;
};

// The exceptions that scripts name, with their parents. `Throwable` is the root.
constexpr std::array<ExceptionClass, 53> k_classes = {{
    {"Throwable", "java.lang", ""},
    {"Exception", "java.lang", "Throwable"},
    {"Error", "java.lang", "Throwable"},
    {"AssertionError", "java.lang", "Error"},
    {"PowerAssertionError", "org.codehaus.groovy.runtime.powerassert", "AssertionError"},
    {"StackOverflowError", "java.lang", "VirtualMachineError"},
    {"OutOfMemoryError", "java.lang", "VirtualMachineError"},
    {"VirtualMachineError", "java.lang", "Error"},
    {"RuntimeException", "java.lang", "Exception"},
    {"IllegalArgumentException", "java.lang", "RuntimeException"},
    {"NumberFormatException", "java.lang", "IllegalArgumentException"},
    {"PatternSyntaxException", "java.util.regex", "IllegalArgumentException"},
    {"IllegalFormatException", "java.util", "IllegalArgumentException"},
    {"IllegalFormatConversionException", "java.util", "IllegalFormatException"},
    {"IllegalFormatPrecisionException", "java.util", "IllegalFormatException"},
    {"MissingFormatArgumentException", "java.util", "IllegalFormatException"},
    {"UnknownFormatConversionException", "java.util", "IllegalFormatException"},
    {"InvalidPathException", "java.nio.file", "IllegalArgumentException"},
    {"IllegalStateException", "java.lang", "RuntimeException"},
    {"UnsupportedOperationException", "java.lang", "RuntimeException"},
    {"NullPointerException", "java.lang", "RuntimeException"},
    {"ArithmeticException", "java.lang", "RuntimeException"},
    {"ClassCastException", "java.lang", "RuntimeException"},
    {"IndexOutOfBoundsException", "java.lang", "RuntimeException"},
    {"ArrayIndexOutOfBoundsException", "java.lang", "IndexOutOfBoundsException"},
    {"StringIndexOutOfBoundsException", "java.lang", "IndexOutOfBoundsException"},
    {"ConcurrentModificationException", "java.util", "RuntimeException"},
    {"NoSuchElementException", "java.util", "RuntimeException"},
    {"InputMismatchException", "java.util", "NoSuchElementException"},
    {"DateTimeException", "java.time", "RuntimeException"},
    {"DateTimeParseException", "java.time.format", "DateTimeException"},
    {"GroovyRuntimeException", "groovy.lang", "RuntimeException"},
    {"MissingMethodException", "groovy.lang", "GroovyRuntimeException"},
    {"MissingPropertyException", "groovy.lang", "GroovyRuntimeException"},
    {"GroovyCastException", "org.codehaus.groovy.runtime.typehandling", "ClassCastException"},
    {"JsonException", "groovy.json", "RuntimeException"},
    {"YAMLException", "org.yaml.snakeyaml.error", "RuntimeException"},
    {"IOException", "java.io", "Exception"},
    {"ZipException", "java.util.zip", "IOException"},
    {"NotDirectoryException", "java.nio.file", "FileSystemException"},
    {"UncheckedIOException", "java.io", "RuntimeException"},
    {"FileNotFoundException", "java.io", "IOException"},
    {"FileSystemException", "java.nio.file", "IOException"},
    {"NoSuchFileException", "java.nio.file", "FileSystemException"},
    {"FileAlreadyExistsException", "java.nio.file", "FileSystemException"},
    {"AccessDeniedException", "java.nio.file", "FileSystemException"},
    {"ParseException", "java.text", "Exception"},
    {"GeneralSecurityException", "java.security", "Exception"},
    {"NoSuchAlgorithmException", "java.security", "GeneralSecurityException"},
    {"InterruptedException", "java.lang", "Exception"},
    {"ScriptRuntimeException", "nextflow.exception", "RuntimeException"},
    {"WorkflowScriptErrorException", "nextflow.exception", "RuntimeException"},
    {"ProcessUnrecoverableException", "nextflow.exception", "RuntimeException"},
}};

std::string_view simple_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

const ExceptionClass* find_class(std::string_view name) {
  const std::string_view simple = simple_name(name);
  for (const ExceptionClass& entry : k_classes) {
    if (entry.name == simple) return &entry;
  }
  return nullptr;
}

std::string message_of(const ExceptionObject& object) {
  if (object.message.is_string()) return object.message.text();
  return object.class_name;
}

}  // namespace

ScriptException::ScriptException(Ref<ExceptionObject> object)
    : Error(ErrorKind::failed, message_of(*object)), object_(std::move(object)) {}

ScriptException::ScriptException(std::string class_name, std::string message)
    : ScriptException(
          make<ExceptionObject>(std::move(class_name), Value::string(std::move(message)))) {}

void ScriptException::add_call(Span span) {
  if (trace_.size() < k_trace_max) trace_.push_back(span);
}

ScriptException script_error(std::string class_name, std::string text) {
  return {std::move(class_name), std::move(text)};
}

std::string qualified_exception_name(std::string_view name) {
  const ExceptionClass* const entry = find_class(name);
  if (entry == nullptr) return std::string(name);
  return std::string(entry->package).append(".").append(entry->name);
}

std::string_view known_exception(std::string_view name) {
  const ExceptionClass* const entry = find_class(name);
  return entry == nullptr ? std::string_view() : entry->name;
}

bool is_exception_subclass(std::string_view thrown, std::string_view caught) {
  const std::string_view wanted = simple_name(caught);
  std::string_view current = simple_name(thrown);
  if (find_class(current) == nullptr && current != wanted) current = "RuntimeException";
  while (!current.empty()) {
    if (current == wanted) return true;
    const ExceptionClass* const entry = find_class(current);
    current = entry == nullptr ? std::string_view() : entry->parent;
  }
  return false;
}

}  // namespace weir::lang
