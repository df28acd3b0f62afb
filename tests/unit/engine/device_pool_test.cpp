#include "engine/device_pool.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;
using Words = std::vector<std::string>;

TEST_SUITE("devices") {
  TEST_CASE("the environment says which devices there are") {
    const Devices devices = visible_devices({"PATH=/bin", "CUDA_VISIBLE_DEVICES=0, 3,GPU-x"});
    CHECK(devices.variable == "CUDA_VISIBLE_DEVICES");
    CHECK(devices.ids == Words{"0", "3", "GPU-x"});
    CHECK(visible_devices({"CUDA_VISIBLE_DEVICES="}).ids.empty());
    CHECK(visible_devices({"ROCR_VISIBLE_DEVICES=1"}).variable == "ROCR_VISIBLE_DEVICES");
  }

  TEST_CASE("no two running tasks have the same device, and ended ones give theirs back") {
    DevicePool pool({"CUDA_VISIBLE_DEVICES", {"4", "5", "6"}});
    Words first{"A=1", "CUDA_VISIBLE_DEVICES=4,5,6"};
    Words second;
    pool.assign(1, 1, first);
    pool.assign(2, 2, second);
    CHECK(first == Words{"A=1", "CUDA_VISIBLE_DEVICES=4"});
    CHECK(second == Words{"CUDA_VISIBLE_DEVICES=5,6"});
    pool.release(1);
    pool.release(7);
    Words third;
    pool.assign(3, 1, third);
    CHECK(third == Words{"CUDA_VISIBLE_DEVICES=4"});
  }

  TEST_CASE("where none are known nothing is said") {
    DevicePool pool{Devices{}};
    Words environment{"A=1"};
    pool.assign(1, 2, environment);
    CHECK(environment == Words{"A=1"});
  }
}
