// Reads batches and turns them into ids and numbers, a few ahead of the step that uses them:
//
//   BatchFeed feed(&plan, &pool);
//   feed.Start(&source);
//   for (;;) {
//     THALWEG_ASSIGN_OR_RETURN(const FeatureBatch* batch, feed.Next());
//     if (batch == nullptr) break;
//     …
//   }
//
// A source has one reader at a time, so reading is one background task after another; what has been read is transformed by
// tasks beside it. Reading goes first: some reading takes long (a window of rows to be shuffled), and by then there must be batches
// for the others. A caller whose batch another thread is at transforms later ones meanwhile. With one thread all of it happens
// within Next. Batches come in the source's order, and an error comes at its place among them, whatever the threads do.
#ifndef THALWEG_TRAIN_BATCH_FEED_H_
#define THALWEG_TRAIN_BATCH_FEED_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/thread_pool.h"
#include "columns/feature_batch.h"
#include "columns/feature_plan.h"
#include "thalweg/example.h"

namespace thalweg {

class BatchFeed {
 public:
  // What they point to outlives the feed.
  BatchFeed(const FeaturePlan* plan, ThreadPool* pool) : plan_(plan), pool_(pool) {}
  ~BatchFeed() { Stop(); }
  BatchFeed(const BatchFeed&) = delete;
  BatchFeed& operator=(const BatchFeed&) = delete;

  // From the source's next batch on. It is the feed's alone until Stop.
  void Start(ExampleSource* source);
  // Waits for the tasks that have begun; what was read ahead is dropped.
  void Stop();
  bool started() const { return source_ != nullptr; }
  // The next batch, the feed's until the next call; null at the end of the source.
  Result<const FeatureBatch*> Next();

 private:
  struct Slot {
    ExampleBatch rows;
    FeatureBatch features;
    Status status;
    bool end = false;
    ThreadPool::Ticket transforming;   // none where nothing was read
  };
  // Deep enough that the other threads have batches while one reads a window of rows, but of large batches few: so many rows
  // and bytes, once the size of a batch is known.
  static constexpr std::uint64_t kSlots = 512, kFewest = 4;
  static constexpr std::size_t kAheadRows = 16384, kAheadBytes = 32u << 20;

  void ScheduleLocked();   // a reading, if slots are free and none is under way
  void Read();             // batches, until no slot is free, or one where the caller waits for it
  void Transform(std::uint64_t batch);
  void WaitFor(ThreadPool::Ticket transforming);

  const FeaturePlan* plan_;
  ThreadPool* pool_;
  ExampleSource* source_ = nullptr;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlots);   // batch b is in slot b % kSlots
  std::uint64_t handed_out_ = 0;
  std::atomic<std::uint64_t> ahead_ = kFewest;   // batches that may be held at once
  std::atomic<bool> stopping_ = false;           // nothing is wanted any more

  std::mutex mutex_;                 // guards what follows, and the slots' tickets
  std::condition_variable more_;     // has been read
  std::vector<FeatureBatch> spare_;  // memory of batches that are done with
  ThreadPool::Ticket reader_;
  std::uint64_t read_ = 0;           // batches
  std::uint64_t released_ = 0;       // batches that the caller is done with
  bool reading_ = false;             // reader_ is to come, or at it
  bool here_ = false;                // it is the caller's
  bool finished_ = false;            // end, error or Stop: nothing more is to be read
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_BATCH_FEED_H_
