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
  std::lock_guard lock(mutex_);
  scheduled_ = released_ = handed_out_ = 0;
  ahead_ = kFewest;
  reading_ = finished_ = stopping_ = false;
  ScheduleLocked();
}

void BatchFeed::Stop() {
  {
    std::lock_guard lock(mutex_);
    finished_ = stopping_ = true;
  }
  // No task is made from now on but the transforming that ends a reading.
  for (const auto which : {&Slot::reading, &Slot::transforming}) {
    std::array<ThreadPool::Ticket, kSlots> tickets;
    {
      std::lock_guard lock(mutex_);
      for (std::uint64_t i = 0; i < kSlots; ++i) tickets[i] = slots_[i].*which;
    }
    for (ThreadPool::Ticket& ticket : tickets) ticket.Wait();
  }
  for (Slot& slot : slots_) {
    slot.rows = {};
    slot.reading = slot.transforming = {};
  }
  source_ = nullptr;
}

void BatchFeed::ScheduleLocked() {
  if (reading_ || finished_ || scheduled_ >= released_ + ahead_) return;
  reading_ = true;
  const std::uint64_t batch = scheduled_++;
  Slot& slot = slots_[batch % kSlots];
  slot.transforming = {};
  slot.reading = pool_->Background([this, batch] { Read(batch); }, true);
}

void BatchFeed::Read(std::uint64_t batch) {
  Slot& slot = slots_[batch % kSlots];
  slot.status = Status::Ok();
  slot.end = true;
  bool wanted;
  {
    std::lock_guard lock(mutex_);
    wanted = !finished_;
  }
  if (wanted) {
    Result<bool> more = source_->Next(&slot.rows);
    slot.end = more.ok() && !*more;
    if (!more.ok()) slot.status = more.status();
  }
  std::lock_guard lock(mutex_);
  reading_ = false;
  const bool read = !slot.end && slot.status.ok();
  if (!read) finished_ = true;
  ScheduleLocked();
  if (read && !stopping_) slot.transforming = pool_->Background([this, batch] { Transform(batch); });
}

void BatchFeed::Transform(std::uint64_t batch) {
  Slot& slot = slots_[batch % kSlots];
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
  slot.status = plan_->Transform(slot.rows, &slot.features);
  slot.rows = {};
  const std::uint64_t ahead = std::clamp<std::uint64_t>(kAheadBytes / (BytesOf(slot.features) + 1), kFewest, kSlots);
  std::lock_guard lock(mutex_);
  ahead_ = ahead;
  ScheduleLocked();
}

// Later batches are transformed here while another thread is at this one.
void BatchFeed::WaitFor(const ThreadPool::Ticket& wanted) {
  ThreadPool::Ticket ticket = wanted;
  if (ticket.RunHere()) return;
  for (std::uint64_t ahead = 1; ahead < kSlots && !ticket.done(); ++ahead) {
    ThreadPool::Ticket later;
    {
      std::lock_guard lock(mutex_);
      if (handed_out_ + ahead >= scheduled_) break;
      later = slots_[(handed_out_ + ahead) % kSlots].transforming;
    }
    later.RunHere();
  }
  ticket.Wait();
}

Result<const FeatureBatch*> BatchFeed::Next() {
  Slot& slot = slots_[handed_out_ % kSlots];
  ThreadPool::Ticket reading, transforming;
  {
    std::lock_guard lock(mutex_);
    // The last batch handed out is done with: its slot is free.
    released_ = handed_out_;
    ScheduleLocked();
    if (handed_out_ == scheduled_) return static_cast<const FeatureBatch*>(nullptr);
    reading = slot.reading;
  }
  reading.Wait();
  {
    std::lock_guard lock(mutex_);
    transforming = slot.transforming;
  }
  WaitFor(transforming);
  if (!slot.status.ok()) return slot.status;
  if (slot.end) return static_cast<const FeatureBatch*>(nullptr);
  ++handed_out_;
  return static_cast<const FeatureBatch*>(&slot.features);
}

}  // namespace thalweg
