// Loaded by CUDA's driver into the process that it is injected into (CUDA_INJECTION64_PATH): records
// every kernel and copy through CUPTI, and when the process ends, looks at what came after the last
// pause of more than a second: which kernels took how long, and how long the device had nothing to do.
//
//   g++ -O2 -std=c++17 -shared -fPIC -I CUPTI/include -o libkernels.so kernels.cpp CUPTI/lib/libcupti.so
#include <cupti.h>
#include <cxxabi.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#if CUPTI_API_VERSION >= 130000
using Kernel = CUpti_ActivityKernel10;
using Copy = CUpti_ActivityMemcpy6;
#else
using Kernel = CUpti_ActivityKernel9;
using Copy = CUpti_ActivityMemcpy5;
#endif

namespace {
struct Span {
  uint64_t begin, end;
  std::string name;
  bool kernel;
};
std::mutex lock;
std::vector<Span> spans;
constexpr size_t kBuffer = 8 << 20;
constexpr uint64_t kPause = 1000000000;

void CUPTIAPI requested(uint8_t** buffer, size_t* size, size_t* records) {
  *buffer = static_cast<uint8_t*>(aligned_alloc(8, kBuffer));
  *size = kBuffer;
  *records = 0;
}

void CUPTIAPI completed(CUcontext, uint32_t, uint8_t* buffer, size_t, size_t valid) {
  std::lock_guard<std::mutex> guard(lock);
  CUpti_Activity* record = nullptr;
  while (valid > 0 && cuptiActivityGetNextRecord(buffer, valid, &record) == CUPTI_SUCCESS) {
    if (record->kind == CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL) {
      auto* kernel = reinterpret_cast<Kernel*>(record);
      spans.push_back({kernel->start, kernel->end, kernel->name ? kernel->name : "?", true});
    } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMCPY) {
      auto* copy = reinterpret_cast<Copy*>(record);
      spans.push_back({copy->start, copy->end, "copy of kind " + std::to_string(copy->copyKind), false});
    } else if (record->kind == CUPTI_ACTIVITY_KIND_MEMSET) {
      auto* set = reinterpret_cast<CUpti_ActivityMemset4*>(record);
      spans.push_back({set->start, set->end, "memset", false});
    }
  }
  free(buffer);
}

std::string readable(const std::string& name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  free(text);
  std::string quoted;
  for (char c : result.substr(0, 120)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

void write() {
  cuptiActivityFlushAll(1);
  std::lock_guard<std::mutex> guard(lock);
  const char* path = getenv("KERNELS_OUT");
  FILE* out = path ? fopen(path, "a") : stdout;
  if (out == nullptr || spans.empty()) return;
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  size_t first = 0;
  uint64_t until = spans[0].end;
  for (size_t i = 1; i < spans.size(); i++) {
    if (spans[i].begin > until + kPause) first = i;
    until = std::max(until, spans[i].end);
  }
  uint64_t busy = 0, reached = spans[first].begin;
  size_t launches = 0;
  std::map<std::string, std::pair<uint64_t, size_t>> kinds;
  for (size_t i = first; i < spans.size(); i++) {
    const Span& span = spans[i];
    if (span.end > reached) busy += span.end - std::max(reached, span.begin);
    reached = std::max(reached, span.end);
    launches += span.kernel;
    auto& kind = kinds[span.name];
    kind.first += span.end - span.begin;
    kind.second++;
  }
  double whole = reached - spans[first].begin;
  fprintf(out, "{\"part\": \"profile\", \"name\": \"device\", \"seconds\": %.6f, \"seconds_busy\": %.6f, \"share_idle\": %.4f, \"launches\": %zu}\n",
          whole / 1e9, busy / 1e9, 1 - busy / whole, launches);
  std::vector<std::pair<std::string, std::pair<uint64_t, size_t>>> sorted(kinds.begin(), kinds.end());
  std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.second.first > b.second.first; });
  for (size_t i = 0; i < sorted.size() && i < 10; i++) {
    fprintf(out, "{\"part\": \"profile\", \"name\": \"kernel %zu\", \"kernel\": \"%s\", \"share\": %.4f, \"times\": %zu}\n", i + 1,
            readable(sorted[i].first).c_str(), sorted[i].second.first / whole, sorted[i].second.second);
  }
  fclose(out);
}
}  // namespace

extern "C" int InitializeInjection() {
  if (cuptiActivityRegisterCallbacks(requested, completed) != CUPTI_SUCCESS) return 0;
  cuptiActivityEnable(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL);
  cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMCPY);
  cuptiActivityEnable(CUPTI_ACTIVITY_KIND_MEMSET);
  atexit(write);
  return 1;
}
