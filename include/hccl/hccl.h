/* HCCL: communicators and collectives. A collective is work on `stream`, as an operator is. */
#pragma once
#include "acl/acl_base.h"
#include "hccl/hccl_types.h"
ACL_BEGIN
ACL_API const char* HcclGetErrorString(HcclResult code);

/* For the whole process. */
ACL_API HcclResult HcclSetConfig(HcclConfig config, HcclConfigValue value);
ACL_API HcclResult HcclGetConfig(HcclConfig config, HcclConfigValue* value);

/* Rank 0 makes the root info; each rank then joins with it, and the call returns when all have. */
ACL_API HcclResult HcclGetRootInfo(HcclRootInfo* root);
ACL_API HcclResult HcclCommInitRootInfo(uint32_t ranks, const HcclRootInfo* root, uint32_t rank, HcclComm* comm);
ACL_API HcclResult HcclCommInitRootInfoConfig(uint32_t ranks, const HcclRootInfo* root, uint32_t rank,
                                              const HcclCommConfig* config, HcclComm* comm);
ACL_API HcclResult HcclCommInitClusterInfo(const char* rank_table, uint32_t rank, HcclComm* comm);
ACL_API HcclResult HcclCommInitAll(uint32_t devices_num, int32_t* devices, HcclComm* comms);
ACL_API HcclResult HcclCommDestroy(HcclComm comm);

ACL_API HcclResult HcclGetCommName(HcclComm comm, char* name);
ACL_API HcclResult HcclGetRankSize(HcclComm comm, uint32_t* ranks);
ACL_API HcclResult HcclGetRankId(HcclComm comm, uint32_t* rank);
ACL_API HcclResult HcclGetCommAsyncError(HcclComm comm, HcclResult* error);
/* How many fields of HcclCommConfig this library reads. */
ACL_API uint32_t HcclGetCommConfigCapability(void);

ACL_API HcclResult HcclAllReduce(void* send, void* recv, uint64_t count, HcclDataType type, HcclReduceOp op,
                                 HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclReduce(void* send, void* recv, uint64_t count, HcclDataType type, HcclReduceOp op, uint32_t root,
                              HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclBroadcast(void* buffer, uint64_t count, HcclDataType type, uint32_t root, HcclComm comm,
                                 aclrtStream stream);
ACL_API HcclResult HcclAllGather(void* send, void* recv, uint64_t send_count, HcclDataType type, HcclComm comm,
                                 aclrtStream stream);
ACL_API HcclResult HcclReduceScatter(void* send, void* recv, uint64_t recv_count, HcclDataType type, HcclReduceOp op,
                                     HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclScatter(void* send, void* recv, uint64_t recv_count, HcclDataType type, uint32_t root,
                               HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclAlltoAll(const void* send, uint64_t send_count, HcclDataType send_type, const void* recv,
                                uint64_t recv_count, HcclDataType recv_type, HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclAlltoAllV(const void* send, const void* send_counts, const void* send_offsets,
                                 HcclDataType send_type, const void* recv, const void* recv_counts,
                                 const void* recv_offsets, HcclDataType recv_type, HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclSend(void* buffer, uint64_t count, HcclDataType type, uint32_t to, HcclComm comm,
                            aclrtStream stream);
ACL_API HcclResult HcclRecv(void* buffer, uint64_t count, HcclDataType type, uint32_t from, HcclComm comm,
                            aclrtStream stream);
ACL_API HcclResult HcclBatchSendRecv(HcclSendRecvItem* items, uint32_t items_num, HcclComm comm, aclrtStream stream);
ACL_API HcclResult HcclBarrier(HcclComm comm, aclrtStream stream);
ACL_END
