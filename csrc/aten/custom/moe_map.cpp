// Functions of torch_npu for mixtures of experts whose routing is a map [tokens, experts], and their gradients.
#include "aten/row.h"

#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/moe.h"

namespace at_npu {
namespace {

using Pair = std::tuple<at::Tensor, at::Tensor>;
using Triple = std::tuple<at::Tensor, at::Tensor, at::Tensor>;
using Four = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor>;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

bool given(const OptTensor& t) { return t && t->defined(); }
at::Tensor own(const OptTensor& t) { return t.value_or(at::Tensor()); }

Triple permute(const at::Tensor& tokens, const at::Tensor& map, const OptTensor& probs,
               std::optional<int64_t> num_out_tokens, bool drop_and_pad) {
  TORCH_CHECK(tokens.dim() == 2 && map.dim() == 2 && map.numel() > 0,
              "npu_moe_token_permute_with_routing_map: tokens is [tokens, h] and routing_map [tokens, experts], not ",
              tokens.sizes(), " and ", map.sizes());
  const int64_t wanted = num_out_tokens.value_or(tokens.size(0)), parts = map.size(drop_and_pad ? 1 : 0);
  const int64_t rows = wanted / parts * parts;
  TORCH_CHECK(wanted >= 0, "npu_moe_token_permute_with_routing_map: num_out_tokens must not be negative, not ", wanted);
  const c10_npu::NPUGuard guard(tokens.device());
  auto permuted = make({rows, tokens.size(1)}, tokens.scalar_type()), sorted = make({rows}, at::kInt);
  at::Tensor weights;
  if (given(probs)) weights = make({rows}, probs->scalar_type());
  NPU_LAUNCH(aclnnMoeTokenPermuteWithRoutingMap, tokens, map, probs, wanted, drop_and_pad, permuted, weights, sorted);
  return {permuted, weights, sorted};
}
Pair permute_grad(const at::Tensor& grad, const OptTensor& grad_weights, const at::Tensor& sorted,
                  const at::Tensor& map, int64_t experts, int64_t tokens, bool drop_and_pad) {
  const c10_npu::NPUGuard guard(grad.device());
  auto grad_tokens = make({tokens, grad.size(-1)}, grad.scalar_type());
  at::Tensor grad_probs;
  if (given(grad_weights)) grad_probs = make({tokens, experts}, grad_weights->scalar_type());
  NPU_LAUNCH(aclnnMoeTokenPermuteWithRoutingMapGrad, grad, grad_weights, sorted, map, experts, tokens, drop_and_pad,
             grad_tokens, grad_probs);
  return {grad_tokens, grad_probs};
}
struct Permute : torch::autograd::Function<Permute> {
  static Variables forward(Context* context, const at::Tensor& tokens, const at::Tensor& map, const OptTensor& probs,
                           std::optional<int64_t> num_out_tokens, bool drop_and_pad) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [permuted, weights, sorted] = permute(tokens, map, probs, num_out_tokens, drop_and_pad);
    context->save_for_backward({sorted, map});
    context->mark_non_differentiable({sorted});
    context->saved_data["drop_and_pad"] = drop_and_pad;
    if (!weights.defined()) return {permuted, sorted};
    return {permuted, sorted, weights};
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto& map = saved[1];
    const auto [tokens, probs] =
        permute_grad(grads[0], grads.size() > 2 ? OptTensor(grads[2]) : std::nullopt, saved[0], map, map.size(1),
                     map.size(0), context->saved_data["drop_and_pad"].toBool());
    return {tokens, {}, probs, {}, {}};
  }
};
Triple permute_autograd(const at::Tensor& tokens, const at::Tensor& map, const OptTensor& probs,
                        std::optional<int64_t> num_out_tokens, bool drop_and_pad) {
  const auto out = Permute::apply(tokens, map, probs, num_out_tokens, drop_and_pad);
  return {out[0], out.size() > 2 ? out[2] : at::Tensor(), out[1]};
}

Four unpermute(const at::Tensor& permuted, const at::Tensor& sorted, at::IntArrayRef shape, const OptTensor& probs,
               const OptTensor& map, bool drop_and_pad) {
  TORCH_CHECK(shape.size() == 2, "npu_moe_token_unpermute_with_routing_map: restore_shape is [tokens, h], not ", shape);
  const c10_npu::NPUGuard guard(permuted.device());
  auto out = make(shape, permuted.scalar_type());
  auto index = make(sorted.sizes(), at::kInt), token = make(sorted.sizes(), at::kInt);
  at::Tensor weights;
  if (given(probs)) weights = make(sorted.sizes(), probs->scalar_type());
  NPU_LAUNCH(aclnnMoeTokenUnpermuteWithRoutingMap, permuted, sorted, map, probs, drop_and_pad, shape, out, index, token,
             weights);
  return {out, index, token, weights};
}
Pair unpermute_grad(const at::Tensor& grad, const at::Tensor& index, const at::Tensor& token, const OptTensor& map,
                    const OptTensor& permuted, const OptTensor& probs, bool drop_and_pad, at::IntArrayRef shape) {
  const c10_npu::NPUGuard guard(grad.device());
  auto grad_tokens = make({index.numel(), grad.size(-1)}, grad.scalar_type());
  at::Tensor grad_probs;
  if (given(probs)) grad_probs = make(probs->sizes(), probs->scalar_type());
  NPU_LAUNCH(aclnnMoeTokenUnpermuteWithRoutingMapGrad, grad, index, token, map, permuted, probs, drop_and_pad, shape,
             grad_tokens, grad_probs);
  return {grad_tokens, grad_probs};
}
struct Unpermute : torch::autograd::Function<Unpermute> {
  static at::Tensor forward(Context* context, const at::Tensor& permuted, const at::Tensor& sorted,
                            const std::vector<int64_t>& shape, const OptTensor& probs, const OptTensor& map,
                            bool drop_and_pad) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const auto [out, index, token, weights] = unpermute(permuted, sorted, shape, probs, map, drop_and_pad);
    context->save_for_backward({index, token, own(map), own(probs), given(probs) ? permuted : at::Tensor()});
    context->saved_data["drop_and_pad"] = drop_and_pad;
    context->saved_data["shape"] = shape;
    return out;
  }
  static Variables backward(Context* context, const Variables& grads) {
    const auto saved = context->get_saved_variables();
    const auto [tokens, probs] =
        unpermute_grad(grads[0], saved[0], saved[1], saved[2], saved[4], saved[3],
                       context->saved_data["drop_and_pad"].toBool(), context->saved_data["shape"].toIntVector());
    return {tokens, {}, {}, probs, {}, {}};
  }
};
at::Tensor unpermute_autograd(const at::Tensor& permuted, const at::Tensor& sorted, at::IntArrayRef shape,
                              const OptTensor& probs, const OptTensor& map, bool drop_and_pad) {
  return Unpermute::apply(permuted, sorted, shape.vec(), probs, map, drop_and_pad);
}
at::Tensor unpermute_alone(const at::Tensor& permuted, const at::Tensor& sorted, at::IntArrayRef shape,
                           const OptTensor& probs, const OptTensor& map, bool drop_and_pad) {
  return std::get<0>(unpermute(permuted, sorted, shape, probs, map, drop_and_pad));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_moe_token_permute_with_routing_map(Tensor tokens, Tensor routing_map, *, Tensor? probs=None, "
      "int? num_out_tokens=None, bool drop_and_pad=False) -> (Tensor, Tensor, Tensor)");
  m.def(
      "npu_moe_token_permute_with_routing_map_grad(Tensor permuted_token_out_grad, Tensor? probs_grad, "
      "Tensor sorted_indices, Tensor routing_map, int experts_num, int tokens_num, bool drop_and_pad) "
      "-> (Tensor, Tensor)");
  m.def(
      "npu_moe_token_unpermute_with_routing_map(Tensor permuted_tokens, Tensor sorted_indices, int[] restore_shape, *, "
      "Tensor? probs=None, Tensor? routing_map=None, bool drop_and_pad=False) -> Tensor");
  m.def(
      "npu_moe_token_unpermute_with_routing_map_grad(Tensor unpermuted_tokens_grad, Tensor out_index, "
      "Tensor permuted_token_id, Tensor? routing_map, Tensor? permuted_tokens, Tensor? probs, bool drop_and_pad, "
      "int[] restore_shape) -> (Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_moe_token_permute_with_routing_map", &permute);
  m.impl("npu_moe_token_permute_with_routing_map_grad", &permute_grad);
  m.impl("npu_moe_token_unpermute_with_routing_map", &unpermute_alone);
  m.impl("npu_moe_token_unpermute_with_routing_map_grad", &unpermute_grad);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_moe_token_permute_with_routing_map", &permute_autograd);
  m.impl("npu_moe_token_unpermute_with_routing_map", &unpermute_autograd);
}

}  // namespace at_npu
