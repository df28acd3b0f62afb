#include "compose/upstream_pipelines.hpp"

#include "base/text.hpp"
#include "compose/pipeline_view.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace weir::app {
namespace {

[[noreturn]] void refuse_option(const std::string& word) {
  throw Error(ErrorKind::usage, fmt::format("unknown option: {}", word));
}

/// The words that are no options; `take_option` takes those that are, and is false for others.
template <typename TakeOption>
std::vector<std::string> names_among(ArgumentReader& reader, TakeOption take_option) {
  std::vector<std::string> names;
  while (!reader.ended()) {
    const std::string word = reader.take();
    if (!word.starts_with('-')) {
      names.push_back(word);
    } else if (!take_option(word)) {
      refuse_option(word);
    }
  }
  return names;
}

std::string only_name(const std::string& command, const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  throw Error(ErrorKind::usage,
              fmt::format("`nextflow {}` takes the name of one project", command));
}

ExitStatus pull(Context& context, ArgumentReader& reader) {
  PullQuestion question;
  question.names = names_among(reader, [&](const std::string& word) {
    if (word == "-a" || word == "-all") return question.all = true;
    if (word == "-m" || word == "-migrate") return true;  // there is nothing of the former kind
    return read_source_option(question.source, word, reader);
  });
  return pull_pipelines(context, question, remarks_to(context.out, false));
}

ExitStatus clone(Context& context, ArgumentReader& reader) {
  CloneQuestion question;
  question.depth = 1;  // upstream's
  const std::vector<std::string> names = names_among(reader, [&](const std::string& word) {
    if (word != "-d" && word != "-deep") return read_source_option(question.source, word, reader);
    const std::string text = reader.value_of(word);
    const auto depth = base::parse_int64(text);
    if (!depth || *depth < 1)
      throw Error(ErrorKind::usage,
                  fmt::format("{} needs a positive number, not '{}'", word, text));
    question.depth = *depth;
    return true;
  });
  if (names.empty() || names.size() > 2)
    throw Error(ErrorKind::usage, "`nextflow clone` takes the name of a project and a folder");
  question.name = names.front();
  if (names.size() == 2) question.folder = names.back();
  return clone_pipeline(context, question, remarks_to(context.out, false));
}

ExitStatus list(Context& context, ArgumentReader& reader) {
  static_cast<void>(names_among(reader, [](const std::string&) { return false; }));
  return list_pipelines(context, false);
}

ExitStatus info(Context& context, ArgumentReader& reader) {
  InfoQuestion question;
  const std::vector<std::string> names = names_among(reader, [&](const std::string& word) {
    if (word == "-d" || word == "-dd") return question.with_commits = true;
    if (word != "-o") return false;
    const std::string format = reader.value_of(word);
    if (format != "json" && format != "text")
      throw Error(ErrorKind::usage, fmt::format("-o cannot be '{}'", format))
          .with_hint("one of text, json");
    question.json = format == "json";
    return true;
  });
  if (names.empty()) {
    context.out.line("  Version: 26.04.0 (weir)");
    return ExitStatus::ok;
  }
  question.name = only_name("info", names);
  return describe_pipeline(context, question);
}

ExitStatus view(Context& context, ArgumentReader& reader) {
  ViewQuestion question;
  question.name = only_name("view", names_among(reader, [&](const std::string& word) {
                              if (word == "-q") return question.headless = true;
                              if (word == "-l") return question.names = true;
                              if (word != "-r" && word != "-revision") return false;
                              question.revision = reader.value_of(word);
                              return true;
                            }));
  return view_pipeline(context, question);
}

ExitStatus drop(Context& context, ArgumentReader& reader) {
  DropQuestion question;
  question.name = only_name("drop", names_among(reader, [&](const std::string& word) {
                              if (word == "-f") return question.force = true;
                              if (word != "-r" && word != "-revision") return false;
                              question.revision = reader.value_of(word);
                              return true;
                            }));
  return drop_pipeline(context, question);
}

}  // namespace

std::optional<ExitStatus> answer_pipeline_command(Context& context, const std::string& command,
                                                  ArgumentReader& reader) {
  if (command == "pull") return pull(context, reader);
  if (command == "clone") return clone(context, reader);
  if (command == "list") return list(context, reader);
  if (command == "info") return info(context, reader);
  if (command == "view") return view(context, reader);
  if (command == "drop") return drop(context, reader);
  return std::nullopt;
}

}  // namespace weir::app
