#include "compose/run_output.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "jobs/job_store.hpp"
#include "runs/event_stream.hpp"

namespace weir::app {
namespace {

constexpr std::size_t k_log_buffer_bytes = std::size_t{32} << 10;

}  // namespace

RunOutput::RunOutput(Context& context, const RunControl& control)
    : context_(context), out_(&context.out), err_(&context.err) {
  if (control.owns_output() || control.is_detached_child()) out_ = &nowhere_;
  out_->outlive_reader();
  err_->outlive_reader();
}

RunOutput::~RunOutput() {
  stop_events_ = true;
  if (events_.joinable()) events_.join();
  try {
    flush();
  } catch (const Error&) {
    // flushed by name where it matters; unwinding has no one to tell
  }
  out_->copy_to({});
  err_->copy_to({});
}

void RunOutput::open_log(const std::filesystem::path& folder) {
  folder_ = folder;
  out_->copy_to([this](std::string_view text) { copy(runs::Stream::out, text); });
  err_->copy_to([this](std::string_view text) { copy(runs::Stream::err, text); });
}

void RunOutput::copy(runs::Stream stream, std::string_view text) {
  if (stream != waiting_stream_) flush_log();
  waiting_stream_ = stream;
  waiting_ += text;
  if (waiting_.size() >= k_log_buffer_bytes) flush_log();
}

void RunOutput::flush_log() {
  if (waiting_.empty()) return;
  if (!log_.has_value()) begin_log();
  if (log_.has_value()) log_->write(waiting_stream_, waiting_);
  waiting_.clear();
}

/// By the first word: many a run says nothing. When somebody removed the folder there is nothing to
/// write to any more, which is no reason to end the run.
void RunOutput::begin_log() {
  try {
    log_.emplace(folder_);
  } catch (const Error&) {
    if (base::file_info(folder_).has_value()) throw;
  }
}

void RunOutput::flush() {
  flush_log();
  out_->flush();
  err_->flush();
}

void RunOutput::when_waiting(std::function<void()> told) {
  out_->when_waiting(told);
  err_->when_waiting(std::move(told));
}

void RunOutput::forget_terminal() {
  out_->abandon();
  err_->abandon();
}

void RunOutput::start_events(const std::filesystem::path& state_dir, const std::string& id) {
  Output& out = context_.out;
  out.outlive_reader();
  events_ = std::thread([this, state_dir, id, &out] {
    try {
      jobs::JobStore store(state_dir);
      runs::EventStream stream(
          store, id, {.after = {}, .follow = true, .hello = true, .logs = true, .types = {}});
      static_cast<void>(stream.run(
          [&](std::string_view line) {
            out.line(line);
            return out.fd() >= 0;
          },
          [&] { out.flush(); }, stop_events_));
    } catch (const Error& error) {  // a thread's entry: the run goes on, its record is elsewhere
      context_.err.line(std::string("weir: events: ") + error.what());
    }
  });
}

void RunOutput::finish_events() {
  if (events_.joinable()) events_.join();
}

}  // namespace weir::app
