// Descriptors of aclop*, attributes, compile options, 16-bit floats, and what says that it is missing.
#include <acl/acl_op_compiler.h>
#include <profiling/prof_api.h>
#include <runtime/kernel.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "acl_test.h"

namespace acl_test {
namespace {

TEST(DescriptorTest, TensorDescription) {
  const int64_t dims[] = {2, 3, 4};
  aclTensorDesc* desc = aclCreateTensorDesc(ACL_FLOAT16, 3, dims, ACL_FORMAT_NCHW);
  ASSERT_NE(desc, nullptr);
  EXPECT_EQ(aclGetTensorDescType(desc), ACL_FLOAT16);
  EXPECT_EQ(aclGetTensorDescFormat(desc), ACL_FORMAT_NCHW);
  EXPECT_EQ(aclGetTensorDescNumDims(desc), 3u);
  EXPECT_EQ(aclGetTensorDescElementCount(desc), 24u);
  EXPECT_EQ(aclGetTensorDescSize(desc), 48u);
  EXPECT_EQ(aclGetTensorDescDim(desc, 1), 3);
  int64_t size;
  ACL_OK(aclGetTensorDescDimV2(desc, 2, &size));
  EXPECT_EQ(size, 4);
  ACL_FAILS(ACL_ERROR_INVALID_PARAM, aclGetTensorDescDimV2(desc, 3, &size));
  aclSetTensorDescName(desc, "x");
  EXPECT_STREQ(aclGetTensorDescName(desc), "x");
  ACL_OK(aclSetTensorFormat(desc, ACL_FORMAT_NC1HWC0));
  ACL_OK(aclSetTensorShape(desc, 3, dims));
  ACL_OK(aclSetTensorPlaceMent(desc, ACL_MEMTYPE_HOST));
  char constant[4] = "abc";
  ACL_OK(aclSetTensorConst(desc, constant, 4));
  aclDestroyTensorDesc(desc);
}

TEST(DescriptorTest, DataBuffer) {
  int data[4];
  aclDataBuffer* buffer = aclCreateDataBuffer(data, sizeof data);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), data);
  EXPECT_EQ(aclGetDataBufferSize(buffer), sizeof data);
  ACL_OK(aclUpdateDataBuffer(buffer, data + 1, 4));
  EXPECT_EQ(aclGetDataBufferAddr(buffer), data + 1);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 4u);
  ACL_OK(aclDestroyDataBuffer(buffer));
}

TEST(DescriptorTest, AnOperatorByNameFailsAloudAndSaysWhichItWas) {
  const int64_t dims[] = {2, 3}, list[] = {1, 2}, more[] = {3};
  const int64_t* lists[] = {list, more};
  const int counts[] = {2, 1};
  const uint8_t flags[] = {1, 0};
  const float floats[] = {0.5f};
  const char* words[] = {"a", "b"};
  const aclDataType dtypes[] = {ACL_INT8};
  aclTensorDesc* desc = aclCreateTensorDesc(ACL_FLOAT, 2, dims, ACL_FORMAT_ND);
  aclopAttr* attr = aclopCreateAttr();
  ACL_OK(aclopSetAttrBool(attr, "keep", 1));
  ACL_OK(aclopSetAttrInt(attr, "axis", 1));
  ACL_OK(aclopSetAttrFloat(attr, "eps", 0.25f));
  ACL_OK(aclopSetAttrString(attr, "mode", "linear"));
  ACL_OK(aclopSetAttrDataType(attr, "dtype", ACL_FLOAT16));
  ACL_OK(aclopSetAttrListBool(attr, "flags", 2, flags));
  ACL_OK(aclopSetAttrListInt(attr, "list", 2, list));
  ACL_OK(aclopSetAttrListFloat(attr, "floats", 1, floats));
  ACL_OK(aclopSetAttrListString(attr, "words", 2, words));
  ACL_OK(aclopSetAttrListDataType(attr, "dtypes", 1, dtypes));
  ACL_OK(aclopSetAttrListListInt(attr, "lists", 2, counts, lists));
  testing::internal::CaptureStderr();
  const aclError code = aclopCompileAndExecute("LayerNormGhost", 1, &desc, nullptr, 1, &desc, nullptr, attr,
                                               ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr, nullptr);
  const std::string aloud = testing::internal::GetCapturedStderr(), text = recent_text();
  EXPECT_EQ(code, ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  for (const char* part : {"UNIMPLEMENTED", "LayerNormGhost", "[2, 3]", "axis=1", "mode=\"linear\"", "keep=true",
                           "flags=[true, false]", "list=[1, 2]", "lists=[[1, 2], [3]]", "words=[\"a\", \"b\"]"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    EXPECT_NE(aloud.find(part), std::string::npos) << part << " in " << aloud;
  }
  aclopDestroyAttr(attr);
  aclDestroyTensorDesc(desc);
}

TEST(DescriptorTest, CompileOptionsAreKept) {
  char value[16];
  ACL_OK(aclSetCompileopt(ACL_OP_JIT_COMPILE, "disable"));
  EXPECT_EQ(aclGetCompileoptSize(ACL_OP_JIT_COMPILE), 8u);
  ACL_OK(aclGetCompileopt(ACL_OP_JIT_COMPILE, value, sizeof value));
  EXPECT_STREQ(value, "disable");
  ACL_FAILS(ACL_ERROR_INVALID_PARAM, aclGetCompileopt(ACL_OP_JIT_COMPILE, value, 7));
  EXPECT_EQ(aclGetCompileoptSize(ACL_AUTO_TUNE_MODE), 1u);
  ACL_OK(aclopSetCompileFlag(ACL_OP_COMPILE_FUZZ));
  aclGraphDumpOption* option = aclCreateGraphDumpOpt();
  ASSERT_NE(option, nullptr);
  ACL_OK(aclDestroyGraphDumpOpt(option));
}

TEST(DescriptorTest, Float16) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {  // There and back, all of them.
    const float value = aclFloat16ToFloat(static_cast<aclFloat16>(bits));
    if (std::isnan(value)) EXPECT_TRUE(std::isnan(aclFloat16ToFloat(aclFloatToFloat16(value))));
    else ASSERT_EQ(aclFloatToFloat16(value), bits);
  }
  EXPECT_EQ(aclFloatToFloat16(1.0f), 0x3C00);
  EXPECT_EQ(aclFloatToFloat16(65504.0f), 0x7BFF);
  EXPECT_EQ(aclFloatToFloat16(65519.0f), 0x7BFF);
  EXPECT_EQ(aclFloatToFloat16(65520.0f), 0x7C00);
  EXPECT_EQ(aclFloatToFloat16(-std::numeric_limits<float>::infinity()), 0xFC00);
  EXPECT_EQ(aclFloatToFloat16(std::ldexp(1.0f, -24)), 1);
  EXPECT_EQ(aclFloatToFloat16(std::ldexp(1.0f, -25)), 0);  // halfway, to even
  EXPECT_EQ(aclFloatToFloat16(std::ldexp(3.0f, -25)), 2);
  EXPECT_EQ(aclFloatToFloat16(2049.0f), 0x6800);  // halfway, to even
  EXPECT_EQ(aclFloatToFloat16(2051.0f), 0x6802);
}

TEST(DescriptorTest, DtypeSizes) {
  EXPECT_EQ(aclDataTypeSize(ACL_FLOAT), 4u);
  EXPECT_EQ(aclDataTypeSize(ACL_BF16), 2u);
  EXPECT_EQ(aclDataTypeSize(ACL_COMPLEX128), 16u);
  EXPECT_EQ(aclDataTypeSize(ACL_FLOAT8_E5M2), 1u);
  EXPECT_EQ(aclDataTypeSize(ACL_STRING), 0u);
}

TEST(DescriptorTest, ProfilerReportsAreTaken) {
  char report[256] = "";
  ACL_OK(MsprofReportApi(0, reinterpret_cast<const MsprofApi*>(report)));
  ACL_OK(MsprofReportCompactInfo(0, report, sizeof report));
  ACL_OK(MsprofReportAdditionalInfo(0, report, sizeof report));
  ACL_OK(MsprofRegisterCallback(1, [](uint32_t, void*, uint32_t) { return 0; }));
  EXPECT_EQ(MsprofGetHashId("aclnnAdd", 8), MsprofGetHashId("aclnnAdd", 8));
  EXPECT_NE(MsprofGetHashId("aclnnAdd", 8), MsprofGetHashId("aclnnSub", 8));
  const uint64_t before = MsprofSysCycleTime();
  EXPECT_GE(MsprofSysCycleTime(), before);
}

}  // namespace
}  // namespace acl_test
