#include "cache/store.hpp"
#include "preprocess/internal/request_text.hpp"
#include "preprocess_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace weir;
using namespace weir::preprocess;

namespace {

Submitted submit(const Scene& scene, const Request& request) {
  return Preprocessor(scene.settings()).submit(request);
}

std::optional<Worked> work_next(const Scene& scene) {
  return Preprocessor(scene.settings()).work_next({}, k_never);
}

}  // namespace

TEST_CASE("a request in the queue is done by whoever works next, once, and delivered") {
  Scene scene;
  Request request = request_of(scene.input("calls.vcf", vcf_text()));
  request.delivery = Delivery{scene.dir.path() / "out", PlaceMode::copy};
  const Submitted first = submit(scene, request);
  CHECK(first.how == Submitted::How::queued);
  const Submitted again = submit(scene, request);
  CHECK(again.how == Submitted::How::attached);
  CHECK(again.job_id == first.job_id);
  REQUIRE(scene.jobs().size() == 1);
  CHECK(scene.jobs()[0].state == jobs::JobState::queued);
  const std::optional<Worked> worked = work_next(scene);
  REQUIRE(worked.has_value());
  CHECK(worked->job_id == first.job_id);
  CHECK(worked->result.has_value());
  CHECK(base::file_info(scene.dir.path() / "out" / "calls.vcf.gz").has_value());
  CHECK(base::file_info(scene.dir.path() / "out" / "calls.vcf.gz.tbi").has_value());
  CHECK(scene.jobs()[0].state == jobs::JobState::succeeded);
  CHECK_FALSE(work_next(scene).has_value());
  // It is there now: delivered at once, to another folder as well.
  request.delivery->folder = scene.dir.path() / "other";
  CHECK(submit(scene, request).how == Submitted::How::cached);
  CHECK(base::file_info(scene.dir.path() / "other" / "calls.vcf.gz").has_value());
  CHECK(scene.jobs().size() == 1);
}

TEST_CASE("who asks for a file that waits in the queue does not wait, but does it") {
  Scene scene;
  const Request request = request_of(scene.input("calls.vcf", vcf_text()));
  const Submitted queued = submit(scene, request);
  const Result result = run(scene, request);
  CHECK(result.how == How::made);
  CHECK(result.job_id == queued.job_id);
  CHECK_FALSE(work_next(scene).has_value());
}

TEST_CASE("a file that was changed in the queue is not done as if it had not") {
  Scene scene;
  const auto source = scene.input("calls.vcf", vcf_text());
  static_cast<void>(submit(scene, request_of(source)));
  scene.input("calls.vcf", vcf_text(30));
  const std::optional<Worked> worked = work_next(scene);
  REQUIRE(worked.has_value());
  REQUIRE(worked->error.has_value());
  CHECK(worked->error->code() == "source_changed");
  CHECK(scene.jobs()[0].state == jobs::JobState::failed);
  CHECK_FALSE(scene.jobs()[0].outcome.permanent);
  scene.input("gone.vcf", vcf_text(5));
  static_cast<void>(submit(scene, request_of(scene.dir.path() / "gone.vcf")));
  base::remove_file(scene.dir.path() / "gone.vcf");
  CHECK(work_next(scene)->error->code() == "no_such_file");
}

TEST_CASE("a worker that is stopped puts its job back") {
  Scene scene;
  Settings settings = scene.settings();
  settings.when_stopped = Settings::WhenStopped::requeue;
  static_cast<void>(submit(scene, request_of(scene.input("calls.vcf", vcf_text(50000)))));
  const std::atomic<bool> stop{true};
  const std::optional<Worked> worked = Preprocessor(settings).work_next({}, stop);
  REQUIRE(worked.has_value());
  CHECK(worked->error->kind() == ErrorKind::cancelled);
  CHECK(scene.jobs()[0].state == jobs::JobState::queued);
  CHECK(scene.cache_files("tmp").empty());
  CHECK(work_next(scene)->result.has_value());
  CHECK(scene.jobs()[0].attempt == 2);
}

TEST_CASE("what nobody begins in time fails for want of capacity, and may be asked for again") {
  Scene scene;
  Settings settings = scene.settings();
  settings.queue_limit = std::chrono::milliseconds(1);
  const Request request = request_of(scene.input("calls.vcf", vcf_text()));
  const Submitted submitted = Preprocessor(settings).submit(request);
  while (scene.jobs()[0].deadline.value() >= base::now_wall()) {
  }
  CHECK_FALSE(work_next(scene).has_value());
  CHECK(scene.jobs()[0].state == jobs::JobState::failed);
  CHECK(scene.jobs()[0].outcome.error_code == "capacity");
  CHECK(scene.jobs()[0].outcome.error_text.starts_with("capacity:"));
  CHECK(run(scene, request).job_id != submitted.job_id);
}

TEST_CASE("a full table refuses a new file, and lets an old request be joined") {
  Scene scene;
  Settings settings = scene.settings();
  settings.active_max = 1;
  Preprocessor preprocessor(settings);
  const Request first = request_of(scene.input("a.vcf", vcf_text(5)));
  const Submitted submitted = preprocessor.submit(first);
  CHECK(error_of([&] {
          static_cast<void>(preprocessor.submit(request_of(scene.input("b.vcf", vcf_text(6)))));
        }).code() == "too_many_jobs");
  CHECK(preprocessor.submit(first).job_id == submitted.job_id);
}

TEST_CASE("work that takes longer than it may fails, and says so") {
  Scene scene;
  Settings settings = scene.settings();
  settings.time_limit = std::chrono::milliseconds(1);
  const Request request = request_of(scene.input("calls.vcf", vcf_text(300000)));
  Preprocessor preprocessor(settings);
  const Error error =
      error_of([&] { static_cast<void>(preprocessor.run(request, nullptr, k_never)); });
  CHECK(error.kind() == ErrorKind::timed_out);
  CHECK(error.code() == "deadline");
  REQUIRE(scene.jobs().size() == 1);
  CHECK(scene.jobs()[0].state == jobs::JobState::failed);
  CHECK(scene.jobs()[0].outcome.reason == "deadline");
  CHECK(scene.cache_files("blobs").empty());
  CHECK(run(scene, request).how == How::made);
}

TEST_CASE("a request comes back from its text as it was") {
  Request request;
  request.source = "/data/a b.vcf";
  request.name = "a b.vcf";
  request.format = genomics::Format::vcf;
  request.codec = genomics::Codec::isal;
  request.level = 9;
  request.index = genomics::IndexType::csi;
  request.policy = genomics::LinePolicy::lenient;
  request.allow_empty = true;
  request.remote = net::parse_url("https://h/x?sig=1");
  request.claims = {"a", "b", 3, true};
  request.delivery = Delivery{"/out", PlaceMode::copy};
  request.keep_rejected = true;
  request.accept_missing_eof = true;
  request.want_gzi = true;
  request.line_bytes_max = 77;
  request.options.keep_gtf = true;
  request.options.to = genomics::Format::bcf;
  request.options.ties = genomics::VariantTies::alleles;
  request.options.contig_order = genomics::ContigOrder::listed;
  request.options.contigs = {"chr2", "chr1"};
  request.options.columns = genomics::TableColumns{"seq", "2", "3", true, ';', 4};
  request.options.aliases = {{"1", "chr1"}};
  request.options.reference = "/ref/genome.fa";
  const Request same = parse_request(R"({"request":)" + text_of(request) + "}");
  CHECK(text_of(same) == text_of(request));
  CHECK(same.source == request.source);
  CHECK(same.remote->text() == "https://h/x?sig=1");
  CHECK(same.delivery->mode == PlaceMode::copy);
  CHECK(same.claims.size_bytes == 3);
  CHECK(same.claims.md5_may_differ);
  CHECK(same.keep_rejected);
  CHECK(same.index == genomics::IndexType::csi);
  CHECK(same.want_gzi);
  CHECK(same.line_bytes_max == 77);
  CHECK(genomics::parameters_of(same.options) == genomics::parameters_of(request.options));
  CHECK(same.options.columns->comment == ';');
  CHECK(same.options.reference == "/ref/genome.fa");
  Request plain;
  plain.source = "x";
  CHECK(text_of(parse_request(R"({"request":)" + text_of(plain) + "}")) == text_of(plain));
  for (const char* bad : {"", "{}", R"({"request":{}})", R"({"request":{"version":2}})"})
    CHECK(error_of([&] { static_cast<void>(parse_request(bad)); }).code() == "bad_request");
}
