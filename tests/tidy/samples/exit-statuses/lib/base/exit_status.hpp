#pragma once

enum class ExitStatus : int {
  ok = 0,  ///< done
  failed = 1,
};
