#include "engine/validation_settings.hpp"

#include "base/text.hpp"
#include "lang/semantics.hpp"

namespace weir::engine {
namespace {

using lang::Value;

/// Names separated by commas, or a list of them.
void add_names(const Config& config, std::string_view setting, std::vector<std::string>& names) {
  const Value* const value = config.find(setting);
  if (value == nullptr) return;
  if (value->is_string()) {
    for (const std::string_view part : base::split(value->text(), ','))
      names.emplace_back(base::trim(part));
  } else if (const auto* const list = value->as<lang::ListObject>()) {
    for (const Value& item : list->items) names.push_back(lang::to_text(item));
  }
}

}  // namespace

ValidationSettings validation_settings(const Config& config) {
  ValidationSettings settings;
  settings.lenient = config.flag("validation.lenientMode");
  add_names(config, "validation.ignoreParams", settings.ignored);
  add_names(config, "validation.defaultIgnoreParams", settings.ignored);
  add_names(config, "validation.summary.hideParams", settings.not_summarised);
  settings.ignored.push_back(config.text("validation.help.shortParameter", "help"));
  settings.ignored.push_back(config.text("validation.help.fullParameter", "helpFull"));
  settings.ignored.push_back(config.text("validation.help.showHiddenParameter", "showHidden"));
  settings.ignored.emplace_back("nf_test_output");
  const std::string level =
      config.text("validation.logging.unrecognisedParams",
                  config.flag("validation.failUnrecognisedParams") ? "error" : "warn");
  using Unknown = schema::ParameterSchema::Unknown;
  settings.unknown = level == "error"                      ? Unknown::fail
                     : level == "skip" || level == "debug" ? Unknown::skip
                                                           : Unknown::warn;
  return settings;
}

}  // namespace weir::engine
