// Many products at once: of lists of matrices, or of groups of rows that one tensor holds, each with its own weight.
#include "aclnnop/grouped_matmul.h"
#include "npu/ops/quant_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/silu.h>

namespace npu {
namespace {

// group_type: none, rows of x, or x's columns and the weight's rows.
constexpr int64_t kNone = -1, kRows = 0, kInner = 2;
struct Group { int64_t index, from, size; };

bool present(const TensorList& l) { return !l.empty() && given(l[0]); }

// From ends, counts, or pairs of an index and a count.
std::vector<Group> groups_of(const at::Tensor& list, int64_t type, int64_t total) {
  std::vector<Group> groups;
  const auto flat = list.contiguous();
  const int64_t* p = flat.const_data_ptr<int64_t>();
  int64_t at = 0;
  for (int64_t i = 0; i < flat.size(0); ++i) {
    const int64_t size = type == 0 ? p[i] - at : type == 1 ? p[i] : p[2 * i + 1];
    if (size < 0 || at + size > total)
      throw std::out_of_range("group_list does not divide " + std::to_string(total) + " rows into groups");
    groups.push_back({type == 2 ? p[2 * i] : i, at, size});
    at += size;
  }
  return groups;
}

at::Tensor activated(const at::Tensor& y, int64_t type) {
  switch (type) {
    case 1: return y.relu();
    case 2: return at::gelu(y, "tanh");
    case 4: return y * (y * 1.702).sigmoid();
    case 5: return at::silu(y);
    default: return y;
  }
}

struct GroupedMatmul {
  TensorList x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token;
  Tensor list;     // on the device: which rows belong to which group
  IntArray plain;  // or ends that are known now
  int64_t split_item, group_type, list_type, act_type;
  TensorList y;

  bool one_weight() const { return weight.size() == 1 && weight[0].dims == 3; }
  int64_t weights() const { return one_weight() ? weight[0].sizes[0] : static_cast<int64_t>(weight.size()); }
  bool by_list() const { return x.size() == 1 && group_type != kNone; }
  int64_t groups() const {
    if (!by_list()) return static_cast<int64_t>(x.size());
    if (list.defined()) return list.dims > 0 ? list.sizes[0] : 0;
    return plain.empty() ? 1 : static_cast<int64_t>(plain.size());
  }
  bool undoes() const { return !is_whole(x[0]) && is_whole(weight[0]); }
  bool nibble_weight() const { return x[0].dtype == ACL_INT8 && weight[0].dtype == ACL_INT32; }
  std::vector<int64_t> weight_sizes(size_t i) const { return matrix_sizes(weight[weight.size() == 1 ? 0 : i], false); }

  Status fits() const {
    OP_CHECK(!x.empty() && !weight.empty() && !y.empty(), "x, weight and the output need a tensor or more");
    for (const TensorList* l : {&x, &weight, &y})
      for (const Tensor& t : *l) {
        OP_GIVEN(t.defined());
        OP_CHECK(t.dims >= 2 && t.dtype == (*l)[0].dtype, "tensors of a list need 2 dimensions or more and one dtype");
      }
    OP_CHECK(split_item >= 0 && split_item <= 3, "split_item must be 0 or 1 (many outputs), 2 or 3 (one)");
    OP_CHECK(group_type == kNone || group_type == kRows || group_type == kInner,
             "group_type must be -1 (none), 0 (rows) or 2 (the inner dimension)");
    OP_CHECK(list_type >= 0 && list_type <= 2, "group_list_type must be 0 (ends), 1 (counts) or 2 (pairs)");
    OP_CHECK(act_type == 0 || act_type == 1 || act_type == 2 || act_type == 4 || act_type == 5,
             "act_type must be 0 (none), 1 (relu), 2 (gelu, tanh), 4 (fast gelu) or 5 (silu)");
    NPU_TRY(kinds_fit());
    NPU_TRY(list_fits());
    NPU_TRY(parameters_fit());
    return group_type == kInner ? inner_fits() : rows_fit();
  }
  Status kinds_fit() const {
    NPU_TRY(is_one_of("x", x[0], {ACL_FLOAT16, ACL_BF16, ACL_FLOAT, ACL_INT8, ACL_INT32}));
    if (is_whole(x[0])) {
      NPU_TRY(is_one_of("weight", weight[0], {ACL_INT32, x[0].dtype}));
      NPU_TRY(is_one_of("the output", y[0], {ACL_FLOAT16, ACL_BF16, ACL_INT8, ACL_INT32}));
      OP_CHECK(y[0].dtype == ACL_INT32 || present(scale), "a product of whole numbers needs scales");
      OP_CHECK(y[0].dtype != ACL_INT32 || (!present(per_token) && !nibble_weight()), "an int32 output has no scales");
      OP_CHECK(!nibble_weight() || (present(per_token) && present(bias) && !present(offset)),
               "x of int8 and weights of int4 need scales of x's rows and a bias, and have no offset");
      return {};
    }
    NPU_TRY(is_one_of("weight", weight[0], {x[0].dtype, ACL_INT8, ACL_INT32}));
    OP_CHECK(undoes() == present(antiquant_scale), "weights of whole numbers need antiquant_scale, and no others do");
    OP_CHECK(!undoes() || x[0].dtype != ACL_FLOAT, "x of float32 has no quantized weights");
    NPU_TRY(is_one_of("the output", y[0], {x[0].dtype, ACL_FLOAT}));
    return {};
  }
  Status list_fits() const {
    if (!by_list()) {
      OP_CHECK(weights() == groups(), "there must be one weight for each x");
      return {};
    }
    if (list.defined()) {
      NPU_TRY(is_one_of("group_list", list, {ACL_INT64}));
      OP_CHECK(list_type == 2 ? list.dims == 2 && list.sizes[1] == 2 : list.dims == 1,
               "group_list must have one dimension, of pairs two");
      OP_CHECK(list_type != 2 || group_type == kRows, "pairs are for groups of rows");
    } else {
      OP_CHECK(!plain.empty() || (group_type == kRows && weights() == 1), "one x for many weights needs group_list");
      for (size_t i = 0; i < plain.size(); ++i)
        OP_CHECK(plain[i] >= (i ? plain[i - 1] : 0) && plain[i] <= x[0].sizes[0],
                 "group_list must be ends of groups of x's rows");
    }
    OP_CHECK(weights() == groups() || (group_type == kInner && weight.size() == 1 && weight[0].dims == 2),
             "group_list must have one element for each weight");
    return {};
  }
  // Each has one tensor for each weight, or one of all groups.
  Status parameters_fit() const {
    for (const TensorList* l : {&bias, &scale, &offset, &antiquant_scale, &antiquant_offset}) {
      if (!present(*l)) continue;
      OP_CHECK(l->size() == weight.size(), "biases, scales and offsets must be as many as weight's tensors");
      for (size_t i = 0; i < l->size(); ++i) {
        OP_GIVEN((*l)[i].defined());
        const int64_t last = (*l)[i].size(-1), n = weight_sizes(i).back();
        OP_CHECK(last == n || last == 1 || (*l)[i].numel() == weights(),
                 "biases, scales and offsets must have the size of the weight's columns, or one element");
        OP_CHECK(!one_weight() || (*l)[i].size(0) == weights(),
                 "biases, scales and offsets must have a row for each group");
      }
    }
    if (!present(per_token)) return {};
    OP_CHECK(per_token.size() == x.size(), "per_token_scale must have one tensor for each x");
    for (size_t i = 0; i < x.size(); ++i)
      OP_CHECK(per_token[i].defined() && per_token[i].numel() == x[i].sizes[0], "per_token_scale must be [rows of x]");
    return {};
  }
  Status rows_fit() const {
    const bool one = y.size() == 1 && (split_item >= 2 || (by_list() && weights() == 1));
    OP_CHECK(one || static_cast<int64_t>(y.size()) == groups(), "there must be one output, or one for each group");
    int64_t rows = 0;
    for (size_t i = 0; i < std::max(x.size(), weight.size()); ++i) {
      const Tensor& a = x[x.size() == 1 ? 0 : i];
      const auto k = matrix_sizes(a, false).back();
      const auto w = weight_sizes(i);
      OP_CHECK(w[w.size() - 2] == k, "the matrices do not fit: [m, k] and [k, n] are multiplied");
      OP_CHECK(weight[weight.size() == 1 ? 0 : i].dims == (one_weight() ? 3 : 2), "a weight of a list must be [k, n]");
      OP_CHECK(y[one ? 0 : i < y.size() ? i : 0].size(-1) == w.back(), "an output must have the weight's columns");
      if (i >= x.size()) continue;
      OP_CHECK(a.dims == 2 || (!one && !by_list()), "x must be [m, k] where its rows are grouped or joined");
      rows += a.sizes[0];
      if (one || by_list()) continue;
      auto wanted = sizes(a).vec();
      wanted.back() = w.back();
      NPU_TRY(holds("an output", y[i], wanted, y[i].dtype));
    }
    if (one) return holds("the output", y[0], {rows, y[0].size(-1)}, y[0].dtype);
    for (size_t i = 0; by_list() && i < plain.size(); ++i)
      NPU_TRY(holds("an output", y[i], {plain[i] - (i ? plain[i - 1] : 0), y[i].size(-1)}, y[i].dtype));
    return {};
  }
  Status inner_fits() const {
    OP_CHECK(!is_whole(x[0]) && !is_whole(weight[0]), "groups of the inner dimension are not quantized");
    OP_CHECK(by_list() && x[0].dims == 2 && weight.size() == 1 && weight[0].dims == 2,
             "groups of the inner dimension divide one x [m, k] and one weight [k, n]");
    OP_CHECK(x[0].sizes[1] == weight[0].sizes[0], "the matrices do not fit: [m, k] and [k, n] are multiplied");
    const int64_t m = x[0].sizes[0], n = weight[0].sizes[1];
    if (y.size() == 1 && split_item >= 2) return holds("the output", y[0], {groups(), m, n}, y[0].dtype);
    OP_CHECK(static_cast<int64_t>(y.size()) == groups(), "there must be one output, or one for each group");
    for (const Tensor& t : y) NPU_TRY(holds("an output", t, {m, n}, t.dtype));
    return {};
  }

  // The group's own among biases, scales or offsets: undefined if there are none.
  Tensor own(const TensorList& l, int64_t i) const {
    if (!present(l)) return {};
    return one_weight() ? nth(l[0], i) : l[l.size() == 1 ? 0 : i];
  }
  at::Tensor multiplied(const Tensor& a, const Tensor& w, const Tensor& rows_scale, int64_t i) const {
    const Tensor b = own(bias, i), s = own(scale, i), o = own(offset, i);
    const auto left = matrix(a, false), right = matrix(w, false);
    const bool whole_bias = b.defined() && b.dtype == ACL_INT32;
    if (!is_whole(a)) {
      auto full = right.to(at::kFloat);
      if (undoes())
        full = weight_of(right, float32(own(antiquant_scale, i)), float32(own(antiquant_offset, i)), 0,
                         aten_dtype(a.dtype));
      const auto y = at::matmul(left.to(at::kFloat), full);
      return b.defined() ? y + float32(b) : y;
    }
    const auto by_row = [&](const at::Tensor& y) {
      return rows_scale.defined() ? y * float32(rows_scale).reshape({-1, 1}) : y;
    };
    if (nibble_weight()) {  // see QuantMatmul::by_nibbles
      const auto full = weight_of(right, scale_of(s), {}, 0, at::kFloat);
      return by_row(at::matmul(left.to(at::kFloat) - 8, full) + float32(b));
    }
    auto sum = product(left, right);
    if (whole_bias) sum = sum + aten_view(b);
    if (y[0].dtype == ACL_INT32) return sum;
    auto y = by_row(sum.to(at::kFloat) * scale_of(s));
    if (o.defined()) y = y + float32(o);
    else if (this->y[0].dtype == ACL_INT8 && is_unit_scale(s)) y = y + unit_offset(aten_view(s));
    return b.defined() && !whole_bias ? y + float32(b) : y;
  }

  void operator()(void*) const {
    const bool joined = y.size() == 1 && groups() > 1;
    std::vector<Group> all;
    if (by_list() && (list.defined() || !plain.empty())) {
      const auto ends = list.defined() ? aten_long(list) : at::Tensor();
      all =
          list.defined() ? groups_of(ends, list_type, x[0].sizes[group_type == kInner ? 1 : 0]) : std::vector<Group>();
      for (size_t i = 0; i < plain.size(); ++i)
        all.push_back({static_cast<int64_t>(i), i ? plain[i - 1] : 0, plain[i] - (i ? plain[i - 1] : 0)});
    } else {
      int64_t at = 0;
      for (size_t i = 0; i < x.size(); at += x[i++].sizes[0])
        all.push_back({static_cast<int64_t>(i), at, x[i].sizes[0]});
    }
    const bool listed = by_list();
    for (size_t i = 0; i < all.size(); ++i) {
      const Group& g = all[i];
      if (g.index < 0 || g.index >= (group_type == kInner ? groups() : weights()))
        throw std::out_of_range("group_list names a group that is not there");
      if (group_type == kInner) {
        const auto part =
            at::matmul(float32(sliced(x[0], 1, g.from, g.size)), float32(sliced(weight[0], 0, g.from, g.size)));
        store_product(part, y.size() == 1 && split_item >= 2 ? nth(y[0], g.index) : y[i]);
        continue;
      }
      const Tensor a = listed ? sliced(x[0], 0, g.from, g.size) : x[i];
      const Tensor w = one_weight() ? nth(weight[0], g.index) : weight[g.index];
      Tensor s = present(per_token) ? per_token[listed ? 0 : i] : Tensor();
      if (s.defined() && listed) s = sliced(s, 0, g.from, g.size);
      const Tensor out = joined || (y.size() == 1 && listed) ? sliced(y[0], 0, g.from, g.size) : y[i];
      store_product(activated(multiplied(a, w, s, g.index), act_type), out);
    }
  }
};

Plan grouped(GroupedMatmul op, std::initializer_list<TensorList> reserved) {
  for (const TensorList& l : reserved)
    OP_CHECK(!present(l), "the activation's inputs and outputs are reserved: they must be empty");
  NPU_TRY(op.fits());
  return op;
}

}  // namespace

ACLNN_OP(aclnnGroupedMatmul, x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, group_list, split_item,
         y) {
  const int64_t type = x.size() == 1 ? kRows : kNone;
  return grouped({x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, TensorList(), Tensor(), group_list,
                  split_item, type, 0, 0, y},
                 {});
}
ACLNN_OP(aclnnGroupedMatmulV3, x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, group_list,
         split_item, group_type, y) {
  return grouped({x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, TensorList(), group_list,
                  IntArray(), split_item, group_type, 0, 0, y},
                 {});
}
ACLNN_OP(aclnnGroupedMatmulV4, x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale,
         group_list, activation_input, activation_quant_scale, activation_quant_offset, split_item, group_type,
         group_list_type, act_type, out, activation_feature_out, dyn_quant_scale_out) {
  return grouped(
      {x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale, group_list, IntArray(),
       split_item, group_type, group_list_type, act_type, out},
      {activation_input, activation_quant_scale, activation_quant_offset, activation_feature_out, dyn_quant_scale_out});
}
ACLNN_OP(aclnnGroupedMatmulV5, x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale,
         group_list, activation_input, activation_quant_scale, activation_quant_offset, split_item, group_type,
         group_list_type, act_type, tuning_config, out, activation_feature_out, dyn_quant_scale_out) {
  return grouped(
      {x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale, group_list, IntArray(),
       split_item, group_type, group_list_type, act_type, out},
      {activation_input, activation_quant_scale, activation_quant_offset, activation_feature_out, dyn_quant_scale_out});
}
// The scales tell the groups' size already.
ACLNN_OP(aclnnGroupedMatmulWeightNz, x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale,
         group_list, activation_input, activation_quant_scale, activation_quant_offset, split_item, group_type,
         group_list_type, act_type, tuning_config, quant_group_size, out, activation_feature_out, dyn_quant_scale_out) {
  OP_CHECK(quant_group_size >= 0, "quant_group_size must not be negative: 0 is for no groups");
  return grouped(
      {x, weight, bias, scale, offset, antiquant_scale, antiquant_offset, per_token_scale, group_list, IntArray(),
       split_item, group_type, group_list_type, act_type, out},
      {activation_input, activation_quant_scale, activation_quant_offset, activation_feature_out, dyn_quant_scale_out});
}

// y[i] += x^T weight over the rows of group i: a weight's gradient.
static Plan grouped_add(const Tensor& x, const Tensor& weight, const Tensor& group_list, const Tensor& y,
                        bool transpose_x, bool transpose_weight, int64_t group_type, int64_t group_list_type) {
  OP_GIVEN(x.defined() && weight.defined() && group_list.defined() && y.defined());
  NPU_TRY(is_one_of("x", x, {ACL_FLOAT16, ACL_BF16}));
  NPU_TRY(is_one_of("weight", weight, {x.dtype}));
  NPU_TRY(is_one_of("group_list", group_list, {ACL_INT64}));
  NPU_TRY(is_one_of("y", y, {ACL_FLOAT}));
  OP_CHECK(transpose_x && !transpose_weight && group_type == kInner,
           "transpose_x must be true, transpose_weight false, group_type 2");
  OP_CHECK(x.dims == 2 && weight.dims == 2 && x.sizes[0] == weight.sizes[0], "x must be [k, m], weight [k, n]");
  OP_CHECK(group_list.dims == 1, "group_list must have one dimension");
  OP_CHECK(group_list_type == 0 || group_list_type == 1, "group_list_type must be 0 (ends) or 1 (counts)");
  const int64_t m = x.sizes[1], n = weight.sizes[1], count = group_list.sizes[0];
  OP_CHECK((y.dims == 2 && y.sizes[0] == count * m && y.sizes[1] == n) ||
               (y.dims == 3 && y.sizes[0] == count && y.sizes[1] == m && y.sizes[2] == n),
           "y must be [groups * m, n] or [groups, m, n]");
  return [=](void*) {
    for (const Group& g : groups_of(aten_long(group_list), group_list_type, x.sizes[0])) {
      const Tensor out = y.dims == 3 ? nth(y, g.index) : sliced(y, 0, g.index * m, m);
      aten_view(out).add_(
          at::matmul(float32(sliced(x, 0, g.from, g.size)).t(), float32(sliced(weight, 0, g.from, g.size))));
    }
  };
}
ACLNN_OP(aclnnGroupedMatmulAdd, x, weight, group_list, y, transpose_x, transpose_weight, group_type) {
  return grouped_add(x, weight, group_list, y, transpose_x, transpose_weight, group_type, 0);
}
ACLNN_OP(aclnnGroupedMatmulAddV2, x, weight, group_list, y, transpose_x, transpose_weight, group_type,
         group_list_type) {
  return grouped_add(x, weight, group_list, y, transpose_x, transpose_weight, group_type, group_list_type);
}

}  // namespace npu
