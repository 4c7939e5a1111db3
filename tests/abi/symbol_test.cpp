// Every declared function links, and every exported C function is declared.
#include "acl_test.h"

#include <dlfcn.h>

#include <cstdio>
#include <set>

struct Symbol {
  const char* name;
  void (*function)();
};
extern "C" {
extern const Symbol kDeclared[];
extern const int kDeclaredCount;
int c_round_trip();
}

namespace acl_test {

std::set<std::string> exported_functions(const std::string& library) {
  std::set<std::string> names;
  const std::string command = std::string(NM) + " -D --defined-only " + library;
  FILE* pipe = popen(command.c_str(), "r");
  char line[1024], name[1024], kind;
  while (pipe && std::fgets(line, sizeof line, pipe))
    if (std::sscanf(line, "%*s %c %1023s", &kind, name) == 2 && kind == 'T') names.insert(name);
  if (pipe) pclose(pipe);
  return names;
}

namespace {

TEST(SymbolTest, EveryDeclaredFunctionLinks) {
  EXPECT_GT(kDeclaredCount, 250);
  for (int i = 0; i < kDeclaredCount; ++i) EXPECT_NE(kDeclared[i].function, nullptr) << kDeclared[i].name;
}

TEST(SymbolTest, TheLibraryShowsTheAbiAndLittleElse) {
  std::set<std::string> declared;
  for (int i = 0; i < kDeclaredCount; ++i) declared.insert(kDeclared[i].name);
  const auto exported = exported_functions(LIBASCENDCL);
  EXPECT_GT(exported.size(), 200u);
  int cpp = 0;
  for (const auto& name : exported) {
    if (name.starts_with("_Z")) ++cpp;
    else EXPECT_TRUE(declared.contains(name)) << name << " is exported, and no header declares it";
  }
  EXPECT_LE(cpp, 12);  // What libopapi and libhccl need to give streams work, and to know the chip.
}

// What torch_npu and its relatives link to, or open.
TEST(SymbolTest, LibrariesHaveTheirToolkitNames) {
  for (const char* name : {"libascendcl.so", "libnnopbase.so", "libacl_op_compiler.so", "libacl_tdt_channel.so",
                           "libge_runner.so", "libgraph.so"}) {
    void* library = dlopen((std::string(BINARY_FOLDER) + "/" + name).c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr) << dlerror();
    EXPECT_NE(dlsym(library, "aclrtSetDevice"), nullptr) << name;
    EXPECT_NE(dlsym(library, "aclopCompileAndExecute"), nullptr) << name;
  }
}

TEST(SymbolTest, ACProgramRuns) { EXPECT_EQ(c_round_trip(), 0); }

}  // namespace
}  // namespace acl_test
