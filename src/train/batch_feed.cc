#include "train/batch_feed.h"

#include <algorithm>

namespace thalweg {
namespace {

std::size_t BytesOf(const FeatureBatch& batch) {
  std::size_t values = batch.label.size() + batch.weight.size();
  for (const IdLists& lists : batch.ids) values += lists.offsets.size() + lists.ids.size() + lists.weights.size();
  for (const Matrix& dense : batch.dense) values += dense.size();
  return values * sizeof(float);
}

}  // namespace

void BatchFeed::Start(ExampleSource* source) {
  Stop();
  source_ = source;
  stopping_ = false;
  ahead_ = kFewest;
  std::lock_guard lock(mutex_);
  read_ = released_ = handed_out_ = 0;
  finished_ = false;
  ScheduleLocked();
}

void BatchFeed::Stop() {
  stopping_ = true;
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
  }
  reader_.Wait();   // no task is made from now on
  for (Slot& slot : slots_) {
    slot.transforming.Wait();
    slot.transforming = {};
    slot.rows = {};
  }
  source_ = nullptr;
}

void BatchFeed::ScheduleLocked() {
  // Not for a single slot: a task, and the waking of a thread, cost more than the reading of a batch from a window at hand.
  const std::uint64_t ahead = ahead_;
  if (reading_ || finished_ || read_ + ahead / 4 > released_ + ahead) return;
  reading_ = true;
  reader_ = pool_->Background([this] { Read(); }, true);
}

void BatchFeed::Read() {
  for (;;) {
    Slot* slot;
    std::uint64_t batch;
    {
      std::lock_guard lock(mutex_);
      batch = read_;
      if (finished_ || batch >= released_ + ahead_ || (here_ && batch > handed_out_)) {
        reading_ = false;
        return;
      }
      slot = &slots_[batch % kSlots];
    }
    slot->transforming = {};
    Result<bool> more = source_->Next(&slot->rows);
    slot->end = more.ok() && !*more;
    slot->status = more.ok() ? Status::Ok() : more.status();
    const bool read = slot->status.ok() && !slot->end;
    if (read) slot->transforming = pool_->Background([this, batch] { Transform(batch); });
    {
      std::lock_guard lock(mutex_);
      ++read_;
      finished_ = finished_ || !read;
    }
    more_.notify_one();
  }
}

void BatchFeed::Transform(std::uint64_t batch) {
  Slot& slot = slots_[batch % kSlots];
  {
    std::lock_guard lock(mutex_);
    if (!spare_.empty()) {
      slot.features = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  if (!stopping_) slot.status = plan_->Transform(slot.rows, &slot.features);
  slot.rows = {};
  const std::size_t most = std::min(kAheadRows / (slot.features.num_rows + 1), kAheadBytes / (BytesOf(slot.features) + 1));
  ahead_ = std::clamp<std::uint64_t>(most, kFewest, kSlots);
}

// Later batches are transformed here while another thread is at this one.
void BatchFeed::WaitFor(ThreadPool::Ticket transforming) {
  if (transforming.RunHere()) return;
  for (std::uint64_t ahead = 1; !transforming.done(); ++ahead) {
    ThreadPool::Ticket later;
    {
      std::lock_guard lock(mutex_);
      if (handed_out_ + ahead >= read_) break;
      later = slots_[(handed_out_ + ahead) % kSlots].transforming;
    }
    later.RunHere();
  }
  transforming.Wait();
}

Result<const FeatureBatch*> BatchFeed::Next() {
  Slot& slot = slots_[handed_out_ % kSlots];
  {
    std::unique_lock lock(mutex_);
    // The last batch handed out is done with: its slot is free.
    if (released_ < handed_out_) spare_.push_back(std::move(slots_[released_++ % kSlots].features));
    ScheduleLocked();
    while (read_ == handed_out_) {
      if (!reading_) return static_cast<const FeatureBatch*>(nullptr);
      here_ = true;
      ThreadPool::Ticket reader = reader_;
      lock.unlock();
      const bool here = reader.RunHere();
      lock.lock();
      here_ = false;
      if (here) {
        ScheduleLocked();
      } else {
        more_.wait(lock, [&] { return read_ > handed_out_ || !reading_; });
      }
    }
  }
  WaitFor(slot.transforming);
  if (!slot.status.ok()) return slot.status;
  if (slot.end) return static_cast<const FeatureBatch*>(nullptr);
  ++handed_out_;
  return static_cast<const FeatureBatch*>(&slot.features);
}

}  // namespace thalweg
