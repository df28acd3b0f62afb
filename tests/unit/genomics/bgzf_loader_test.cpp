#include "genomics/bgzf_loader.hpp"

#include "genomics_fixture.hpp"

#include <algorithm>
#include <numeric>

namespace weir::genomics {
namespace {

std::string noise(std::size_t bytes) {
  std::mt19937 random(5);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>('a' + random() % 20);
  return text;
}

/// All that a loader gives, by loads of changing room.
std::string loaded(Loader& loader, const std::vector<std::size_t>& rooms) {
  std::string all;
  std::vector<std::uint8_t> buffer(*std::max_element(rooms.begin(), rooms.end()));
  for (std::size_t i = 0;; ++i) {
    const std::size_t got = loader.load(buffer.data(), rooms[i % rooms.size()]);
    if (got == 0) return all;
    all.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
}

}  // namespace

TEST_SUITE_BEGIN("bgzf loader");

TEST_CASE_FIXTURE(ProcessFixture,
                  "content and digest are the same for all threads, pieces, rooms") {
  const std::string text = noise(5'000'000);
  for (const std::size_t payload : {std::size_t{700}, k_bgzf_payload_bytes}) {
    const std::string bytes = bgzf_of(text, true, payload);
    const SourceFile source(request("a.txt.gz", bytes));
    for (const std::size_t threads : {1U, 2U, 5U}) {
      for (const std::size_t piece : {std::size_t{70'000}, std::size_t{1} << 20}) {
        WorkerPool pool(threads);
        SourceHasher hasher(false);
        const std::unique_ptr<Loader> loader = make_bgzf_loader(
            source, &hasher, {.work = {.threads = threads, .pool = &pool}, .piece_bytes = piece});
        CHECK(loaded(*loader, {k_load_room_min, 1'000'000, 200'001}) == text);
        CHECK(loader->source_position() == bytes.size());
        CHECK(loader->blocks()->content_bytes() == text.size());
        CHECK(loader->tally().empty());
        hasher.finish();
        CHECK(hasher.sha256() == base::sha256_hex(bytes));
      }
    }
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "a loader may go while what it read is still being digested") {
  constexpr std::size_t k_piece_bytes = std::size_t{1} << 20;
  const std::string text = noise(12'000'000);
  std::string bytes;
  Container container = Container::bgzf;
  SUBCASE("blocks") {
    bytes = bgzf_of(text);
  }
  SUBCASE("one stream") {
    container = Container::gzip;
    bytes = output_of({"gzip", "-1c", request("a.txt", text).source.string()});
  }
  const SourceFile source(request("a.txt.gz", bytes));
  std::vector<std::string> possible;  // digests of what may have been read by then
  for (std::size_t end = 0; end < bytes.size() + k_piece_bytes / 4; end += k_piece_bytes / 4)
    possible.push_back(base::sha256_hex(bytes.substr(0, end)));
  for (int round = 0; round < 20; ++round) {
    SourceHasher hasher(true);
    std::vector<std::uint8_t> room(k_load_room_min);
    std::unique_ptr<Loader> loader =
        make_loader(source, container, &hasher, {.piece_bytes = k_piece_bytes});
    CHECK(loader->load(room.data(), room.size()) > 0);
    loader.reset();
    hasher.finish();
    CHECK(std::find(possible.begin(), possible.end(), hasher.sha256()) != possible.end());
  }
}

TEST_CASE_FIXTURE(ProcessFixture, "of several damaged blocks the first is told, whoever meets it") {
  std::string bytes = bgzf_of(noise(4'000'000));
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < bytes.size();) {
    starts.push_back(at);
    at += *bgzf_block_length(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()) + at, bytes.size() - at});
  }
  for (const std::size_t damaged : {50U, 20U, 21U, 40U}) bytes[starts[damaged] + 1000] ^= 1;
  const SourceFile source(request("a.txt.gz", bytes));
  for (std::size_t round = 0; round < 10; ++round) {
    const std::unique_ptr<Loader> loader =
        make_bgzf_loader(source, nullptr, {.work = {.threads = 4}, .piece_bytes = 70'000});
    try {
      static_cast<void>(loaded(*loader, {std::size_t{6} << 20}));
      FAIL("the damage was not seen");
    } catch (const Error& error) {
      CHECK(error.code() == "bgzf_crc");
      CHECK(error.place().byte_offset == static_cast<std::int64_t>(starts[20]));
    }
  }
}

TEST_SUITE_END();

}  // namespace weir::genomics
