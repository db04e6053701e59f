// JSON with limits: bytes from outside give a value or a Status with a line, whatever they are.
//
//   THALWEG_ASSIGN_OR_RETURN(Json json, ParseJson(text, "metrics.json"));
//   std::string text = FormatJson(json);
#ifndef THALWEG_BASE_JSON_H_
#define THALWEG_BASE_JSON_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

// Objects keep the order of their keys. Look-up by key takes time by the number of keys; iterate where there are many.
using Json = nlohmann::ordered_json;

struct JsonLimits {
  std::uint64_t max_bytes = std::uint64_t{64} << 20;
  int max_depth = 32;
};

// What a text of JSON says, in order. `line` counts from 1. Returning an error ends the parse with it.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual Status Null(int line) = 0;
  virtual Status Bool(bool value, int line) = 0;
  virtual Status Integer(std::int64_t value, int line) = 0;
  virtual Status Unsigned(std::uint64_t value, int line) = 0;  // past the largest std::int64_t
  virtual Status Number(double value, int line) = 0;           // written with a point or an exponent; finite
  virtual Status Text(std::string value, int line) = 0;
  virtual Status Key(std::string key, int line) = 0;  // once in each object
  virtual Status StartObject(int line) = 0;
  virtual Status EndObject() = 0;
  virtual Status StartArray(int line) = 0;
  virtual Status EndArray() = 0;
};

// One value and nothing after it. kBadData, "origin line 7: …", for what is not JSON (UTF-8 only), is too long or too
// deep, or has a key twice in one object.
Status ParseJsonEvents(std::string_view text, std::string_view origin, JsonEvents* events, JsonLimits limits = {});
Result<Json> ParseJson(std::string_view text, std::string_view origin, JsonLimits limits = {});

// Numbers read back equal: a double always has a point or an exponent ("42.0"), an integer never; NaN and infinities
// are null. Bytes that are not UTF-8 become U+FFFD. Without `indent` on one line.
std::string FormatJson(const Json& json, int indent = -1);
std::string FormatJsonText(std::string_view text);  // with its quotes
std::string FormatJsonNumber(double value);
std::string FormatJsonNumber(float value);
// Prints as the shortest text of the float ("0.1"), not of the double nearest to it.
double AsPrinted(float value);

}  // namespace thalweg

#endif  // THALWEG_BASE_JSON_H_
