// Events. A record is an object of its own: the event points to its last one, a wait holds the one that was last when
// it was issued. So recording again never moves what somebody already waits for, and destroying an event is safe.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "npu/base/status.h"
#include "npu/runtime/handle.h"
#include "npu/runtime/stream.h"

namespace npu {

// One record: pending, then done, with the failure of its stream if it failed before.
class Record {
 public:
  using Clock = std::chrono::steady_clock;
  void finish(Status status);
  bool done() const { return done_; }
  bool done_within(int timeout_ms);  // Sleeps; wakes when it is done.
  // Both only when done.
  const Status& status() const { return status_; }
  Clock::time_point time() const { return time_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> done_ = false;
  Status status_;
  Clock::time_point time_;
};

class Event : public std::enable_shared_from_this<Event> {
 public:
  // reusable: made by CreateEventExWithFlag, recorded as often as wanted and never reset.
  Event(uint32_t flags, bool reusable);

  Status record(Stream& stream);
  Status wait(Stream& stream, int timeout_ms);  // 0: for ever
  Status reset(Stream& stream);
  // An event without a record is complete. Fails with what failed before the record.
  Status query(bool& complete);
  Status query_waits(bool& complete);
  Status synchronize(int timeout_ms);  // Negative: for ever.
  // When the last record was done; fails while it is not, or when this event records no time.
  Status time(Record::Clock::time_point& when);

  const uint32_t flags;
  const bool reusable;
  const uint32_t id;

  // From now on this record is the event's last one.
  void point_to(std::shared_ptr<Record> record);

 private:
  std::shared_ptr<Record> last();
  std::mutex mutex_;
  std::shared_ptr<Record> last_;
  // Waits issued and not over; shared with their tasks, which may outlive the event.
  std::shared_ptr<std::atomic<int>> waits_ = std::make_shared<std::atomic<int>>(0);
};

using EventTable = HandleTable<Event, HandleKind::kEvent>;
EventTable& events();
Status event_of(aclrtEvent handle, std::shared_ptr<Event>& event);

// How long a stream waits for an event before it fails. 0: for ever.
void set_event_wait_timeout_ms(int timeout_ms);
int event_wait_timeout_ms();

}  // namespace npu
