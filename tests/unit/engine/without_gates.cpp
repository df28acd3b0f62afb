// Stands in for service_link*.cpp, so that a weir without gates and without services in pipelines
// can be linked: what an ordinary run is compared with (without_gates_test.sh).
#include "engine/internal/service_link.hpp"

#include "base/error.hpp"

// NOLINTBEGIN(performance-unnecessary-value-param): the declarations are service_link.hpp's

namespace weir::engine {
namespace {

[[noreturn]] void refuse() {
  throw Error(ErrorKind::bug, "this weir was linked without gates and services");
}

}  // namespace

ServiceLink::ServiceLink(base::EventLoop& loop, base::ThreadPool& pool, RunContext& run,
                         Options options)
    : loop_(loop), run_(run), options_(std::move(options)), pool_(pool), capacity_({}) {
  refuse();
}
ServiceLink::~ServiceLink() = default;

void ServiceLink::wire(const std::vector<ProcessNode*>& /*nodes*/) {
  refuse();
}
void ServiceLink::declare(ProcessNode& /*node*/, TaskRequest /*request*/) {
  refuse();
}
bool ServiceLink::concerns(TaskContext& /*context*/, const TaskRequest& /*request*/) {
  refuse();
}
void ServiceLink::admit(const Attempt& /*attempt*/, std::function<void(Prepared)> /*proceed*/,
                        std::shared_ptr<TaskAdmission>& /*admission*/) {
  refuse();
}
void ServiceLink::admit_launch(const std::shared_ptr<TaskAdmission>& /*admission*/,
                               std::function<void(Admitted)> /*proceed*/) {
  refuse();
}
void ServiceLink::release(std::shared_ptr<TaskAdmission>& /*admission*/) {
  refuse();
}
void ServiceLink::process_closed(const ProcessUnit& /*unit*/) {
  refuse();
}
void ServiceLink::stop_all() {
  refuse();
}
void ServiceLink::kill_all() {
  refuse();
}
bool ServiceLink::is_idle() {
  refuse();
}
std::vector<RunWaitList::Service> ServiceLink::services() const {
  refuse();
}
GateWaits ServiceLink::waiting(std::size_t /*first_max*/) const {
  refuse();
}
std::vector<RunWaitList::ForService> ServiceLink::waiting_for_services() const {
  refuse();
}

}  // namespace weir::engine

// NOLINTEND(performance-unnecessary-value-param)
