#include "npu/runtime/event.h"

#include "acl/acl_rt_event.h"
#include "npu/base/check.h"
#include "npu/runtime/poll.h"

namespace npu {
namespace {

std::atomic<uint32_t> next_id = 0;
std::atomic<int> wait_timeout_ms = 0;

constexpr Description kRecord{"an event record"}, kWait{"an event wait"}, kReset{"an event reset"};

class RecordTask final : public Task {
 public:
  RecordTask(std::shared_ptr<Record> record, Event& event) : record_(std::move(record)), event_(event) {}
  void accepted() noexcept override { event_.point_to(record_); }
  void run() override { record_->finish({}); }
  void drop(const Status& why) noexcept override { record_->finish(why); }  // Nobody waits for ever.
  const Description* description() const override { return &kRecord; }

 private:
  std::shared_ptr<Record> record_;
  Event& event_;  // Good while the task is submitted; it may die before the task runs.
};

class WaitTask final : public Task {
 public:
  WaitTask(std::shared_ptr<Record> record, std::shared_ptr<std::atomic<int>> waits, int timeout_ms)
      : record_(std::move(record)), waits_(std::move(waits)), timeout_ms_(timeout_ms) {
    ++*waits_;
  }
  ~WaitTask() override { --*waits_; }
  void run() override {
    if (!poll([this] { return record_->done(); }))
      Stream::running()->wait_in_task(timeout_ms_, "an event",
                                      [this](int timeout_ms) { return record_->done_within(timeout_ms); });
    if (const Status& status = record_->status(); !status.ok())
      throw TaskError(status.code(), "what it waits for failed: " + status.text());
  }
  const Description* description() const override { return &kWait; }

 private:
  std::shared_ptr<Record> record_;
  std::shared_ptr<std::atomic<int>> waits_;
  int timeout_ms_;
};

}  // namespace

void Record::finish(Status status) {
  {
    std::lock_guard lock(mutex_);
    if (done_) return;
    status_ = std::move(status);
    time_ = Clock::now();
    done_ = true;
  }
  changed_.notify_all();
}

bool Record::done_within(int timeout_ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] { return done_.load(); });
}

Event::Event(uint32_t flags, bool reusable) : flags(flags), reusable(reusable), id(next_id++) {}

std::shared_ptr<Record> Event::last() {
  std::lock_guard lock(mutex_);
  return last_;
}

void Event::point_to(std::shared_ptr<Record> record) {
  std::lock_guard lock(mutex_);
  last_.swap(record);
}

// Nobody sees a record before its place in the queue is sure: a wait that got in front of it in the same stream, or in
// a circle of streams, would never end.
Status Event::record(Stream& stream) {
  const auto record = std::make_shared<Record>();
  Status status = stream.enqueue(std::make_unique<RecordTask>(record, *this));
  // Refused for the stream's failure: the record failed, and so does who waits for it.
  if (!status.ok()) point_to(record);
  return status;
}

Status Event::wait(Stream& stream, int timeout_ms) {
  NPU_REQUIRE(flags & ACL_EVENT_SYNC, ACL_ERROR_RT_PARAM_INVALID,
              "a stream cannot wait for an event made without ACL_EVENT_SYNC");
  auto record = last();
  if (!record) return {};
  return stream.enqueue(std::make_unique<WaitTask>(std::move(record), waits_, timeout_ms));
}

Status Event::reset(Stream& stream) {
  NPU_REQUIRE(!reusable && flags & ACL_EVENT_SYNC, ACL_ERROR_RT_PARAM_INVALID,
              "only an event of aclrtCreateEventWithFlag with ACL_EVENT_SYNC can be reset; record the others again");
  return stream.enqueue(make_task(kReset, [event = shared_from_this(), record = last()] {
    std::lock_guard lock(event->mutex_);
    if (event->last_ == record) event->last_ = nullptr;
  }));
}

Status Event::query(bool& complete) {
  const auto record = last();
  complete = !record || record->done();
  return complete && record ? record->status() : Status();
}

Status Event::query_waits(bool& complete) {
  NPU_REQUIRE(!reusable, ACL_ERROR_RT_PARAM_INVALID,
              "an event of aclrtCreateEventExWithFlag does not know who waits for it");
  complete = *waits_ == 0;
  return {};
}

Status Event::synchronize(int timeout_ms) {
  const auto record = last();
  if (!record) return {};
  const auto deadline = Record::Clock::now() + std::chrono::milliseconds(timeout_ms);
  if (!poll([&] { return record->done(); })) {
    while (!record->done_within(timeout_ms < 0 ? 1000 : timeout_ms))
      NPU_REQUIRE(timeout_ms < 0 || Record::Clock::now() < deadline, ACL_ERROR_RT_EVENT_SYNC_TIMEOUT,
                  "the event was not complete within ", timeout_ms, " ms");
  }
  return record->status();
}

Status Event::time(Record::Clock::time_point& when) {
  NPU_REQUIRE(flags & ACL_EVENT_TIME_LINE, ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
              "the event was made without ACL_EVENT_TIME_LINE, it records no time");
  const auto record = last();
  NPU_REQUIRE(record, ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, "the event was never recorded");
  NPU_REQUIRE(record->done(), ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID, "the event is not complete yet");
  NPU_TRY(record->status());
  when = record->time();
  return {};
}

EventTable& events() {
  static auto* table = new EventTable;  // Outlives every thread that may still ask.
  return *table;
}

Status event_of(aclrtEvent handle, std::shared_ptr<Event>& event) {
  NPU_REQUIRE(handle, ACL_ERROR_INVALID_PARAM, "the event is null");
  event = events().find(handle);
  NPU_REQUIRE(event, ACL_ERROR_RT_INVALID_HANDLE,
              is_handle(handle, HandleKind::kEvent) ? "the event was destroyed" : "this is no event");
  return {};
}

void set_event_wait_timeout_ms(int timeout_ms) { wait_timeout_ms = timeout_ms; }
int event_wait_timeout_ms() { return wait_timeout_ms; }

}  // namespace npu
