#pragma once

#include <sys/syscall.h>

/// For code that shares its memory, and so its thread's `errno`, with a process that goes on
/// running beside it: nothing that touches thread-local data or calls a sanitizer may be in it.
#define WEIR_NO_SANITIZER gnu::no_sanitize_address, gnu::no_sanitize_thread

namespace weir::base::internal {

/// A system call without libc: the result, or the negated errno.
#if defined(__x86_64__)

[[WEIR_NO_SANITIZER, gnu::always_inline]] inline long raw_syscall(long number, long a = 0,
                                                                  long b = 0, long c = 0,
                                                                  long d = 0) {
  long result = number;
  register long fourth asm("r10") = d;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(fourth)
               : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

[[WEIR_NO_SANITIZER, gnu::always_inline]] inline long raw_syscall(long number, long a = 0,
                                                                  long b = 0, long c = 0,
                                                                  long d = 0) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}

#else
#error \
    "raw_syscall: not known for this processor; see syscall(2), 'Architecture calling conventions'"
#endif

template <typename Pointer>
[[WEIR_NO_SANITIZER, gnu::always_inline]] inline long raw_argument(Pointer* pointer) {
  return reinterpret_cast<long>(pointer);
}

}  // namespace weir::base::internal
