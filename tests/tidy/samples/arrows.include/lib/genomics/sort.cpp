#include "base/file.hpp"
#include "jobs/job_store.hpp"
// #include "cache/store.hpp"
