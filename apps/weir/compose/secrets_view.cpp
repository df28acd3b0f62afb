#include "compose/secrets_view.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "engine/secret_store.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>

namespace weir::app {
namespace {

constexpr std::size_t k_secret_bytes_max = std::size_t{1} << 20;

std::string read_standard_input() {
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t got =
             base::read_some(STDIN_FILENO, buffer.data(), buffer.size(), "standard input")) {
    text.append(buffer.data(), got);
    if (text.size() > k_secret_bytes_max)
      throw Error(ErrorKind::usage, "the secret is longer than a megabyte");
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

ExitStatus answer_secrets(Context& context, SecretsVerb verb, const std::string& name,
                          const std::optional<std::string>& value) {
  engine::SecretStore store(
      engine::secret_file(context.environment, context.variable("HOME").value_or("")));
  const auto missing = [&]() -> Error {
    Error error(ErrorKind::not_found, fmt::format("there is no secret '{}'", name));
    error.with_hint("`weir secrets list` names them");
    return error;
  };
  switch (verb) {
    case SecretsVerb::list:
      for (const std::string& known : store.names()) context.out.line(known);
      break;
    case SecretsVerb::get: {
      const auto found = store.get(name);
      if (!found) throw missing();
      context.out.line(*found);
      break;
    }
    case SecretsVerb::set: store.set(name, value ? *value : read_standard_input()); break;
    case SecretsVerb::remove:
      if (!store.remove(name)) throw missing();
      break;
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
