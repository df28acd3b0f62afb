#include "engine/error_report.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace weir::engine {
namespace {

constexpr std::size_t k_tail_bytes_max = 64 * 1024;
constexpr std::size_t k_line_bytes_max = 2048;

std::string tail_of(const std::string& file) {
  const auto info = base::file_info(file);
  if (!info || info->type != base::FileInfo::Type::regular) return "";
  const base::Fd fd = base::open_read(file);
  const auto size = static_cast<std::size_t>(info->size_bytes);
  const std::size_t wanted = std::min(size, k_tail_bytes_max);
  std::string text(wanted, '\0');
  const ssize_t got = ::pread(fd.get(), text.data(), wanted, static_cast<off_t>(size - wanted));
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

/// The last lines, indented, without the work directory's name, safe to print.
std::string indented_tail(std::string_view text, const std::string& work_dir) {
  std::vector<std::string_view> lines = base::split(text, '\n');
  while (!lines.empty() && base::trim(lines.back()).empty()) lines.pop_back();
  const std::size_t first = lines.size() - std::min(lines.size(), k_tail_lines_max);
  std::string shown;
  for (std::size_t i = first; i < lines.size(); ++i) {
    const std::string line = base::replace_all(std::string(lines[i]), work_dir + "/", "");
    shown += "  " + base::printable(line, k_line_bytes_max) + "\n";
  }
  return shown;
}

std::string indented(std::string_view text) {
  std::string shown;
  std::string_view rest = text;
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  for (const std::string_view line : base::split(rest, '\n'))
    shown += line.empty() ? "\n" : "  " + std::string(line) + "\n";
  return shown;
}

std::string tip_for(const TaskFailure& failure, const std::string& job_id) {
  const std::string_view meaning = meaning_of_exit(failure.exit_status);
  std::string tip;
  if (!meaning.empty())
    tip = "exit status " + std::to_string(failure.exit_status) +
          " usually means: " + std::string(meaning) + ". ";
  if (failure.work_dir.empty()) return tip + "nothing was started for this task";
  if (failure.kind == TaskFailure::Kind::missing_output)
    return tip + "look into the work dir for what the command really wrote";
  tip += "repeat the task alone with `bash .command.run` in its work dir";
  if (job_id.empty()) return tip;
  return tip + "; `weir jobs shell " + job_id + " " + std::to_string(failure.id) +
         "` opens a shell there with its environment";
}

}  // namespace

TaskOutputTail read_output_tail(const std::string& work_dir) {
  if (work_dir.empty()) return {};
  return {tail_of(work_dir + "/.command.out"), tail_of(work_dir + "/.command.err")};
}

std::string_view meaning_of_exit(int exit_status) {
  switch (exit_status) {
    case 126:
      return "a command was found but could not be executed (is it executable, is its interpreter "
             "there?)";
    case 127: return "a command was not found (is it installed and on the PATH?)";
    case 130: return "the task was interrupted";
    case 134: return "a program aborted itself";
    case 135:
      return "a program met a bus error (a file cut short while it was mapped, or a full disk)";
    case 137: return "the task was killed, often by the kernel for lack of memory";
    case 139: return "a program crashed on a memory fault";
    case 140: return "the task passed a time or memory limit of the system";
    case 143: return "the task was asked to stop, often for passing a limit";
    default: return "";
  }
}

std::string format_report(const TaskFailure& failure, const TaskOutputTail& tail,
                          const std::string& job_id) {
  std::string report = "Error executing process > '" + failure.name + "'\n\nCaused by:\n" +
                       indented(failure.cause) + "\n";
  if (!failure.source_place.empty()) report += "Process:\n  " + failure.source_place + "\n\n";
  if (!base::trim(failure.script).empty()) {
    report += "\nCommand executed:\n\n" + indented(failure.script) + "\n";
    report += "Command exit status:\n  " +
              (failure.exit_status < 0 ? std::string("-") : std::to_string(failure.exit_status)) +
              "\n\n";
    const std::string output = indented_tail(tail.output, failure.work_dir);
    report += "Command output:\n" + (output.empty() ? std::string("  (empty)\n") : output);
    const std::string errors = indented_tail(tail.errors, failure.work_dir);
    if (!errors.empty()) report += "\nCommand error:\n" + errors;
  }
  if (!failure.work_dir.empty()) report += "\nWork dir:\n  " + failure.work_dir + "\n";
  return report + "\nTip: " + tip_for(failure, job_id);
}

}  // namespace weir::engine
