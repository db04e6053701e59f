// How many multiply-adds can this processor do? Loops that touch registers alone, on 1 … N threads at once: the ceiling that
// criteo.py holds training and scoring against.
//
//   cmake --build build/release --target peak && build/release/bin/peak [threads=all]
//
// Prints "fp32 GFLOPS" and, where the processor has it, "bf16 GFLOPS" (a multiplication and an addition are two operations):
// the best of several tries of about 50 ms.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr std::size_t kSteps = 4'000'000;
constexpr int kTries = 8, kChains = 12;   // more chains than an instruction takes cycles

volatile float sink;

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) double Fp32Avx2() {
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(1e-9f);
  __m256 c[kChains];
  for (int i = 0; i < kChains; ++i) c[i] = _mm256_set1_ps(static_cast<float>(i));
  for (std::size_t s = 0; s < kSteps; ++s) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) c[i] = _mm256_fmadd_ps(a, c[i], b);
  }
  for (int i = 1; i < kChains; ++i) c[0] = _mm256_add_ps(c[0], c[i]);
  sink = _mm256_cvtss_f32(c[0]);
  return 2.0 * 8 * kChains * kSteps;
}

__attribute__((target("avx512f"))) double Fp32Avx512() {
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(1e-9f);
  __m512 c[kChains];
  for (int i = 0; i < kChains; ++i) c[i] = _mm512_set1_ps(static_cast<float>(i));
  for (std::size_t s = 0; s < kSteps; ++s) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) c[i] = _mm512_fmadd_ps(a, c[i], b);
  }
  for (int i = 1; i < kChains; ++i) c[0] = _mm512_add_ps(c[0], c[i]);
  sink = _mm512_reduce_add_ps(c[0]);
  return 2.0 * 16 * kChains * kSteps;
}

__attribute__((target("avx512f,avx512bf16"))) double Bf16() {
  const __m512bh a = (__m512bh)_mm512_set1_epi32(0x3f803f80), b = (__m512bh)_mm512_set1_epi32(0x30003000);
  __m512 c[kChains];
  for (int i = 0; i < kChains; ++i) c[i] = _mm512_set1_ps(static_cast<float>(i));
  for (std::size_t s = 0; s < kSteps; ++s) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) c[i] = _mm512_dpbf16_ps(c[i], a, b);
  }
  for (int i = 1; i < kChains; ++i) c[0] = _mm512_add_ps(c[0], c[i]);
  sink = _mm512_reduce_add_ps(c[0]);
  return 2.0 * 32 * kChains * kSteps;
}
#endif

// Of `threads` that all run the loop.
double Gflops(double (*loop)(), int threads) {
  double best = 0;
  for (int i = 0; i < kTries; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<double> done(static_cast<std::size_t>(threads));
    std::vector<std::thread> others;
    for (int t = 1; t < threads; ++t) others.emplace_back([&, t] { done[static_cast<std::size_t>(t)] = loop(); });
    done[0] = loop();
    for (std::thread& other : others) other.join();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    double all = 0;
    for (const double one : done) all += one;
    if (all / seconds / 1e9 > best) best = all / seconds / 1e9;
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : static_cast<int>(std::thread::hardware_concurrency());
  if (threads < 1) {
    std::fprintf(stderr, "usage: peak [threads]\n");
    return 64;
  }
#if defined(__x86_64__)
  std::printf("fp32 %.1f\n", Gflops(__builtin_cpu_supports("avx512f") ? Fp32Avx512 : Fp32Avx2, threads));
  if (__builtin_cpu_supports("avx512bf16")) std::printf("bf16 %.1f\n", Gflops(Bf16, threads));
  return 0;
#else
  std::fprintf(stderr, "peak: written for x86-64 only\n");
  return 1;
#endif
}
