// Every default that is not a part's own parameter, in one place, with its source.
#ifndef THALWEG_MODEL_DEFAULTS_H_
#define THALWEG_MODEL_DEFAULTS_H_

#include "thalweg/model_spec.h"

namespace thalweg {

// Where `spec` is silent, the values of tf.estimator.DNNLinearCombinedClassifier (TensorFlow 2.15):
// linear: FTRL, learning rate min(0.005, 1/√columns) joint, 0.2 alone, 0.3 of a baseline; deep: Adagrad, 0.001 (its initial accumulator
// 0.1); loss_reduction sum_over_batch_size; relu; no dropout; batch 128 and, where neither passes nor steps are given, 1
// pass (with steps alone, passes stays 0: until the steps are done). Task and head follow from one another. Learning rates
// are filled in for optimizers of any kind, unless a rate or a schedule ("learning_rate.kind") is there. Precision: bf16
// when this processor has it and the network's kernels are large, else fp32: the model then keeps it. With the profile
// "tf_v1" the values of tf.compat.v1.estimator: loss_reduction sum, 0.05 for deep alone, version 1's optimizers (Adagrad
// without epsilon, variant v1 of the others). Idempotent.
void FillDefaults(ModelSpec* spec);

}  // namespace thalweg

#endif  // THALWEG_MODEL_DEFAULTS_H_
