/* The older rt* entry points a client may still link to. They load and launch binaries for the chip's cores, which a
   software device cannot run: each says so. C only. */
#pragma once
#include "acl/acl_base.h"

typedef int32_t rtError_t;
typedef void* rtStream_t;
typedef struct {
  uint32_t magic;
  uint32_t version;
  const void* data;
  uint64_t length;
} rtDevBinary_t;
typedef struct rtSmDesc rtSmDesc_t;

ACL_BEGIN
ACL_API rtError_t rtDevBinaryRegister(const rtDevBinary_t* binary, void** handle);
ACL_API rtError_t rtFunctionRegister(void* binary, const void* stub, const char* stub_name, const void* kernel_info,
                                     uint32_t mode);
ACL_API rtError_t rtKernelLaunch(const void* stub, uint32_t blocks, void* args, uint32_t args_size,
                                 rtSmDesc_t* shared_memory, rtStream_t stream);
ACL_API rtError_t rtGetC2cCtrlAddr(uint64_t* address, uint32_t* length);
ACL_END
