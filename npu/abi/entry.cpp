#include "npu/abi/entry.h"

#include <new>
#include <system_error>

namespace npu {

aclError fail_entry(const char* name, const Status& status) noexcept {
  try {
    return remember({status.code(), text(name, ": ", status.text())});
  } catch (...) { return status.code(); }
}

aclError fail_entry_with_exception(const char* name) noexcept {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return fail_entry(name, {ACL_ERROR_BAD_ALLOC, "the host is out of memory"});
  } catch (const std::system_error& e) {
    return fail_entry(name, {ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, e.what()});
  } catch (const std::exception& e) { return fail_entry(name, {ACL_ERROR_INTERNAL_ERROR, e.what()}); } catch (...) {
    return fail_entry(name, {ACL_ERROR_INTERNAL_ERROR, "an exception that is no std::exception"});
  }
}

}  // namespace npu
