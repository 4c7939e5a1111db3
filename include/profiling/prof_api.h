/* What a client reports to the chip's profiler. No chip profiler listens: registrations and reports are taken and
   dropped, as on a device that is not being profiled. C only. */
#pragma once
#include "acl/acl_base.h"

struct MsprofApi;
typedef int32_t (*ProfCommandHandle)(uint32_t type, void* data, uint32_t length);

ACL_BEGIN
ACL_API int32_t MsprofRegisterCallback(uint32_t module, ProfCommandHandle handle);
ACL_API int32_t MsprofReportApi(uint32_t aging, const struct MsprofApi* api);
ACL_API int32_t MsprofReportCompactInfo(uint32_t aging, const void* data, uint32_t length);
ACL_API int32_t MsprofReportAdditionalInfo(uint32_t aging, const void* data, uint32_t length);
/* The same text gives the same number in this process; 0 for none. */
ACL_API uint64_t MsprofGetHashId(const char* text, size_t length);
ACL_API uint64_t MsprofSysCycleTime(void);
ACL_END
