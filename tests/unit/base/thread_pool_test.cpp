#include "base/thread_pool.hpp"
#include "base/queue.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace weir::base;

TEST_SUITE("thread pool") {
  TEST_CASE("all submitted work is done, also with a short queue") {
    std::atomic<int> done = 0;
    ThreadPool pool(4, 2);
    for (int i = 0; i < 1000; ++i) pool.submit([&] { ++done; });
    pool.wait_idle();
    CHECK(done == 1000);
  }

  TEST_CASE("the destructor waits for what is queued") {
    std::atomic<int> done = 0;
    {
      ThreadPool pool(2);
      for (int i = 0; i < 100; ++i) pool.submit([&] { ++done; });
    }
    CHECK(done == 100);
  }

  TEST_CASE("work may submit work") {
    std::atomic<int> done = 0;
    ThreadPool pool(1);
    pool.submit([&] { pool.submit([&] { ++done; }); });
    pool.wait_idle();
    CHECK(done == 1);
  }
}

TEST_SUITE("queue") {
  TEST_CASE("items come out in order and a closed queue drains") {
    BoundedQueue<int> queue(2);
    std::vector<int> got;
    std::thread reader([&] {
      while (auto item = queue.pop()) got.push_back(*item);
    });
    for (int i = 0; i < 100; ++i) CHECK(queue.push(i));
    queue.close();
    reader.join();
    CHECK(got.size() == 100);
    CHECK(got.front() == 0);
    CHECK(got.back() == 99);
    CHECK_FALSE(queue.push(1));
  }
}
