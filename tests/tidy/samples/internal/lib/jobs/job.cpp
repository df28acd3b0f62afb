#include "jobs/internal/job_row.hpp"
#include "db/internal/sqlite_error.hpp"
