// extern "C": attributes of aclop* operators.
#include "acl/acl_op.h"

#include <algorithm>

#include "npu/abi/entry.h"
#include "npu/abi/tensor_desc.h"

using namespace npu;

namespace {

template <class T> std::string shown(const T& value) { return text(value); }
std::string shown(uint8_t value) { return value ? "true" : "false"; }
std::string shown(const char* value) { return text('"', value, '"'); }

Status set(aclopAttr* attr, const char* name, std::string value) {
  NPU_NOT_NULL(attr);
  NPU_NOT_NULL(name);
  const auto same = std::find_if(attr->values.begin(), attr->values.end(), [&](auto& v) { return v.first == name; });
  if (same != attr->values.end()) same->second = std::move(value);
  else attr->values.emplace_back(name, std::move(value));
  return {};
}

template <class T> Status set_list(aclopAttr* attr, const char* name, int count, const T* values) {
  NPU_REQUIRE(count >= 0 && (count == 0 || values), ACL_ERROR_INVALID_PARAM, "there are ", count, " values at ",
              static_cast<const void*>(values));
  std::string all = "[";
  for (int i = 0; i < count; ++i) {
    if constexpr (std::is_pointer_v<T>) NPU_REQUIRE(values[i], ACL_ERROR_INVALID_PARAM, "value ", i, " is null");
    all += (i ? ", " : "") + shown(values[i]);
  }
  return set(attr, name, all + "]");
}

}  // namespace

aclopAttr* aclopCreateAttr() {
  aclopAttr* made = nullptr;
  (void)entry<false>(__func__, [&]() -> Status {
    made = new aclopAttr;
    return {};
  });
  return made;
}
void aclopDestroyAttr(const aclopAttr* attr) { delete attr; }

aclError aclopSetAttrBool(aclopAttr* attr, const char* name, uint8_t value) {
  return NPU_QUERY { return set(attr, name, shown(value)); };
}
aclError aclopSetAttrInt(aclopAttr* attr, const char* name, int64_t value) {
  return NPU_QUERY { return set(attr, name, shown(value)); };
}
aclError aclopSetAttrFloat(aclopAttr* attr, const char* name, float value) {
  return NPU_QUERY { return set(attr, name, shown(value)); };
}
aclError aclopSetAttrString(aclopAttr* attr, const char* name, const char* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    return set(attr, name, shown(value));
  };
}
aclError aclopSetAttrDataType(aclopAttr* attr, const char* name, aclDataType value) {
  return NPU_QUERY { return set(attr, name, shown(static_cast<int>(value))); };
}
aclError aclopSetAttrListBool(aclopAttr* attr, const char* name, int count, const uint8_t* values) {
  return NPU_QUERY { return set_list(attr, name, count, values); };
}
aclError aclopSetAttrListInt(aclopAttr* attr, const char* name, int count, const int64_t* values) {
  return NPU_QUERY { return set_list(attr, name, count, values); };
}
aclError aclopSetAttrListFloat(aclopAttr* attr, const char* name, int count, const float* values) {
  return NPU_QUERY { return set_list(attr, name, count, values); };
}
aclError aclopSetAttrListString(aclopAttr* attr, const char* name, int count, const char** values) {
  return NPU_QUERY { return set_list(attr, name, count, values); };
}
aclError aclopSetAttrListDataType(aclopAttr* attr, const char* name, int count, const aclDataType values[]) {
  return NPU_QUERY { return set_list(attr, name, count, values); };
}
aclError aclopSetAttrListListInt(aclopAttr* attr, const char* name, int list_count, const int* counts,
                                 const int64_t* const values[]) {
  return NPU_QUERY {
    NPU_REQUIRE(list_count >= 0 && (list_count == 0 || (counts && values)), ACL_ERROR_INVALID_PARAM, "there are ",
                list_count, " lists, and no sizes or values");
    aclopAttr lists;
    for (int i = 0; i < list_count; ++i) NPU_TRY(set_list(&lists, std::to_string(i).c_str(), counts[i], values[i]));
    std::string all = "[";
    for (const auto& [index, list] : lists.values) all += (all.size() > 1 ? ", " : "") + list;
    return set(attr, name, all + "]");
  };
}
