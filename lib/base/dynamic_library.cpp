#include "base/dynamic_library.hpp"

#include "base/error.hpp"

#include <dlfcn.h>

#include <utility>

namespace weir::base {

DynamicLibrary::DynamicLibrary(std::string soname, const std::string& package)
    : soname_(std::move(soname)) {
  handle_ = ::dlopen(soname_.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) {
    throw Error(ErrorKind::cannot_begin, "cannot open " + soname_)
        .with_hint("install it: apt-get install " + package);
  }
}

void* DynamicLibrary::symbol(const char* name) const {
  void* address = ::dlsym(handle_, name);
  if (address == nullptr) {
    throw Error(ErrorKind::cannot_begin,
                soname_ + " has no function '" + name + "'; another version is installed");
  }
  return address;
}

}  // namespace weir::base
