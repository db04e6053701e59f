// How every call that can fail says so. No exceptions cross a room or leave the library.
//
//   Result<Predictor> p = Predictor::Open("income.thalweg");
//   if (!p.ok()) { std::cerr << p.status().message() << '\n'; return p.status().exit_code(); }
//
// A message says where (file, row, field), what was found (quoted), what was expected and what to do.
#ifndef THALWEG_STATUS_H_
#define THALWEG_STATUS_H_

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace thalweg {

// The values are the exit codes of the command line (sysexits where it has one).
enum class StatusCode {
  kOk = 0,
  kUsage = 2,          // wrong options or arguments
  kBadData = 65,       // rows, models, checkpoints: bytes from outside that are not right
  kNotFound = 66,      // an input that does not exist or cannot be opened
  kInternal = 70,      // our own bug
  kCannotWrite = 73,   // an output that cannot be created or replaced
  kIoError = 74,       // reading or writing failed half way (full disk, broken device)
  kBadConfig = 78,     // a spec: unknown key, kind or value
  kInterrupted = 130,  // SIGINT
};

class [[nodiscard]] Status {
 public:
  Status() = default;  // ok
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}
  static Status Ok() { return {}; }
  static Status Usage(std::string m) { return {StatusCode::kUsage, std::move(m)}; }
  static Status BadData(std::string m) { return {StatusCode::kBadData, std::move(m)}; }
  static Status NotFound(std::string m) { return {StatusCode::kNotFound, std::move(m)}; }
  static Status Internal(std::string m) { return {StatusCode::kInternal, std::move(m)}; }
  static Status CannotWrite(std::string m) { return {StatusCode::kCannotWrite, std::move(m)}; }
  static Status IoError(std::string m) { return {StatusCode::kIoError, std::move(m)}; }
  static Status BadConfig(std::string m) { return {StatusCode::kBadConfig, std::move(m)}; }
  static Status Interrupted(std::string m) { return {StatusCode::kInterrupted, std::move(m)}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  int exit_code() const { return static_cast<int>(code_); }
  const std::string& message() const { return message_; }
  // The same status with `where` and ": " before the message.
  Status At(const std::string& where) const { return ok() ? *this : Status(code_, where + ": " + message_); }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

// A value, or the Status that says why there is none. Reading the value of a failed Result aborts.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {
    if (status_.ok()) std::abort();
  }
  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& value() & { return Checked(); }
  const T& value() const& { return const_cast<Result*>(this)->Checked(); }
  T&& value() && { return std::move(Checked()); }
  T& operator*() { return Checked(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &value(); }

 private:
  T& Checked() {
    if (!value_) std::abort();
    return *value_;
  }
  std::optional<T> value_;
  Status status_;
};

#define THALWEG_CONCAT_INNER(a, b) a##b
#define THALWEG_CONCAT(a, b) THALWEG_CONCAT_INNER(a, b)
#define THALWEG_RETURN_IF_ERROR(expr)                \
  do {                                               \
    if (::thalweg::Status s_ = (expr); !s_.ok()) return s_; \
  } while (false)
// THALWEG_ASSIGN_OR_RETURN(auto x, F()); declares or assigns x, or returns F's error.
#define THALWEG_ASSIGN_OR_RETURN(lhs, expr) \
  THALWEG_ASSIGN_OR_RETURN_IMPL(THALWEG_CONCAT(result_, __LINE__), lhs, expr)
#define THALWEG_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                  \
  if (!tmp.ok()) return tmp.status();                 \
  lhs = std::move(tmp).value()

}  // namespace thalweg

#endif  // THALWEG_STATUS_H_
