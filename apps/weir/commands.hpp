#pragma once

#include "command.hpp"

#include <memory>

/// The makers of all commands, one per file under commands/. main.cpp's table names them.
namespace weir::app {

std::unique_ptr<Command> make_run();
std::unique_ptr<Command> make_nextflow();
std::unique_ptr<Command> make_config();
std::unique_ptr<Command> make_log();
std::unique_ptr<Command> make_clean();
std::unique_ptr<Command> make_inspect();
std::unique_ptr<Command> make_pull();
std::unique_ptr<Command> make_clone();
std::unique_ptr<Command> make_list();
std::unique_ptr<Command> make_info();
std::unique_ptr<Command> make_view();
std::unique_ptr<Command> make_drop();
std::unique_ptr<Command> make_secrets_list();
std::unique_ptr<Command> make_secrets_get();
std::unique_ptr<Command> make_secrets_set();
std::unique_ptr<Command> make_secrets_delete();
std::unique_ptr<Command> make_jobs_explain();
std::unique_ptr<Command> make_jobs_shell();
std::unique_ptr<Command> make_serve_service();
std::unique_ptr<Command> make_serve_service_start();
std::unique_ptr<Command> make_serve_service_with();
std::unique_ptr<Command> make_serve_service_stop();
std::unique_ptr<Command> make_serve_service_status();
std::unique_ptr<Command> make_serve_service_list();
std::unique_ptr<Command> make_serve_service_logs();
std::unique_ptr<Command> make_serve_service_wait();
std::unique_ptr<Command> make_serve_service_supervise();
std::unique_ptr<Command> make_gate_wait();
std::unique_ptr<Command> make_gate_check();
std::unique_ptr<Command> make_gate_list();
std::unique_ptr<Command> make_gate_describe();
std::unique_ptr<Command> make_gate_test();
std::unique_ptr<Command> make_preprocess();
std::unique_ptr<Command> make_cache_ls();
std::unique_ptr<Command> make_cache_stat();
std::unique_ptr<Command> make_cache_get();
std::unique_ptr<Command> make_cache_put();
std::unique_ptr<Command> make_cache_rm();
std::unique_ptr<Command> make_cache_pin();
std::unique_ptr<Command> make_cache_unpin();
std::unique_ptr<Command> make_cache_gc();
std::unique_ptr<Command> make_cache_verify();
std::unique_ptr<Command> make_cache_du();
std::unique_ptr<Command> make_cache_export();
std::unique_ptr<Command> make_cache_import();
std::unique_ptr<Command> make_jobs_attach();
std::unique_ptr<Command> make_jobs_doctor();
std::unique_ptr<Command> make_jobs_follow();
std::unique_ptr<Command> make_jobs_history();
std::unique_ptr<Command> make_jobs_list();
std::unique_ptr<Command> make_jobs_logs();
std::unique_ptr<Command> make_jobs_metrics();
std::unique_ptr<Command> make_jobs_pin();
std::unique_ptr<Command> make_jobs_unpin();
std::unique_ptr<Command> make_jobs_retry();
std::unique_ptr<Command> make_jobs_status();
std::unique_ptr<Command> make_jobs_supervise();
std::unique_ptr<Command> make_jobs_tasks();
std::unique_ptr<Command> make_jobs_verify();
std::unique_ptr<Command> make_jobs_show();
std::unique_ptr<Command> make_jobs_wait();
std::unique_ptr<Command> make_jobs_cancel();
std::unique_ptr<Command> make_jobs_events();
std::unique_ptr<Command> make_jobs_prune();
std::unique_ptr<Command> make_jobs_recover();
std::unique_ptr<Command> make_lint();
std::unique_ptr<Command> make_params_validate();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_manual();

}  // namespace weir::app
