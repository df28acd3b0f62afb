#include <CLI/CLI.hpp>
#include <sqlite3.h>
