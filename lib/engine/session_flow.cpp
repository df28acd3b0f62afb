// What operators and factories ask of the run.

#include "base/file.hpp"
#include "base/text.hpp"
#include "dataflow/flow.hpp"
#include "engine/internal/session_state.hpp"
#include "engine/path_lookup.hpp"
#include "lang/semantics.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::engine {

using lang::Value;

dataflow::Place Session::State::here() {
  const lang::Span at = interpreter.call_site();
  return at.known() ? context->place(at) : dataflow::Place();
}

bool Session::State::is_typed_here() {
  const lang::Span at = interpreter.call_site();
  return at.known() && std::any_of(program->modules.begin(), program->modules.end(),
                                   [&](const std::unique_ptr<lang::Module>& module) {
                                     return module->file == at.file && module->typed;
                                   });
}

std::vector<Value> Session::State::match_paths(const Value& pattern,
                                               const lang::MapObject* options) {
  LookupOptions lookup = lookup_options(options);
  lookup.files = &script_host.file_access();
  std::vector<Value> paths;
  for (const Value& item :
       lang::is_collection(pattern) ? lang::elements_of(pattern) : std::vector<Value>{pattern}) {
    if (item.kind() == lang::Kind::path && item.as<lang::PathObject>()->scheme.empty() == false) {
      paths.push_back(item);
      continue;
    }
    std::vector<Value> found = find_paths(lang::to_text(item), settings.launch_dir, lookup);
    std::move(found.begin(), found.end(), std::back_inserter(paths));
  }
  return paths;
}

std::vector<Value> Session::State::match_pairs(const lang::Arguments& arguments) {
  PairOptions options;
  options.lookup = lookup_options(arguments.named);
  if (const Value* const size = arguments.option("size"); size != nullptr && size->is_integer()) {
    options.size = size->as_int64();
  }
  if (const Value* const flat = arguments.option("flat")) options.flat = lang::truth(*flat);
  if (arguments.size() > 1) {
    options.key_of = [this, &grouping = arguments[1]](const Value& path) {
      return interpreter.call(grouping, std::vector<Value>{path});
    };
  }
  std::vector<std::string> patterns;
  const Value& pattern = arguments[0];
  for (const Value& item :
       lang::is_collection(pattern) ? lang::elements_of(pattern) : std::vector<Value>{pattern}) {
    patterns.push_back(lang::to_text(item));
  }
  return find_pairs(patterns, settings.launch_dir, options);
}

std::string Session::State::new_folder(std::string_view purpose) {
  const std::string folder =
      fmt::format("{}/tmp/{}/{}-{}", context->work_dir, run_id, purpose, ++folders_made);
  base::make_folders(folder);
  return folder;
}

void Session::State::every(std::chrono::milliseconds interval, std::function<bool()> tick) {
  loop.after(interval, [this, interval, tick = std::move(tick)]() mutable {
    if (stopping || finishing || ended) return;
    try {
      if (tick()) every(interval, std::move(tick));
    } catch (...) {
      stop_with_current_exception();
    }
    pump();
  });
}

bool Session::State::dumps(std::string_view tag) {
  if (!settings.dump_channels) return false;
  if (settings.dump_channels->empty()) return true;
  const auto wanted = base::split(*settings.dump_channels, ',');
  return std::find(wanted.begin(), wanted.end(), tag) != wanted.end();
}

}  // namespace weir::engine
