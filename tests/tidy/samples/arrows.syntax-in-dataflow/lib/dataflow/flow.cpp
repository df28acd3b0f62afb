#include "lang/value.hpp"
#include "lang/ast_expr.hpp"
