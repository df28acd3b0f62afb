#include <nlohmann/json_fwd.hpp>
#include <nlohmann/json.hpp>
