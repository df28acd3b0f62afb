#include "compose/secret_params.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "engine/params.hpp"
#include "runs/log_text.hpp"
#include "schema/parameter_schema.hpp"

#include <algorithm>
#include <cstring>

namespace weir::app {

SecretParams::SecretParams(const engine::RunSettings& settings)
    : names_(settings.secret_params), values_(engine::secret_values(settings)) {
  for (const std::string& value : values_) {
    if (value.size() < k_bytes_min) continue;
    hidden_.push_back(value);
    std::string in_json;
    runs::append_json_text(in_json, value);
    if (in_json != value) hidden_.push_back(std::move(in_json));
  }
  // A value that holds another one goes first, lest its rest stays.
  std::sort(hidden_.begin(), hidden_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::vector<std::string> SecretParams::masked(std::vector<std::string> arguments) const {
  if (empty()) return arguments;
  engine::RunSettings named;
  named.secret_params = names_;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string& word = arguments[i];
    if (!word.starts_with("--")) continue;
    const std::size_t equals = word.find('=');
    const std::size_t length = equals == std::string::npos ? equals : equals - 2;
    if (!engine::is_secret_param(named, std::string_view(word).substr(2, length))) continue;
    if (equals != std::string::npos) {
      word.replace(equals + 1, std::string::npos, k_masked);
    } else if (i + 1 < arguments.size() &&
               std::binary_search(values_.begin(), values_.end(), arguments[i + 1])) {
      arguments[++i] = k_masked;
    }
  }
  return arguments;
}

std::string SecretParams::masked_text(std::string text) const {
  for (const std::string& value : hidden_) {
    if (base::contains(text, value)) text = base::replace_all(text, value, k_masked);
  }
  return text;
}

std::vector<std::string> secret_names_of(const std::optional<PipelineSchema>& pipeline) {
  if (!pipeline.has_value()) return {};
  // Most schemas mark nothing, and compiling one takes a while.
  const std::string& text = pipeline->text;
  if (!base::contains(text, "writeOnly") && !base::contains(text, "password")) return {};
  try {
    return schema::ParameterSchema(text, pipeline->file, {.project_dir = pipeline->project_dir})
        .secret_names();
  } catch (const Error&) {  // whoever checks the parameters tells of it
    return {};
  }
}

void hide_arguments(const Context& context, const SecretParams& secret) {
  if (secret.empty()) return;
  // `arguments` may have a word more in front: the name by which the program was called.
  const std::vector<std::string> masked = secret.masked(context.arguments);
  const std::size_t added = masked.size() - context.words.size();
  for (std::size_t i = added; i < masked.size(); ++i) {
    if (masked[i] == context.arguments[i]) continue;
    char* const word = context.words[i - added];
    const std::size_t kept = masked[i].size() - k_masked.size();
    const std::size_t length = std::strlen(word);
    for (std::size_t at = kept; at < length; ++at)
      word[at] = at - kept < k_masked.size() ? '*' : '\0';
  }
}

}  // namespace weir::app
