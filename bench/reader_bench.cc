// How many rows a second do files of rows come in, as raw columns and as decoded values of given types?
//
//   cmake --build build/release --target reader_bench
//   build/release/bin/reader_bench FILE... [repeat=3] [threads=1]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "data/cell.h"
#include "readers/open.h"

using namespace thalweg;

// Rows a second; values are decoded as numbers or text where `decode` is set.
static double Read(const std::vector<std::string>& files, bool decode, int threads, std::uint64_t* rows) {
  const auto began = std::chrono::steady_clock::now();
  OpenRowsOptions options;
  options.need_rewind = false;
  options.threads = threads;
  auto source = OpenRows(files, options);
  if (!source.ok()) std::fprintf(stderr, "%s\n", source.status().message().c_str()), std::exit(1);
  RawChunk chunk;
  *rows = 0;
  FieldValues values;
  std::vector<BadCell> bad;
  while (true) {
    const Result<bool> more = (*source)->Next(&chunk);
    if (!more.ok()) std::fprintf(stderr, "%s\n", more.status().message().c_str()), std::exit(1);
    if (!*more) break;
    *rows += chunk.num_rows;
    if (!decode) continue;
    for (const RawColumn& column : chunk.columns) {
      FieldSpec field;
      field.name = column.name;
      field.dtype = column.type == RawType::kText ? DType::kText : DType::kNumber;
      field.many = column.list;
      if (!DecodeColumn(column, chunk.num_rows, field, &values, &bad).ok()) std::exit(1);
    }
  }
  return static_cast<double>(*rows) / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

int main(int argc, char** argv) {
  std::vector<std::string> files;
  int repeat = 3, threads = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("repeat=")) repeat = std::atoi(word.c_str() + 7);
    else if (word.starts_with("threads=")) threads = std::atoi(word.c_str() + 8);
    else files.push_back(word);
  }
  for (int i = 0; i < repeat; ++i) {
    std::uint64_t rows = 0;
    const std::clock_t began = std::clock();
    const double raw = Read(files, false, threads, &rows);
    const double processor = static_cast<double>(rows) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - began);
    const double decoded = Read(files, true, threads, &rows);
    std::printf("%llu rows, raw columns %.0f rows/s, decoded %.0f rows/s, raw columns a second of processor %.0f rows/s\n",
                static_cast<unsigned long long>(rows), raw, decoded, processor);
  }
}
