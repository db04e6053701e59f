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
  reading_ = finished_ = false;
  ScheduleLocked();
}

void BatchFeed::Stop() {
  std::array<ThreadPool::Ticket, kSlots> tickets;
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
    for (std::uint64_t i = 0; i < kSlots; ++i) tickets[i] = slots_[i].ticket;
  }
  for (ThreadPool::Ticket& ticket : tickets) ticket.Wait();
  for (Slot& slot : slots_) slot.rows = {};
  source_ = nullptr;
}

void BatchFeed::ScheduleLocked() {
  if (reading_ || finished_ || scheduled_ >= released_ + ahead_) return;
  reading_ = true;
  const std::uint64_t batch = scheduled_++;
  slots_[batch % kSlots].ticket = pool_->Background([this, batch] { Fill(batch); });
}

void BatchFeed::Fill(std::uint64_t batch) {
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
  {
    std::lock_guard lock(mutex_);
    reading_ = false;
    if (slot.end || !slot.status.ok()) finished_ = true;
    ScheduleLocked();
  }
  if (slot.end || !slot.status.ok()) return;
  slot.status = plan_->Transform(slot.rows, &slot.features);
  slot.rows = {};
  const std::uint64_t ahead = std::clamp<std::uint64_t>(kAheadBytes / (BytesOf(slot.features) + 1), kFewest, kSlots);
  std::lock_guard lock(mutex_);
  ahead_ = ahead;
  ScheduleLocked();
}

Result<const FeatureBatch*> BatchFeed::Next() {
  ThreadPool::Ticket ticket;
  Slot* slot;
  {
    std::lock_guard lock(mutex_);
    // The last batch handed out is done with: its slot is free.
    released_ = handed_out_;
    ScheduleLocked();
    if (handed_out_ == scheduled_) return static_cast<const FeatureBatch*>(nullptr);
    slot = &slots_[handed_out_ % kSlots];
    ticket = slot->ticket;
  }
  ticket.Wait();
  if (!slot->status.ok()) return slot->status;
  if (slot->end) return static_cast<const FeatureBatch*>(nullptr);
  ++handed_out_;
  return static_cast<const FeatureBatch*>(&slot->features);
}

}  // namespace thalweg
