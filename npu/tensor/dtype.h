// What a dtype is: its name, its size, its kind.
#pragma once
#include <cstddef>

#include "acl/acl_base.h"

namespace npu {

enum class Kind { kNone, kBool, kInteger, kFloat, kComplex };  // ordered: a kind casts to itself and to later ones

struct DtypeInfo {
  const char* name;
  size_t size;  // Bytes of an element; 0: no element of a tensor, or (int4) half of one.
  Kind kind;
};

constexpr DtypeInfo info(aclDataType dtype) {
  switch (dtype) {
    case ACL_FLOAT: return {"float32", 4, Kind::kFloat};
    case ACL_FLOAT16: return {"float16", 2, Kind::kFloat};
    case ACL_BF16: return {"bfloat16", 2, Kind::kFloat};
    case ACL_DOUBLE: return {"float64", 8, Kind::kFloat};
    case ACL_INT8: return {"int8", 1, Kind::kInteger};
    case ACL_INT16: return {"int16", 2, Kind::kInteger};
    case ACL_INT32: return {"int32", 4, Kind::kInteger};
    case ACL_INT64: return {"int64", 8, Kind::kInteger};
    case ACL_INT4: return {"int4", 0, Kind::kNone};  // Of quantized weights: no arithmetic.
    case ACL_UINT8: return {"uint8", 1, Kind::kInteger};
    case ACL_UINT16: return {"uint16", 2, Kind::kInteger};
    case ACL_UINT32: return {"uint32", 4, Kind::kInteger};
    case ACL_UINT64: return {"uint64", 8, Kind::kInteger};
    case ACL_BOOL: return {"bool", 1, Kind::kBool};
    case ACL_COMPLEX32: return {"complex32", 4, Kind::kComplex};
    case ACL_COMPLEX64: return {"complex64", 8, Kind::kComplex};
    case ACL_COMPLEX128: return {"complex128", 16, Kind::kComplex};
    case ACL_FLOAT8_E5M2: return {"float8_e5m2", 1, Kind::kFloat};
    case ACL_FLOAT8_E4M3FN: return {"float8_e4m3fn", 1, Kind::kFloat};
    case ACL_FLOAT8_E8M0: return {"float8_e8m0", 1, Kind::kFloat};
    case ACL_HIFLOAT8: return {"hifloat8", 1, Kind::kFloat};
    default: return {"undefined", 0, Kind::kNone};
  }
}

constexpr size_t bytes_of(aclDataType dtype, size_t elements) {
  return dtype == ACL_INT4 ? elements / 2 : elements * info(dtype).size;
}

// The rule of an output: it may not lose the kind of what is stored (a float result does not fit an integer).
constexpr bool castable(aclDataType from, aclDataType to) {
  const Kind a = info(from).kind, b = info(to).kind;
  return a != Kind::kNone && a <= b;
}

}  // namespace npu
