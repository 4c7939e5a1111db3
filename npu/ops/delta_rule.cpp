// Linear attention whose state is corrected at each token: S = S exp(g); S += beta (v - S k) k^T; out = S q.
#include "aclnnop/attention.h"
#include "npu/ops/check.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>

namespace npu {

ACLNN_OP(aclnnRecurrentGatedDeltaRule, query, key, value, beta, state, actual_seq_lengths, ssm_state_indices, g, gk,
         num_accepted_tokens, scale, out) {
  OP_GIVEN(query.defined() && key.defined() && value.defined() && state.defined() && actual_seq_lengths.defined() &&
           ssm_state_indices.defined() && out.defined());
  OP_CHECK(query.dims == 3 && key.dims == 3 && value.dims == 3 && state.dims == 4,
           "query and key must be [T, Nk, Dk], value [T, Nv, Dv], state [blocks, Nv, Dv, Dk]");
  const int64_t tokens = value.sizes[0], heads = value.sizes[1], width = value.sizes[2], keys = query.sizes[2];
  OP_CHECK(query.same_sizes(key) && query.sizes[0] == tokens, "query and key must have one shape, and value's tokens");
  OP_CHECK(query.sizes[1] > 0 && heads % query.sizes[1] == 0, "value's heads must be a multiple of query's");
  OP_CHECK(state.sizes[1] == heads && state.sizes[2] == width && state.sizes[3] == keys,
           "state must be [blocks, Nv, Dv, Dk]");
  OP_CHECK(!gk.defined(), "UNIMPLEMENTED: gk");
  for (const Tensor* t : {&beta, &g})
    OP_CHECK(!t->defined() || (t->dims == 2 && t->sizes[0] == tokens && t->sizes[1] == heads),
             "beta and g must be [T, Nv]");
  NPU_TRY(indices_fit(actual_seq_lengths));
  NPU_TRY(indices_fit(ssm_state_indices));
  NPU_TRY(indices_fit(num_accepted_tokens));
  OP_CHECK(actual_seq_lengths.dims == 1 && ssm_state_indices.dims == 1 && ssm_state_indices.sizes[0] == tokens,
           "actual_seq_lengths must be [B], ssm_state_indices [T]");
  OP_CHECK(!num_accepted_tokens.defined() || num_accepted_tokens.same_sizes(actual_seq_lengths),
           "num_accepted_tokens must be [B]");
  NPU_TRY(holds("out", out, {tokens, heads, width}, value.dtype));
  return [=](void*) {
    const auto groups = heads / query.sizes[1];
    const auto q = aten_view(query).to(at::kFloat).repeat_interleave(groups, 1) * scale;
    const auto k = aten_view(key).to(at::kFloat).repeat_interleave(groups, 1);
    const auto v = aten_view(value).to(at::kFloat);
    const auto decay = g.defined() ? aten_view(g).to(at::kFloat).exp() : at::ones({tokens, heads});
    const auto rate = beta.defined() ? aten_view(beta).to(at::kFloat) : at::ones({tokens, heads});
    const auto lengths = aten_long(actual_seq_lengths).contiguous(), places = aten_long(ssm_state_indices).contiguous();
    const auto accepted = num_accepted_tokens.defined() ? aten_long(num_accepted_tokens).contiguous() : at::Tensor();
    auto states = aten_view(state), result = aten_view(out);
    const auto place = [&](int64_t token) {
      TORCH_CHECK(token >= 0 && token < tokens, "a sequence goes beyond the ", tokens, " tokens");
      const int64_t at = places.const_data_ptr<int64_t>()[token];
      TORCH_CHECK(at >= 0 && at < states.size(0), "ssm_state_indices names state ", at, " of ", states.size(0));
      return at;
    };
    int64_t token = 0;
    for (int64_t b = 0; b < lengths.numel(); ++b) {
      const int64_t end = token + lengths.const_data_ptr<int64_t>()[b];
      if (end == token) continue;
      const int64_t from = accepted.defined() ? accepted.const_data_ptr<int64_t>()[b] - 1 : 0;
      auto s = states[place(token + from)].to(at::kFloat);
      for (; token < end; ++token) {
        s = s * decay[token].view({heads, 1, 1});
        const auto k_row = k[token].unsqueeze(1);
        const auto change = (v[token] - (s * k_row).sum(2)) * rate[token].unsqueeze(1);
        s = s + change.unsqueeze(2) * k_row;
        states[place(token)].copy_(s);
        result[token].copy_((s * q[token].unsqueeze(1)).sum(2));
      }
    }
  };
}

}  // namespace npu
