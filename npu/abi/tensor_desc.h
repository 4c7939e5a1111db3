// The objects behind aclop*'s opaque handles.
#pragma once
#include <string>
#include <vector>

#include "acl/acl_base.h"
#include "acl/acl_op.h"

struct aclTensorDesc {
  aclDataType dtype;
  aclFormat format;
  std::vector<int64_t> dims;
  aclFormat storage_format = ACL_FORMAT_UNDEFINED;
  std::vector<int64_t> storage_dims = {};
  aclMemType place = ACL_MEMTYPE_DEVICE;
  std::string name = {};
  std::vector<char> constant = {};
};

// Attributes only ever appear in messages: each is kept as its text.
struct aclopAttr { std::vector<std::pair<std::string, std::string>> values; };
