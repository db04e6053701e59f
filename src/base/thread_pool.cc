// Two kinds of work share the workers.
//
// A ParallelFor must cost about a microsecond, since a network has one for each layer. Its job is a counter that the
// threads draw indices from. It is opened and closed by `epoch` (odd: open); a worker first counts itself into
// `inside`, then looks whether the job is still open, and the caller first closes, then waits for `inside` to be 0.
// Whichever order the two meet in, a worker that saw the job open is waited for, and no worker touches a closed job.
// Workers spin for a moment before they sleep, so that the next layer finds them awake.
//
// Background tasks are a queue under a mutex, looked at before jobs.
#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace thalweg {
namespace {

constexpr int kMaxThreads = 1024;
// Longer than the serial work between two layers: a thread that has gone to sleep takes as long to come back.
constexpr std::chrono::microseconds kSpin{100};

int UsableProcessors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Whether `ready` came true within `limit`.
template <class Ready>
bool SpinUntil(std::chrono::microseconds limit, const Ready& ready) {
  if (ready()) return true;
  if (limit.count() == 0) return false;
  const auto end = std::chrono::steady_clock::now() + limit;
  do {
    for (int i = 0; i < 16; ++i) {
      if (ready()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

}  // namespace

struct ThreadPool::Ticket::State {
  ThreadPool::Impl* pool = nullptr;
  std::function<void()> task;
  bool begun = false;  // guarded by the pool's mutex
  std::atomic<bool> done{false};
  std::mutex mutex;
  std::condition_variable finished;

  void Run() {
    task();
    task = nullptr;
    // Notified under the mutex: the waiter may be the last owner of this state.
    std::lock_guard lock(mutex);
    done.store(true, std::memory_order_release);
    finished.notify_all();
  }
};

struct ThreadPool::Impl {
  using State = Ticket::State;

  std::mutex one_job;  // held by the caller of ParallelFor
  const std::function<void(std::size_t, int)>* body = nullptr;
  std::size_t n = 0;
  std::atomic<std::size_t> next{0};
  alignas(64) std::atomic<std::uint64_t> epoch{0};
  alignas(64) std::atomic<int> inside{0};
  std::atomic<bool> caller_sleeps{false};

  alignas(64) std::mutex mutex;
  std::condition_variable wake;     // workers
  std::condition_variable outside;  // the caller
  std::atomic<int> sleepers{0};
  std::atomic<std::size_t> queued{0};  // the size of queue
  std::deque<std::shared_ptr<State>> queue;
  bool stop = false;

  std::chrono::microseconds spin{0};
  std::vector<std::thread> workers;

  void RunIndices(int thread) {
    for (std::size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < n;) (*body)(i, thread);
  }

  bool JobFor(std::uint64_t seen) const {
    const std::uint64_t now = epoch.load();
    return (now & 1) != 0 && now != seen;
  }

  // Takes part in the job, if it is still open; returns its epoch.
  std::uint64_t Join(int thread) {
    inside.fetch_add(1);
    const std::uint64_t now = epoch.load();
    if (now & 1) RunIndices(thread);
    if (inside.fetch_sub(1) == 1 && caller_sleeps.load()) {
      { std::lock_guard lock(mutex); }
      outside.notify_all();
    }
    return now;
  }

  void WaitUntilNobodyIsInside() {
    const auto nobody = [this] { return inside.load() == 0; };
    if (SpinUntil(spin, nobody)) return;
    std::unique_lock lock(mutex);
    caller_sleeps.store(true);
    outside.wait(lock, nobody);
    caller_sleeps.store(false);
  }

  // The oldest task, or null; with `wanted`, null as soon as that one has begun.
  std::shared_ptr<State> Pop(const State* wanted) {
    std::lock_guard lock(mutex);
    if (queue.empty() || (wanted != nullptr && wanted->begun)) return nullptr;
    std::shared_ptr<State> state = std::move(queue.front());
    queue.pop_front();
    queued.store(queue.size());
    state->begun = true;
    return state;
  }

  // Whether `state` had not begun: then it is taken out of the queue.
  bool Take(const State* state) {
    std::lock_guard lock(mutex);
    if (state->begun) return false;
    const auto at = std::find_if(queue.begin(), queue.end(), [&](const auto& queued_state) { return queued_state.get() == state; });
    (*at)->begun = true;
    queue.erase(at);
    queued.store(queue.size());
    return true;
  }

  void Work(int thread) {
    std::uint64_t seen = 0;
    for (;;) {
      // Tasks come first: what is read ahead keeps the caller going while one thread reads more, but a job that waits for
      // its rows keeps nobody going.
      if (queued.load() > 0) {
        if (std::shared_ptr<State> state = Pop(nullptr)) state->Run();
        continue;
      }
      if (JobFor(seen)) {
        seen = Join(thread);
        continue;
      }
      if (SpinUntil(spin, [&] { return JobFor(seen) || queued.load() > 0; })) continue;
      std::unique_lock lock(mutex);
      sleepers.fetch_add(1);
      wake.wait(lock, [&] { return stop || JobFor(seen) || !queue.empty(); });
      sleepers.fetch_sub(1);
      if (stop && queue.empty()) return;
    }
  }
};

ThreadPool::ThreadPool(int num_threads) : impl_(std::make_unique<Impl>()) {
  const int processors = UsableProcessors();
  if (num_threads <= 0) num_threads = processors;
  num_threads = std::min(num_threads, kMaxThreads);
  // Where threads outnumber processors a spinning one would only keep a working one from running.
  if (num_threads <= processors) impl_->spin = kSpin;
  try {
    impl_->workers.reserve(static_cast<std::size_t>(num_threads - 1));
    for (int i = 1; i < num_threads; ++i) impl_->workers.emplace_back([impl = impl_.get(), i] { impl->Work(i); });
  } catch (const std::system_error&) {
    // The system grants no more threads: go on with those there are.
  }
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stop = true;
  }
  impl_->wake.notify_all();
  while (std::shared_ptr<Impl::State> state = impl_->Pop(nullptr)) state->Run();
  for (std::thread& worker : impl_->workers) worker.join();
}

int ThreadPool::num_threads() const { return static_cast<int>(impl_->workers.size()) + 1; }

void ThreadPool::ParallelFor(std::size_t n, const std::function<void(std::size_t i, int thread)>& body) {
  if (n == 0) return;
  Impl& pool = *impl_;
  std::lock_guard one(pool.one_job);
  if (n == 1 || pool.workers.empty()) {
    for (std::size_t i = 0; i < n; ++i) body(i, 0);
    return;
  }
  pool.body = &body;
  pool.n = n;
  pool.next.store(0, std::memory_order_relaxed);
  pool.epoch.fetch_add(1);  // open
  if (pool.sleepers.load() > 0) {
    { std::lock_guard lock(pool.mutex); }
    pool.wake.notify_all();
  }
  pool.RunIndices(0);
  pool.epoch.fetch_add(1);  // closed
  pool.WaitUntilNobodyIsInside();
}

ThreadPool::Ticket ThreadPool::Background(std::function<void()> task, bool urgent) {
  Ticket ticket;
  ticket.state_ = std::make_shared<Ticket::State>();
  ticket.state_->pool = impl_.get();
  ticket.state_->task = std::move(task);
  {
    std::lock_guard lock(impl_->mutex);
    impl_->queue.insert(urgent ? impl_->queue.begin() : impl_->queue.end(), ticket.state_);
    impl_->queued.store(impl_->queue.size());
  }
  impl_->wake.notify_one();
  return ticket;
}

void ThreadPool::Ticket::Wait() {
  if (!state_) return;
  // Tasks start in the order they came, so those before this one go first.
  while (!state_->done.load(std::memory_order_acquire)) {
    if (std::shared_ptr<State> state = state_->pool->Pop(state_.get())) {
      state->Run();
      continue;
    }
    std::unique_lock lock(state_->mutex);
    state_->finished.wait(lock, [this] { return state_->done.load(std::memory_order_acquire); });
  }
}

bool ThreadPool::Ticket::RunHere() {
  if (!state_ || !state_->pool->Take(state_.get())) return false;
  state_->Run();
  return true;
}

bool ThreadPool::Ticket::done() const { return !state_ || state_->done.load(std::memory_order_acquire); }

}  // namespace thalweg
