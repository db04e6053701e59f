// A head joins loss, link and predictions: logits and labels → loss and its gradient; logits → Predictions.
#ifndef THALWEG_MODEL_HEAD_H_
#define THALWEG_MODEL_HEAD_H_

#include <memory>
#include <span>

#include "tensor/matrix.h"
#include "thalweg/kinds.h"
#include "thalweg/model_spec.h"
#include "thalweg/prediction.h"

namespace thalweg {

class Head {
 public:
  virtual ~Head() = default;
  virtual std::size_t num_logits() const = 0;  // C
  // logits [B×C], label [B], weight [B] or empty. Returns the reduced loss (sums in double, in order of rows) and fills
  // dlogits [B×C] = ∂loss/∂logits.
  virtual double Loss(ConstMatrixView logits, std::span<const float> label, std::span<const float> weight,
                      MatrixView dlogits) const = 0;
  virtual void Predict(ConstMatrixView logits, Predictions* out) const = 0;
  virtual const char* default_metric() const = 0;   // for early stopping: "log_loss", "rmse"
};

FamilyInfo HeadKinds();
Result<std::unique_ptr<Head>> MakeHead(const ModelSpec& spec);   // by spec.head.kind, or by spec.task

}  // namespace thalweg

#endif  // THALWEG_MODEL_HEAD_H_
