// extern "C" of libacl_op_compiler: operators by name, which the software CANN does not have, and compile options.
#include "acl/acl_op_compiler.h"

#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>

#include "npu/abi/entry.h"
#include "npu/abi/tensor_desc.h"

using namespace npu;

struct aclGraphDumpOption {};

namespace {

struct CompileOptions {
  std::mutex mutex;
  std::map<aclCompileOpt, std::string> values;
};
CompileOptions& compile_options() {
  static auto* one = new CompileOptions;
  return *one;
}

Status check_option(aclCompileOpt opt) {
  NPU_REQUIRE(opt >= ACL_PRECISION_MODE && opt <= ACL_OP_DEBUG_OPTION, ACL_ERROR_INVALID_PARAM,
              "there is no aclCompileOpt ", static_cast<int>(opt));
  return {};
}

std::string value_of(aclCompileOpt opt) {
  std::lock_guard lock(compile_options().mutex);
  const auto found = compile_options().values.find(opt);
  return found == compile_options().values.end() ? "" : found->second;
}

std::string shown(int count, const aclTensorDesc* const* descs) {
  std::string all;
  for (int i = 0; descs && i < count; ++i) {
    all += i ? ", " : "";
    if (!descs[i]) {
      all += "null";
      continue;
    }
    all += text("dtype ", static_cast<int>(descs[i]->dtype), " [");
    for (size_t d = 0; d < descs[i]->dims.size(); ++d) all += (d ? ", " : "") + std::to_string(descs[i]->dims[d]);
    all += "]";
  }
  return all;
}

// Some clients lose the code of a failure that happens on a thread of theirs: so it is also said aloud.
Status no_such_operator(const char* type, int input_count, const aclTensorDesc* const* inputs, int output_count,
                        const aclTensorDesc* const* outputs, const aclopAttr* attr) {
  NPU_NOT_NULL(type);
  std::string what = text("operator ", type, " by name; inputs (", shown(input_count, inputs), "), outputs (",
                          shown(output_count, outputs), ")");
  if (attr)
    for (const auto& [name, value] : attr->values) what += text(", ", name, "=", value);
  Status status = unimplemented(what + ". The software CANN has aclnn operators only");
  std::fprintf(stderr, "[softnpu] %s\n", status.text().c_str());
  return status;
}

}  // namespace

aclError aclopCompileAndExecute(const char* type, int input_count, const aclTensorDesc* const input_descs[],
                                const aclDataBuffer* const[], int output_count,
                                const aclTensorDesc* const output_descs[], aclDataBuffer* const[],
                                const aclopAttr* attr, aclopEngineType, aclopCompileType, const char*, aclrtStream) {
  return NPU_QUERY { return no_such_operator(type, input_count, input_descs, output_count, output_descs, attr); };
}
aclError aclopCompileAndExecuteV2(const char* type, int input_count, aclTensorDesc* input_descs[], aclDataBuffer*[],
                                  int output_count, aclTensorDesc* output_descs[], aclDataBuffer*[], aclopAttr* attr,
                                  aclopEngineType, aclopCompileType, const char*, aclrtStream) {
  return NPU_QUERY { return no_such_operator(type, input_count, input_descs, output_count, output_descs, attr); };
}
aclError aclopSetCompileFlag(aclOpCompileFlag flag) {
  return NPU_QUERY {
    NPU_REQUIRE(flag == ACL_OP_COMPILE_DEFAULT || flag == ACL_OP_COMPILE_FUZZ, ACL_ERROR_INVALID_PARAM,
                "there is no aclOpCompileFlag ", static_cast<int>(flag));
    return {};
  };
}

aclError aclSetCompileopt(aclCompileOpt opt, const char* value) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    NPU_TRY(check_option(opt));
    std::lock_guard lock(compile_options().mutex);
    compile_options().values[opt] = value;
    return {};
  };
}
size_t aclGetCompileoptSize(aclCompileOpt opt) {
  size_t size = 0;
  (void)entry<false>(__func__, [&]() -> Status {
    NPU_TRY(check_option(opt));
    size = value_of(opt).size() + 1;
    return {};
  });
  return size;
}
aclError aclGetCompileopt(aclCompileOpt opt, char* value, size_t length) {
  return NPU_QUERY {
    NPU_NOT_NULL(value);
    NPU_TRY(check_option(opt));
    const std::string held = value_of(opt);
    NPU_REQUIRE(length > held.size(), ACL_ERROR_INVALID_PARAM, "length ", length, " is too short for ", held.size() + 1,
                " bytes");
    std::memcpy(value, held.c_str(), held.size() + 1);
    return {};
  };
}

aclGraphDumpOption* aclCreateGraphDumpOpt() {
  aclGraphDumpOption* made = nullptr;
  (void)entry<false>(__func__, [&]() -> Status {
    made = new aclGraphDumpOption;
    return {};
  });
  return made;
}
aclError aclDestroyGraphDumpOpt(const aclGraphDumpOption* option) {
  return NPU_QUERY {
    NPU_NOT_NULL(option);
    delete option;
    return {};
  };
}
aclError aclGenGraphAndDumpForOp(const char* type, int input_count, const aclTensorDesc* const input_descs[],
                                 const aclDataBuffer* const[], int output_count,
                                 const aclTensorDesc* const output_descs[], aclDataBuffer* const[],
                                 const aclopAttr* attr, aclopEngineType, const char*, const aclGraphDumpOption*) {
  return NPU_QUERY { return no_such_operator(type, input_count, input_descs, output_count, output_descs, attr); };
}
