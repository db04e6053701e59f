// A pool of N threads, the caller among them. Work is cut by shape, never by N, so results do not depend on N.
//
//   pool.ParallelFor(num_blocks, [&](std::size_t block, int thread) { … });
//
// With N = 1 everything runs in the caller, in order. Tasks must not throw.
#ifndef THALWEG_BASE_THREAD_POOL_H_
#define THALWEG_BASE_THREAD_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>

namespace thalweg {

class ThreadPool {
 public:
  explicit ThreadPool(int num_threads);  // 0: one a processor that this process may use
  ~ThreadPool();                         // waits for background tasks
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  int num_threads() const;

  // Runs body(i, thread) for i in [0, n), each once, in any order; returns when all are done. `thread` < num_threads()
  // picks a per-thread scratch. Not to be called from within a task. Only one ParallelFor runs at a time.
  void ParallelFor(std::size_t n, const std::function<void(std::size_t i, int thread)>& body);

  // A background task, run as soon as a worker is not in a ParallelFor (with N = 1: by Wait or RunHere in the caller).
  // Tasks start in the order they came, but for RunHere, and for urgent ones, which pass all others. Parsing of the next
  // batches goes here.
  class Ticket {   // shared with the task; Wait() returns when it has run, running it here if nobody has begun
   public:
    Ticket() = default;
    void Wait();
    bool RunHere();   // out of turn, unless somebody has begun it: then false
    bool done() const;
    bool valid() const { return state_ != nullptr; }
   private:
    friend class ThreadPool;
    struct State;
    std::shared_ptr<State> state_;
  };
  Ticket Background(std::function<void()> task, bool urgent = false);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_BASE_THREAD_POOL_H_
