// Where does the time of a training step go? A click-log model (13 numbers; 26 hashed fields, each a weight and a
// vector of 16; 2 crosses; dense layers) on rows made up in memory: each phase in milliseconds, beside the products
// alone.
//
//   cmake --build build/release --target step_bench
//   build/release/bin/step_bench [threads=2] [batch=512] [units=1024,512,256] [steps=60] [precision=auto]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/strings.h"
#include "model/defaults.h"
#include "model/wide_deep_model.h"
#include "optim/optimizer.h"
#include "tensor/kernels.h"

namespace thalweg {
namespace {

ModelSpec ClickModel(const std::vector<std::int64_t>& units, const std::string& precision) {
  ModelSpec spec;
  spec.task = "binary";
  spec.label = {"label", {"0", "1"}, "1"};
  const auto add = [&](std::string name, const char* kind, Params params) {
    spec.columns.push_back({name, kind, std::move(params)});
    return name;
  };
  for (int i = 1; i <= 13; ++i) {
    const std::string field = "I" + std::to_string(i);
    spec.deep.columns.push_back(add(field, "numeric", {{"default_value", std::vector<double>{0}}}));
  }
  for (int i = 1; i <= 26; ++i) {
    const std::string field = "C" + std::to_string(i);
    spec.wide.columns.push_back(add(field, "hash_bucket", {{"hash_bucket_size", std::int64_t{40000}}}));
    spec.deep.columns.push_back(
        add(field + "_embedding", "embedding", {{"column", field}, {"dimension", std::int64_t{16}}}));
  }
  for (const auto& [a, b] : {std::pair{"C6", "C9"}, std::pair{"C14", "C20"}}) {
    spec.wide.columns.push_back(
        add(std::string(a) + "_X_" + b, "crossed",
            {{"keys", std::vector<std::string>{a, b}}, {"hash_bucket_size", std::int64_t{100000}}}));
  }
  std::sort(spec.columns.begin(), spec.columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  spec.deep.hidden_units = units;
  spec.training.precision = precision;
  FillDefaults(&spec);
  return spec;
}

void FillBatch(const FeaturePlan& plan, std::size_t rows, FeatureBatch* batch) {
  Random random(1, 2);
  batch->num_rows = rows;
  batch->ids.resize(plan.categorical().size());
  for (std::size_t i = 0; i < batch->ids.size(); ++i) {
    batch->ids[i].Clear();
    for (std::size_t r = 0; r < rows; ++r) {
      // Some values are common, most are rare.
      const double u = random.Uniform();
      const double n = static_cast<double>(plan.categorical()[i].num_buckets);
      batch->ids[i].ids.push_back(static_cast<std::int32_t>(n * u * u * u * u));
      batch->ids[i].offsets.push_back(static_cast<std::uint32_t>(r + 1));
    }
  }
  batch->dense.resize(plan.dense().size());
  for (std::size_t i = 0; i < batch->dense.size(); ++i) {
    batch->dense[i].Resize(rows, plan.dense()[i].width);
    for (float& v : batch->dense[i].span()) v = static_cast<float>(random.Uniform() * 3);
  }
  batch->label.resize(rows);
  for (float& y : batch->label) y = random.Below(4) == 0 ? 1.0f : 0.0f;
}

// Seconds, added up by phase: of the clock; with one thread of the processor, so that neighbours do not count.
class Clock {
 public:
  explicit Clock(bool processor) : id_(processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC) {}
  void Start() { last_ = Now(); }
  void Add(double* phase) {
    const double now = Now();
    *phase += now - last_;
    last_ = now;
  }

 private:
  double Now() const {
    timespec t;
    clock_gettime(id_, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  }
  clockid_t id_;
  double last_ = 0;
};

struct Slots {
  std::vector<Matrix> memory;
  std::vector<float*> data;
};

int Main(int argc, char** argv) {
  const auto arg = [&](int i, const char* fallback) { return std::string(argc > i ? argv[i] : fallback); };
  ThreadPool pool(std::atoi(arg(1, "2").c_str()));
  const std::size_t rows = static_cast<std::size_t>(std::atoll(arg(2, "512").c_str()));
  std::vector<std::int64_t> units;
  for (const std::string& part : Split(arg(3, "1024,512,256"), ',')) units.push_back(std::atoll(part.c_str()));
  const int steps = std::atoi(arg(4, "60").c_str()), warm = std::max(3, steps / 10);

  const ModelSpec spec = ClickModel(units, arg(5, "auto"));
  const Precision precision = spec.training.precision == "bf16" ? Precision::kBf16 : Precision::kFp32;

  Clock clock(pool.num_threads() == 1);
  double create = 0;
  clock.Start();
  auto made = WideDeepModel::Create(spec, true, &pool);
  clock.Add(&create);
  if (!made.ok()) {
    std::fprintf(stderr, "%s\n", made.status().message().c_str());
    return 1;
  }
  WideDeepModel& model = **made;
  std::vector<FeatureBatch> batches(8);
  for (FeatureBatch& batch : batches) FillBatch(model.plan(), rows, &batch);

  const auto parameters = model.parameters();
  auto deep = MakeOptimizer(model.spec().deep.optimizer), wide = MakeOptimizer(model.spec().wide.optimizer);
  if (!deep.ok() || !wide.ok()) return 1;
  const auto optimizer_of = [&](const Parameter& p) -> const Optimizer& {
    return p.part == Part::kDeep ? **deep : **wide;
  };
  std::vector<Slots> slots(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (const SlotInfo& info : optimizer_of(*parameters[p]).slots()) {
      slots[p].memory.emplace_back(parameters[p]->value.rows, parameters[p]->value.cols);
      slots[p].memory.back().Fill(info.initial);
      slots[p].data.push_back(slots[p].memory.back().data());
    }
  }

  struct Scratch {
    Matrix tile;
    SparseGradient rows;
    std::vector<float*> slots;
  };
  std::vector<Scratch> scratch(static_cast<std::size_t>(pool.num_threads()));
  WideDeepModel::Workspace work;
  Matrix dlogits(rows, model.head().num_logits());
  const auto& pieces = model.gradient_pieces();
  double forward = 0, loss_time = 0, backward = 0, gradients = 0, loss = 0;
  const auto piece_gradient = [&](const FeatureBatch& batch, std::int64_t step, std::size_t i, int thread) {
    Scratch& s = scratch[static_cast<std::size_t>(thread)];
    const GradientPiece& piece = pieces[i];
    Parameter& parameter = *parameters[piece.parameter];
    const Optimizer& optimizer = optimizer_of(parameter);
    const MatrixView weight = parameter.mutable_value();
    if (piece.table) {
      model.TableGradient(i, batch, work, thread, &s.rows);
      optimizer.UpdateRows({step}, s.rows.rows, weight.cols, s.rows.values.data(), weight.data,
                           slots[piece.parameter].data);
      return;
    }
    s.tile.Resize(piece.row_end - piece.row_begin, piece.col_end - piece.col_begin);
    const std::size_t first = piece.row_begin * weight.cols + piece.col_begin;
    std::vector<const float*> next = {weight.data + first};
    for (const float* slot : slots[piece.parameter].data) next.push_back(slot + first);
    model.DenseGradient(i, batch, work, thread, s.tile.view(), {next, weight.cols});
    s.slots.resize(slots[piece.parameter].data.size());
    const bool whole = s.tile.cols() == weight.cols;
    for (std::size_t r = 0; r < (whole ? 1 : s.tile.rows()); ++r) {
      const std::size_t at = (piece.row_begin + r) * weight.cols + piece.col_begin;
      const std::size_t size = whole ? s.tile.size() : s.tile.cols();
      for (std::size_t k = 0; k < s.slots.size(); ++k) s.slots[k] = slots[piece.parameter].data[k] + at;
      optimizer.Update({step}, {s.tile.row(r), size}, {weight.data + at, size}, s.slots);
    }
    model.Moved(i, &work);
  };
  for (int step = -warm; step < steps; ++step) {
    if (step == 0) forward = loss_time = backward = gradients = 0;
    const FeatureBatch& batch = batches[static_cast<std::size_t>(step + warm) % batches.size()];
    const Run run = {&pool, Mode::kTrain, 1, step + warm};
    clock.Start();
    const ConstMatrixView logits = model.Forward(run, batch, &work);
    clock.Add(&forward);
    loss = model.head().Loss(logits, batch.label, batch.weight, dlogits.view(), &pool);
    clock.Add(&loss_time);
    model.Backward(run, batch, dlogits.view(), &work);
    clock.Add(&backward);
    const auto one = [&](std::size_t i, int thread) { piece_gradient(batch, step + warm, i, thread); };
    pool.ParallelFor(pieces.size(), std::ref(one));
    clock.Add(&gradients);
  }

  // The products alone, cut in the same way, over matrices of the same shapes.
  const std::size_t share = (rows / static_cast<std::size_t>(pool.num_threads()) + 63) / 64 * 64;
  const std::size_t block_rows = std::clamp<std::size_t>(share, 64, 512);
  double products[3] = {0, 0, 0}, flops = 0;
  std::vector<std::size_t> widths = {13 + 26 * 16};
  for (const std::int64_t u : units) widths.push_back(static_cast<std::size_t>(u));
  std::vector<Matrix> x(widths.size()), w(widths.size());
  for (std::size_t l = 0; l < widths.size(); ++l) {
    x[l].Resize(rows, widths[l] + 16);
    x[l].Fill(0.01f);
    if (l > 0) w[l].Resize(widths[l - 1], widths[l]);
    w[l].Fill(0.01f);
    if (l > 0) flops += 6.0 * static_cast<double>(rows * widths[l] * widths[l - 1]);
  }
  const auto view = [&](std::size_t l, std::size_t begin, std::size_t count) {
    return MatrixView{x[l].row(begin), count, widths[l], x[l].cols()};
  };
  for (int step = -warm; step < steps; ++step) {
    if (step == 0) products[0] = products[1] = products[2] = 0;
    clock.Start();
    const auto up = [&](std::size_t i, int) {
      const std::size_t count = std::min(block_rows, rows - i * block_rows);
      for (std::size_t l = 1; l < widths.size(); ++l)
        MultiplyAdd(view(l - 1, i * block_rows, count), w[l].view(), view(l, i * block_rows, count), precision);
    };
    pool.ParallelFor((rows + block_rows - 1) / block_rows, std::ref(up));
    clock.Add(&products[0]);
    const auto down = [&](std::size_t i, int) {
      const std::size_t count = std::min(block_rows, rows - i * block_rows);
      for (std::size_t l = widths.size() - 1; l > 0; --l)
        MultiplyTransposed(view(l, i * block_rows, count), w[l].view(), view(l - 1, i * block_rows, count), precision);
    };
    pool.ParallelFor((rows + block_rows - 1) / block_rows, std::ref(down));
    clock.Add(&products[1]);
    const auto across = [&](std::size_t i, int thread) {
      const GradientPiece& piece = pieces[i];
      const std::string& name = parameters[piece.parameter]->name;
      if (piece.table || !name.ends_with("/kernel") || !name.starts_with("dnn/hidden")) return;
      const std::size_t l = static_cast<std::size_t>(name[std::string("dnn/hiddenlayer_").size()] - '0') + 1;
      Matrix& tile = scratch[static_cast<std::size_t>(thread)].tile;
      tile.Resize(piece.row_end - piece.row_begin, piece.col_end - piece.col_begin);
      OuterProductSum({x[l - 1].data() + piece.row_begin, rows, tile.rows(), x[l - 1].cols()},
                      {x[l].data() + piece.col_begin, rows, tile.cols(), x[l].cols()}, tile.view(), precision);
    };
    pool.ParallelFor(pieces.size(), std::ref(across));
    clock.Add(&products[2]);
  }

  const double ms = 1e3 / steps, total = forward + loss_time + backward + gradients;
  const double only = products[0] + products[1] + products[2];
  std::printf("%s, %s, %d threads, batch %zu, loss %.5f, create %.0f ms, %zu pieces\n", KernelNames().c_str(),
              spec.training.precision.c_str(),
              pool.num_threads(), rows, loss, create * 1e3, pieces.size());
  std::printf("            whole     products alone\n");
  std::printf("forward     %7.3f   %7.3f ms\n", forward * ms, products[0] * ms);
  std::printf("loss        %7.3f\n", loss_time * ms);
  std::printf("backward    %7.3f   %7.3f\n", backward * ms, products[1] * ms);
  std::printf("gradients   %7.3f   %7.3f   (with updates)\n", gradients * ms, products[2] * ms);
  std::printf("step        %7.3f   %7.3f   %.1f %% beside the products\n", total * ms, only * ms,
              100 * (total - only) / total);
  std::printf("%.0f rows/s; products alone %.0f GFLOP/s, in the step %.0f\n", static_cast<double>(rows) * steps / total,
              flops * steps / only / 1e9, flops * steps / total / 1e9);
  return 0;
}

}  // namespace
}  // namespace thalweg

int main(int argc, char** argv) { return thalweg::Main(argc, argv); }
