// torch_npu.npu_fusion_attention, its second form, and their gradients. Shapes, layouts and modes: the vendor's page of
// npu_fusion_attention; what does not fit is refused by the operators.
#include "aten/row.h"

#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include "aclnnop/attention.h"
#include "aclnnop/random.h"
#include "runtime/NPUGenerator.h"

namespace at_npu {
namespace {

using OptInts = at::OptionalIntArrayRef;
using Ints = std::vector<int64_t>;

constexpr uint64_t kNumbers = 10;  // how far a mask moves the generator on

// What an attention is of; each but the first three may be missing.
struct Inputs { at::Tensor query, key, value, pse, sink, query_rope, key_rope; };
// What the gradient is told as the result was.
struct Settings {
  int64_t heads;
  std::string layout;
  at::Tensor padding_mask, atten_mask;
  double scale, keep;
  int64_t pre, next, precise;
  Ints prefix, query_ends, key_ends;
  int64_t sparse_mode;
  std::string softmax_layout;
  int64_t seed, offset, numel = 0;  // of the dropout mask
  int64_t pse_type = 1;
  Ints query_start = {}, key_start = {};

  bool packed() const { return layout == "TND"; }  // the sequences lie end to end
  std::string statistics() const { return softmax_layout == "TND" ? "same_as_input" : softmax_layout; }
};
struct Outputs { at::Tensor attention, max, sum, softmax; };  // the softmax itself is left empty
struct Grads { at::Tensor query, key, value, pse, sink, query_rope, key_rope; };

at::Tensor own(const OptTensor& t) { return t.value_or(at::Tensor()); }
Ints own(OptInts a) { return a ? a->vec() : Ints(); }
std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

void check(const Inputs& in, const Settings& s) {
  const auto& [query, key, value, pse, sink, query_rope, key_rope] = in;
  const bool known = s.layout == "BSH" || s.layout == "SBH" || s.layout == "BNSD" || s.layout == "BSND" || s.packed();
  TORCH_CHECK(known, "npu_fusion_attention: input_layout is BSH, SBH, BNSD, BSND or TND, not '", s.layout, "'");
  const int64_t dims = s.layout == "BNSD" || s.layout == "BSND" ? 4 : 3;
  TORCH_CHECK(query.dim() == dims && key.dim() == dims && value.dim() == dims, "npu_fusion_attention: layout ",
              s.layout, " has ", dims, " dimensions, but query is ", query.sizes(), ", key ", key.sizes(), ", value ",
              value.sizes());
  TORCH_CHECK(s.heads > 0, "npu_fusion_attention: head_num must be positive, not ", s.heads);
  TORCH_CHECK(s.keep > 0 && s.keep <= 1, "npu_fusion_attention: keep_prob must be in (0, 1], not ", s.keep);
  TORCH_CHECK(s.sparse_mode >= 0 && s.sparse_mode <= (s.packed() ? 8 : 6) && !(s.packed() && s.sparse_mode == 5),
              "npu_fusion_attention: layout ", s.layout, " has no sparse_mode ", s.sparse_mode);
  TORCH_CHECK(s.softmax_layout.empty() || (s.softmax_layout == "TND" && s.packed()),
              "npu_fusion_attention: softmax_layout is empty, or TND where the input_layout is, not '",
              s.softmax_layout, "'");
  TORCH_CHECK(!s.packed() || (!s.query_ends.empty() && s.query_ends.size() == s.key_ends.size()),
              "npu_fusion_attention: TND takes actual_seq_qlen and actual_seq_kvlen, where each of as many sequences "
              "ends");
  TORCH_CHECK(s.packed() || !(query_rope.defined() || key_rope.defined()),
              "UNSUPPORTED: npu_fusion_attention_v2: query_rope and key_rope outside of layout TND");
}

int64_t length(const at::Tensor& t, const Settings& s) {
  return t.size(s.layout == "BNSD" ? 2 : s.layout == "SBH" ? 0 : 1);
}
int64_t count_scores(const Inputs& in, const Settings& s) {
  if (!s.packed()) return in.query.size(s.layout == "SBH") * s.heads * length(in.query, s) * length(in.key, s);
  int64_t pairs = 0;
  for (size_t i = 0; i < s.query_ends.size(); ++i)
    pairs += (s.query_ends[i] - (i ? s.query_ends[i - 1] : 0)) * (s.key_ends[i] - (i ? s.key_ends[i - 1] : 0));
  return in.query.size(1) * pairs;
}

// A bit for each score, in whole blocks of 128.
at::Tensor dropout_mask(const Inputs& in, const Settings& s) {
  if (s.keep == 1) return {};
  auto mask = make({(s.numel + 127) / 128 * 16}, at::kByte);
  NPU_LAUNCH(aclnnDropoutGenMaskV2, at::IntArrayRef(s.numel), 1 - s.keep, s.seed, s.offset, in.query.scalar_type(),
             mask);
  return mask;
}

// `given_mask` is used as it is; otherwise a seed other than 0 decides the mask, or the device's generator.
Outputs score(const Inputs& in, const at::Tensor& given_mask, Settings& s) {
  check(in, s);
  const c10_npu::NPUGuard guard(in.query.device());
  s.numel = count_scores(in, s);
  if (s.keep < 1 && !given_mask.defined() && s.seed == 0) {
    const auto state = c10_npu::philox_state(std::nullopt, kNumbers);
    s.seed = static_cast<int64_t>(state.first), s.offset = static_cast<int64_t>(state.second);
  }
  const auto mask = given_mask.defined() ? given_mask : dropout_mask(in, s);

  auto sizes = in.query.sizes().vec(), rows = Ints{in.query.size(0), s.heads, 8};
  const bool flat = s.layout == "BSH" || s.layout == "SBH";
  const int64_t head = flat ? sizes[2] / s.heads : 0, key_heads = head ? in.key.size(2) / head : 0;
  sizes.back() = key_heads ? in.value.size(2) / key_heads * s.heads : in.value.size(-1);
  if (!s.packed()) rows = {in.query.size(s.layout == "SBH"), s.heads, length(in.query, s), 8};
  Outputs out{make(sizes, in.query.scalar_type()), make(rows, at::kFloat), make(rows, at::kFloat),
              make({0}, in.query.scalar_type())};

  const at::IntArrayRef prefix(s.prefix), query_ends(s.query_ends), key_ends(s.key_ends), query_start(s.query_start),
      key_start(s.key_start);
  if (s.packed())
    NPU_LAUNCH(aclnnFlashAttentionVarLenScoreV5, in.query, in.query_rope, in.key, in.key_rope, in.value, in.pse, mask,
               s.padding_mask, s.atten_mask, in.sink, prefix, query_ends, key_ends, query_start, key_start, s.scale,
               s.keep, s.pre, s.next, s.heads, s.layout, s.precise, s.sparse_mode, s.pse_type, s.statistics(), out.max,
               out.sum, out.softmax, out.attention);
  else
    NPU_LAUNCH(aclnnFlashAttentionScoreV3, in.query, in.key, in.value, in.pse, mask, s.padding_mask, s.atten_mask,
               in.sink, prefix, query_start, key_start, s.scale, s.keep, s.pre, s.next, s.heads, s.layout, s.precise,
               s.sparse_mode, s.pse_type, out.max, out.sum, out.softmax, out.attention);
  return out;
}

// The dropout mask is made anew, from seed and offset: as on the device, a mask of the caller's own is not kept.
Grads gradient(const Inputs& in, const Outputs& result, const at::Tensor& grad, const Settings& s) {
  check(in, s);
  const c10_npu::NPUGuard guard(in.query.device());
  const auto mask = dropout_mask(in, s);
  const auto like_given = [](const at::Tensor& t) { return t.defined() ? at::empty_like(t) : t; };
  Grads out{at::empty_like(in.query),
            at::empty_like(in.key),
            at::empty_like(in.value),
            like_given(in.pse),
            in.sink.defined() ? at::empty_like(in.sink) : make({0}, at::kFloat),
            like_given(in.query_rope),
            like_given(in.key_rope)};
  const at::IntArrayRef prefix(s.prefix), query_ends(s.query_ends), key_ends(s.key_ends), query_start(s.query_start),
      key_start(s.key_start);
  if (s.packed())
    NPU_LAUNCH(aclnnFlashAttentionUnpaddingScoreGradV5, in.query, in.query_rope, in.key, in.key_rope, in.value, grad,
               in.pse, mask, s.padding_mask, s.atten_mask, result.max, result.sum, result.softmax, result.attention,
               in.sink, prefix, query_ends, key_ends, query_start, key_start, s.scale, s.keep, s.pre, s.next, s.heads,
               s.layout, s.precise, s.sparse_mode, s.pse_type, s.statistics(), out.query, out.query_rope, out.key,
               out.key_rope, out.value, out.pse, out.sink);
  else
    NPU_LAUNCH(aclnnFlashAttentionScoreGradV3, in.query, in.key, in.value, grad, in.pse, mask, s.padding_mask,
               s.atten_mask, result.max, result.sum, result.softmax, result.attention, in.sink, prefix, query_start,
               key_start, s.scale, s.keep, s.pre, s.next, s.heads, s.layout, s.precise, s.sparse_mode, s.pse_type,
               out.query, out.key, out.value, out.pse, out.sink);
  return out;
}

struct Kept : torch::CustomClassHolder {
  explicit Kept(Settings s) : settings(std::move(s)) {}
  Settings settings;
};

struct FusionAttention : torch::autograd::Function<FusionAttention> {
  using Variables = torch::autograd::variable_list;

  // An undefined tensor must come as an optional one.
  static Variables forward(torch::autograd::AutogradContext* context, const at::Tensor& query, const at::Tensor& key,
                           const at::Tensor& value, const OptTensor& pse, const OptTensor& sink,
                           const OptTensor& query_rope, const OptTensor& key_rope, const OptTensor& given_mask,
                           Settings& settings) {
    const at::AutoDispatchBelowADInplaceOrView below;
    const Inputs in{query, key, value, *pse, *sink, *query_rope, *key_rope};
    const auto out = score(in, *given_mask, settings);
    context->saved_data["settings"] = c10::IValue::make_capsule(c10::make_intrusive<Kept>(settings));
    context->save_for_backward(
        {query, key, value, *pse, *sink, *query_rope, *key_rope, out.attention, out.max, out.sum, out.softmax});
    context->mark_non_differentiable({out.max, out.sum, out.softmax});
    return {out.attention, out.max, out.sum, out.softmax};
  }

  static Variables backward(torch::autograd::AutogradContext* context, const Variables& grads) {
    const auto kept = context->saved_data["settings"].toCapsule();
    const auto t = context->get_saved_variables();
    const auto g = gradient({t[0], t[1], t[2], t[3], t[4], t[5], t[6]}, {t[7], t[8], t[9], t[10]}, grads[0],
                            static_cast<const Kept&>(*kept).settings);
    return {g.query, g.key, g.value, g.pse, t[4].defined() ? g.sink : at::Tensor(), g.query_rope, g.key_rope, {}, {}};
  }
};

using Result = std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, int64_t, int64_t, int64_t>;

template <bool kAutograd> Result run(const Inputs& in, const OptTensor& given_mask, Settings s) {
  if constexpr (kAutograd) {
    const auto out =
        FusionAttention::apply(in.query, in.key, in.value, OptTensor(in.pse), OptTensor(in.sink),
                               OptTensor(in.query_rope), OptTensor(in.key_rope), OptTensor(own(given_mask)), s);
    return {out[0], out[1], out[2], out[3], s.seed, s.offset, s.numel};
  } else {
    const auto out = score(in, own(given_mask), s);
    return {out.attention, out.max, out.sum, out.softmax, s.seed, s.offset, s.numel};
  }
}

// Where the device would make the mask (gen_mask_parallel, sync) changes no number.
template <bool kAutograd>
Result attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, int64_t heads,
                 std::string_view layout, const OptTensor& pse, const OptTensor& padding_mask,
                 const OptTensor& atten_mask, double scale, double keep, int64_t pre, int64_t next, int64_t precise,
                 OptInts prefix, OptInts query_ends, OptInts key_ends, int64_t sparse_mode, bool /*gen_mask_parallel*/,
                 bool /*sync*/, std::string_view softmax_layout, const OptTensor& sink, const OptTensor& given_mask,
                 int64_t seed, int64_t offset) {
  return run<kAutograd>(
      {query, key, value, own(pse), own(sink), {}, {}}, given_mask,
      {heads, upper(layout), own(padding_mask), own(atten_mask), scale, keep, pre, next, precise, own(prefix),
       own(query_ends), own(key_ends), sparse_mode, std::string(softmax_layout), seed, offset});
}

template <bool kAutograd>
Result attention_v2(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, int64_t heads,
                    std::string_view layout, const OptTensor& pse, const OptTensor& padding_mask,
                    const OptTensor& atten_mask, const OptTensor& query_rope, const OptTensor& key_rope, double scale,
                    double keep, int64_t pre, int64_t next, int64_t precise, OptInts prefix, OptInts query_ends,
                    OptInts key_ends, int64_t sparse_mode, bool /*gen_mask_parallel*/, bool /*sync*/, int64_t pse_type,
                    OptInts query_start, OptInts key_start, std::string_view softmax_layout, const OptTensor& sink,
                    const OptTensor& given_mask, int64_t seed, int64_t offset) {
  return run<kAutograd>({query, key, value, own(pse), own(sink), own(query_rope), own(key_rope)}, given_mask,
                        {heads,
                         upper(layout),
                         own(padding_mask),
                         own(atten_mask),
                         scale,
                         keep,
                         pre,
                         next,
                         precise,
                         own(prefix),
                         own(query_ends),
                         own(key_ends),
                         sparse_mode,
                         std::string(softmax_layout),
                         seed,
                         offset,
                         0,
                         pse_type,
                         own(query_start),
                         own(key_start)});
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor> attention_grad(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const at::Tensor& grad, int64_t heads,
    std::string_view layout, const OptTensor& pse, const OptTensor& padding_mask, const OptTensor& atten_mask,
    const OptTensor& max, const OptTensor& sum, const OptTensor& softmax, const OptTensor& result, double scale,
    double keep, int64_t pre, int64_t next, int64_t precise, int64_t seed, int64_t offset, int64_t numel,
    OptInts prefix, OptInts query_ends, OptInts key_ends, int64_t sparse_mode, bool /*gen_mask_parallel*/,
    bool /*sync*/, std::string_view softmax_layout, const OptTensor& sink) {
  const auto g =
      gradient({query, key, value, own(pse), own(sink), {}, {}}, {own(result), own(max), own(sum), own(softmax)}, grad,
               {heads, upper(layout), own(padding_mask), own(atten_mask), scale, keep, pre, next, precise, own(prefix),
                own(query_ends), own(key_ends), sparse_mode, std::string(softmax_layout), seed, offset, numel});
  return {g.query, g.key, g.value, g.pse, g.sink};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor> attention_grad_v2(
    const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, const at::Tensor& grad, int64_t heads,
    std::string_view layout, const OptTensor& pse, const OptTensor& padding_mask, const OptTensor& atten_mask,
    const OptTensor& max, const OptTensor& sum, const OptTensor& softmax, const OptTensor& result,
    const OptTensor& query_rope, const OptTensor& key_rope, double scale, double keep, int64_t pre, int64_t next,
    int64_t precise, int64_t seed, int64_t offset, int64_t numel, OptInts prefix, OptInts query_ends, OptInts key_ends,
    int64_t sparse_mode, bool /*gen_mask_parallel*/, bool /*sync*/, int64_t pse_type, OptInts query_start,
    OptInts key_start, std::string_view softmax_layout, const OptTensor& sink) {
  const auto g = gradient({query, key, value, own(pse), own(sink), own(query_rope), own(key_rope)},
                          {own(result), own(max), own(sum), own(softmax)}, grad,
                          {heads,
                           upper(layout),
                           own(padding_mask),
                           own(atten_mask),
                           scale,
                           keep,
                           pre,
                           next,
                           precise,
                           own(prefix),
                           own(query_ends),
                           own(key_ends),
                           sparse_mode,
                           std::string(softmax_layout),
                           seed,
                           offset,
                           numel,
                           pse_type,
                           own(query_start),
                           own(key_start)});
  return {g.query, g.key, g.value, g.pse, g.query_rope, g.key_rope, g.sink};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(npu, m) {
  m.def(
      "npu_fusion_attention(Tensor query, Tensor key, Tensor value, int head_num, str input_layout, Tensor? pse=None, "
      "Tensor? padding_mask=None, Tensor? atten_mask=None, float scale=1., float keep_prob=1., "
      "int pre_tockens=2147483647, int next_tockens=2147483647, int inner_precise=0, int[]? prefix=None, "
      "int[]? actual_seq_qlen=None, int[]? actual_seq_kvlen=None, int sparse_mode=0, bool gen_mask_parallel=True, "
      "bool sync=False, str softmax_layout='', Tensor? sink=None, Tensor? dropout_mask=None, int seed=0, "
      "int offset=0) -> (Tensor, Tensor, Tensor, Tensor, int, int, int)",
      {at::Tag::nondeterministic_seeded});
  m.def(
      "npu_fusion_attention_grad(Tensor query, Tensor key, Tensor value, Tensor dy, int head_num, str input_layout, *, "
      "Tensor? pse=None, Tensor? padding_mask=None, Tensor? atten_mask=None, Tensor? softmax_max=None, "
      "Tensor? softmax_sum=None, Tensor? softmax_in=None, Tensor? attention_in=None, float scale_value=1., "
      "float keep_prob=1., int pre_tockens=2147483647, int next_tockens=2147483647, int inner_precise=0, int seed=0, "
      "int offset=0, int numels=0, int[]? prefix=None, int[]? actual_seq_qlen=None, int[]? actual_seq_kvlen=None, "
      "int sparse_mode=0, bool gen_mask_parallel=True, bool sync=False, str softmax_layout='', Tensor? sink=None) "
      "-> (Tensor, Tensor, Tensor, Tensor, Tensor)");
  m.def(
      "npu_fusion_attention_v2(Tensor query, Tensor key, Tensor value, int head_num, str input_layout, *, "
      "Tensor? pse=None, Tensor? padding_mask=None, Tensor? atten_mask=None, Tensor? query_rope=None, "
      "Tensor? key_rope=None, float scale=1., float keep_prob=1., int pre_tokens=2147483647, "
      "int next_tokens=2147483647, int inner_precise=0, int[]? prefix=None, int[]? actual_seq_qlen=None, "
      "int[]? actual_seq_kvlen=None, int sparse_mode=0, bool gen_mask_parallel=True, bool sync=False, int pse_type=1, "
      "int[]? q_start_idx=None, int[]? kv_start_idx=None, str softmax_layout='', Tensor? sink=None, "
      "Tensor? dropout_mask=None, int seed=0, int offset=0) -> (Tensor, Tensor, Tensor, Tensor, int, int, int)",
      {at::Tag::nondeterministic_seeded});
  m.def(
      "npu_fusion_attention_grad_v2(Tensor query, Tensor key, Tensor value, Tensor dy, int head_num, "
      "str input_layout, *, Tensor? pse=None, Tensor? padding_mask=None, Tensor? atten_mask=None, "
      "Tensor? softmax_max=None, Tensor? softmax_sum=None, Tensor? softmax_in=None, Tensor? attention_in=None, "
      "Tensor? query_rope=None, Tensor? key_rope=None, float scale_value=1., float keep_prob=1., "
      "int pre_tokens=2147483647, int next_tokens=2147483647, int inner_precise=0, int seed=0, int offset=0, "
      "int numels=0, int[]? prefix=None, int[]? actual_seq_qlen=None, int[]? actual_seq_kvlen=None, "
      "int sparse_mode=0, bool gen_mask_parallel=True, bool sync=False, int pse_type=1, int[]? q_start_idx=None, "
      "int[]? kv_start_idx=None, str softmax_layout='', Tensor? sink=None) "
      "-> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)");
}
TORCH_LIBRARY_IMPL(npu, PrivateUse1, m) {
  m.impl("npu_fusion_attention", &attention<false>);
  m.impl("npu_fusion_attention_grad", &attention_grad);
  m.impl("npu_fusion_attention_v2", &attention_v2<false>);
  m.impl("npu_fusion_attention_grad_v2", &attention_grad_v2);
}
TORCH_LIBRARY_IMPL(npu, AutogradPrivateUse1, m) {
  m.impl("npu_fusion_attention", &attention<true>);
  m.impl("npu_fusion_attention_v2", &attention_v2<true>);
}

}  // namespace at_npu
