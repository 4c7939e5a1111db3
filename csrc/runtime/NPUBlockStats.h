// One figure three times over: of all pools, of small blocks, of large ones.
#pragma once
#include <c10/core/Allocator.h>

namespace c10_npu {

using c10::CachingAllocator::StatArray;
using c10::CachingAllocator::StatType;

inline c10::CachingAllocator::Stat& of_kind(StatArray& stat, bool small) {
  return stat[static_cast<size_t>(small ? StatType::SMALL_POOL : StatType::LARGE_POOL)];
}
inline c10::CachingAllocator::Stat& of_all(StatArray& stat) { return stat[static_cast<size_t>(StatType::AGGREGATE)]; }

inline void add(StatArray& stat, bool small, size_t amount) {
  of_all(stat).increase(amount);
  of_kind(stat, small).increase(amount);
}
inline void sub(StatArray& stat, bool small, size_t amount) {
  of_all(stat).decrease(amount);
  of_kind(stat, small).decrease(amount);
}
inline size_t total(StatArray& stat) { return static_cast<size_t>(of_all(stat).current); }

}  // namespace c10_npu
