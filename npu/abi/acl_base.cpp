// extern "C": 16-bit floats, data buffers, the tensor description of aclop*.
#include "acl/acl_base.h"

#include <bit>
#include <cmath>
#include <vector>

#include "npu/abi/entry.h"
#include "npu/abi/tensor_desc.h"

using namespace npu;

struct aclDataBuffer {
  void* data;
  size_t size;
};

namespace {

constexpr int kMaxDims = 1024;  // Only to refuse nonsense.

bool is_format(aclFormat format) {
  switch (format) {
    case ACL_FORMAT_UNDEFINED:
    case ACL_FORMAT_NCHW:
    case ACL_FORMAT_NHWC:
    case ACL_FORMAT_ND:
    case ACL_FORMAT_NC1HWC0:
    case ACL_FORMAT_FRACTAL_Z:
    case ACL_FORMAT_NC1HWC0_C04:
    case ACL_FORMAT_HWCN:
    case ACL_FORMAT_NDHWC:
    case ACL_FORMAT_FRACTAL_NZ:
    case ACL_FORMAT_NCDHW:
    case ACL_FORMAT_NDC1HWC0:
    case ACL_FRACTAL_Z_3D:
    case ACL_FORMAT_NC:
    case ACL_FORMAT_NCL:
    case ACL_FORMAT_FRACTAL_NZ_C0_16:
    case ACL_FORMAT_FRACTAL_NZ_C0_32:
    case ACL_FORMAT_FRACTAL_NZ_C0_2:
    case ACL_FORMAT_FRACTAL_NZ_C0_4:
    case ACL_FORMAT_FRACTAL_NZ_C0_8: return true;
  }
  return false;
}

Status check_dims(int count, const int64_t* dims) {
  NPU_REQUIRE(count >= 0 && count <= kMaxDims, ACL_ERROR_INVALID_PARAM, "there cannot be ", count, " dimensions");
  NPU_REQUIRE(count == 0 || dims, ACL_ERROR_INVALID_PARAM, "dims is null");
  return {};
}

}  // namespace

float aclFloat16ToFloat(aclFloat16 value) {
  const uint32_t sign = static_cast<uint32_t>(value >> 15) << 31, exponent = value >> 10 & 31, mantissa = value & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000 | mantissa << 13);
  if (exponent) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  return sign ? -magnitude : magnitude;
}

// To nearest, ties to even.
aclFloat16 aclFloatToFloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<aclFloat16>(bits >> 16 & 0x8000);
  const uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return sign | 0x7E00;   // nan
  if (magnitude >= 0x477FF000) return sign | 0x7C00;  // rounds to more than 65504
  if (magnitude < 0x38800000)                         // subnormal: a multiple of 2^-24
    return sign | static_cast<aclFloat16>(std::nearbyint(std::ldexp(std::fabs(value), 24)));
  const uint32_t rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
  return sign | static_cast<aclFloat16>((rounded - (112u << 23)) >> 13);
}

size_t aclDataTypeSize(aclDataType dtype) {
  switch (dtype) {
    case ACL_INT8:
    case ACL_UINT8:
    case ACL_BOOL:
    case ACL_HIFLOAT8:
    case ACL_FLOAT8_E5M2:
    case ACL_FLOAT8_E4M3FN:
    case ACL_FLOAT8_E8M0: return 1;
    case ACL_FLOAT16:
    case ACL_BF16:
    case ACL_INT16:
    case ACL_UINT16: return 2;
    case ACL_FLOAT:
    case ACL_INT32:
    case ACL_UINT32:
    case ACL_COMPLEX32: return 4;
    case ACL_INT64:
    case ACL_UINT64:
    case ACL_DOUBLE:
    case ACL_COMPLEX64: return 8;
    case ACL_COMPLEX128: return 16;
    default: return 0;
  }
}

aclDataBuffer* aclCreateDataBuffer(void* data, size_t size) {
  aclDataBuffer* made = nullptr;
  (void)entry<false>(__func__, [&]() -> Status {
    made = new aclDataBuffer{data, size};
    return {};
  });
  return made;
}
aclError aclDestroyDataBuffer(const aclDataBuffer* buffer) {
  return NPU_QUERY {
    NPU_NOT_NULL(buffer);
    delete buffer;
    return {};
  };
}
aclError aclUpdateDataBuffer(aclDataBuffer* buffer, void* data, size_t size) {
  return NPU_QUERY {
    NPU_NOT_NULL(buffer);
    *buffer = {data, size};
    return {};
  };
}
void* aclGetDataBufferAddr(const aclDataBuffer* buffer) { return buffer ? buffer->data : nullptr; }
uint32_t aclGetDataBufferSize(const aclDataBuffer* buffer) {
  return static_cast<uint32_t>(aclGetDataBufferSizeV2(buffer));
}
size_t aclGetDataBufferSizeV2(const aclDataBuffer* buffer) { return buffer ? buffer->size : 0; }

aclTensorDesc* aclCreateTensorDesc(aclDataType dtype, int dims_num, const int64_t* dims, aclFormat format) {
  aclTensorDesc* made = nullptr;
  (void)entry<false>(__func__, [&]() -> Status {
    NPU_TRY(check_dims(dims_num, dims));
    NPU_REQUIRE(is_format(format), ACL_ERROR_INVALID_PARAM, "there is no format ", static_cast<int>(format));
    made = new aclTensorDesc{dtype, format, {dims, dims + dims_num}};
    return {};
  });
  return made;
}
void aclDestroyTensorDesc(const aclTensorDesc* desc) { delete desc; }
aclDataType aclGetTensorDescType(const aclTensorDesc* desc) { return desc ? desc->dtype : ACL_DT_UNDEFINED; }
aclFormat aclGetTensorDescFormat(const aclTensorDesc* desc) { return desc ? desc->format : ACL_FORMAT_UNDEFINED; }
size_t aclGetTensorDescElementCount(const aclTensorDesc* desc) {
  if (!desc) return 0;
  size_t count = 1;
  for (const int64_t dim : desc->dims) count *= dim < 0 ? 0 : static_cast<size_t>(dim);  // < 0: not known yet
  return count;
}
size_t aclGetTensorDescSize(const aclTensorDesc* desc) {
  return desc ? aclGetTensorDescElementCount(desc) * aclDataTypeSize(desc->dtype) : 0;
}
size_t aclGetTensorDescNumDims(const aclTensorDesc* desc) { return desc ? desc->dims.size() : 0; }
int64_t aclGetTensorDescDim(const aclTensorDesc* desc, size_t index) {
  int64_t size = -1;
  return aclGetTensorDescDimV2(desc, index, &size) == ACL_SUCCESS ? size : -1;
}
aclError aclGetTensorDescDimV2(const aclTensorDesc* desc, size_t index, int64_t* size) {
  return NPU_QUERY {
    NPU_NOT_NULL(desc);
    NPU_NOT_NULL(size);
    NPU_REQUIRE(index < desc->dims.size(), ACL_ERROR_INVALID_PARAM, "there is no dimension ", index, " of ",
                desc->dims.size());
    *size = desc->dims[index];
    return {};
  };
}
const char* aclGetTensorDescName(aclTensorDesc* desc) { return desc ? desc->name.c_str() : ""; }
void aclSetTensorDescName(aclTensorDesc* desc, const char* name) {
  (void)entry<false>(__func__, [&]() -> Status {
    NPU_NOT_NULL(desc);
    desc->name = name ? name : "";
    return {};
  });
}
aclError aclSetTensorFormat(aclTensorDesc* desc, aclFormat format) {
  return NPU_QUERY {
    NPU_NOT_NULL(desc);
    NPU_REQUIRE(is_format(format), ACL_ERROR_INVALID_PARAM, "there is no format ", static_cast<int>(format));
    desc->storage_format = format;
    return {};
  };
}
aclError aclSetTensorShape(aclTensorDesc* desc, int dims_num, const int64_t* dims) {
  return NPU_QUERY {
    NPU_NOT_NULL(desc);
    NPU_TRY(check_dims(dims_num, dims));
    desc->storage_dims.assign(dims, dims + dims_num);
    return {};
  };
}
aclError aclSetTensorPlaceMent(aclTensorDesc* desc, aclMemType place) {
  return NPU_QUERY {
    NPU_NOT_NULL(desc);
    NPU_REQUIRE(place >= ACL_MEMTYPE_DEVICE && place <= ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT, ACL_ERROR_INVALID_PARAM,
                "there is no aclMemType ", static_cast<int>(place));
    desc->place = place;
    return {};
  };
}
aclError aclSetTensorConst(aclTensorDesc* desc, void* data, size_t length) {
  return NPU_QUERY {
    NPU_NOT_NULL(desc);
    NPU_NOT_NULL(data);
    NPU_REQUIRE(length > 0, ACL_ERROR_INVALID_PARAM, "length is 0");
    const auto* bytes = static_cast<const char*>(data);
    desc->constant.assign(bytes, bytes + length);
    return {};
  };
}
