// Requests: one context (a user, a query, a page) and n candidates (ads, products, answers) to be scored beside each other.
#ifndef THALWEG_REQUEST_H_
#define THALWEG_REQUEST_H_

#include <memory>
#include <string>
#include <vector>

#include "thalweg/prediction.h"

namespace thalweg {

struct RequestOptions {
  int threads = 1;   // that one request is cut over; 0: one a processor. With more than one, requests wait for each other
};

// Scores whole requests: the context's columns are transformed once, their share of the wide sum and of the first layer is
// computed once, and each candidate's sums start from it. Columns that cross context and candidate belong to the candidates.
// Logits are within 1e-5 (1e-2 where the model multiplies in bf16) of those of Predictor::Predict on rows that hold both; they
// do not depend, to the bit, on the candidates beside. Immutable: any number of threads may use one; calls allocate nothing
// once they have seen their largest request.
class RequestScorer {
 public:
  // `context` names the fields that a request's candidates have in common: some, all or none of predictor->schema(). Error
  // (kUsage): a name that is not there. The predictor outlives the scorer.
  static Result<RequestScorer> Create(const Predictor* predictor, const std::vector<std::string>& context,
                                      RequestOptions options = {});
  RequestScorer(RequestScorer&&) noexcept;
  RequestScorer& operator=(RequestScorer&&) noexcept;
  ~RequestScorer();

  // The fields of either batch, in order.
  const Schema& context_schema() const;
  const Schema& candidate_schema() const;
  ExampleBuilder NewContext() const;
  ExampleBuilder NewCandidates() const;

  // `context`: one row. Errors (kBadData) name row and field, as Predict's.
  Status Score(const ExampleBatch& context, const ExampleBatch& candidates, Predictions* out) const;

 private:
  struct Impl;
  explicit RequestScorer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_REQUEST_H_
