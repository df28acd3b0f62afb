#include "engine/explain.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/value_diff.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace weir::engine {
namespace {

constexpr std::size_t k_name_bytes_max = 1000;  // of a component: names of globals and programs

std::optional<Seal> read_seal(const std::string& work_dir, const char* name) {
  const auto bytes = base::try_read_file(work_dir + "/" + name, k_seal_bytes_max);
  return bytes ? decode_seal(*bytes) : std::nullopt;
}

/// What is wrong with the directory of an equal key.
std::string fault_of(const std::string& work_dir, const Seal& seal) {
  for (const SealedFile& file : seal.files) {
    const auto info = base::file_info(base::fs::path(work_dir) / file.name);
    if (!info) return fmt::format("its output '{}' is not there any more", file.name);
    if (!file.is_folder && info->size_bytes != file.size_bytes) {
      return fmt::format("its output '{}' has {} bytes now, it had {}", file.name, info->size_bytes,
                         file.size_bytes);
    }
  }
  return "its outputs are declared otherwise now, or caching is off for the process";
}

Explanation gone(const std::string& earlier_dir) {
  Explanation explanation;
  explanation.note = fmt::format("its earlier directory is gone: {}", earlier_dir);
  return explanation;
}

/// Upstream's form of `-dump-hashes json`, with the components' names.
std::string json_of(const TaskEvent& event) {
  auto entries = nlohmann::ordered_json::array();
  for (const KeyComponent& component : event.key->components)
    entries.push_back({{"hash", component.hash.hex()},
                       {"name", component.name},
                       {"value", component.shown}});
  return fmt::format("[{}] cache hash: {}; entries: {}", event.name, event.key->hash.hex(),
                     entries.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

Explanation explain_rerun(const std::string& earlier_dir, const std::vector<KeyComponent>& now) {
  if (!base::file_info(earlier_dir)) return gone(earlier_dir);
  Explanation explanation;
  auto seal = read_seal(earlier_dir, k_seal_name);
  const bool sealed = seal.has_value();
  if (!seal) seal = read_seal(earlier_dir, k_failed_key_name);
  if (!seal) {
    explanation.note = fmt::format("it had not ended when its run did: {}", earlier_dir);
    return explanation;
  }
  explanation.differences = compare_keys(seal->key, now);
  if (!explanation.differences.empty()) {
    explanation.note =
        fmt::format("{} of its key changed",
                    explanation.differences.size() == 1
                        ? std::string("one component")
                        : fmt::format("{} components", explanation.differences.size()));
  } else if (!sealed) {
    explanation.note = fmt::format("it failed before, with exit status {}", seal->exit_status);
  } else {
    explanation.note = fault_of(earlier_dir, *seal);
  }
  return explanation;
}

std::string explanation_text(const Explanation& explanation) {
  std::string text = explanation.note + "\n";
  for (const KeyDifference& difference : explanation.differences) {
    text += "  " + base::printable(difference.name, k_name_bytes_max) + "\n";
    text += value_diff_text(difference.before, difference.after);
  }
  return text;
}

std::vector<KeyComponent> recorded_key(const std::string& work_dir) {
  auto seal = read_seal(work_dir, k_seal_name);
  if (!seal) seal = read_seal(work_dir, k_failed_key_name);
  return seal ? std::move(seal->key) : std::vector<KeyComponent>();
}

Explainer::Explainer(RunListener& listener, const std::vector<JournalEntry>& earlier)
    : listener_(listener) {
  for (const JournalEntry& entry : earlier) {
    if (entry.work_dir.empty()) continue;
    earlier_[entry.name] = {entry.work_dir, base::file_info(entry.work_dir).has_value()};
  }
}

void Explainer::on_task(const TaskEvent& event) {
  if (event.kind != TaskEvent::Kind::submitted || event.attempt > 1 || event.key == nullptr) return;
  const auto known = earlier_.find(std::string(event.name));
  std::string text;
  if (known == earlier_.end()) {
    text = "the run before had no task of this name\n";
  } else if (!known->second.there) {
    text = explanation_text(gone(known->second.directory));
  } else {
    text = explanation_text(explain_rerun(known->second.directory, event.key->components));
  }
  text.pop_back();
  listener_.on_log(lang::LogLevel::info,
                   fmt::format("[{}] {} runs: {}", short_hash(event.hash), event.name, text));
}

void HashDumper::on_task(const TaskEvent& event) {
  using Kind = TaskEvent::Kind;
  if ((event.kind != Kind::submitted && event.kind != Kind::cached) || event.key == nullptr) return;
  if (form_ == Form::json) return listener_.on_log(lang::LogLevel::info, json_of(event));
  std::string text =
      fmt::format("[{}] {} hash: {}", short_hash(event.hash), event.name, event.key->hash.hex());
  // Whole: two runs are compared by them.
  for (const KeyComponent& component : event.key->components)
    text += fmt::format("\n  {} [{}] {}", component.hash.hex(), component.name,
                        base::printable(component.shown, std::string::npos));
  listener_.on_log(lang::LogLevel::info, text);
}

}  // namespace weir::engine
