// Lists of tensors, gradient scaling, optimizers.
#include "aclnnop/foreach.h"
#include "aclnnop/optimizer.h"
#include "case.h"

using namespace ops_test;
using Tensors = std::vector<at::Tensor>;
using Values = std::vector<at::IValue>;
static const at::Tensor& t(const Values& in, size_t i) { return in[i].toTensor(); }

static Tensors reals() { return {real({3, 4}), real({5}), real({})}; }
static Tensors positives() { return {positive({3, 4}), positive({5}), positive({})}; }
static const Outs kOuts{3};
static const Numbers kNumbers{{1.5, -0.5, 2.0}};
static at::Tensor number() { return at::full({1}, 1.5f); }  // left on the device by another operator

#define UNARY(name, reference) OP(aclnnForeach##name, reference, reals(), kOuts)
UNARY(Abs, "_foreach_abs")
UNARY(Acos, "_foreach_acos")
UNARY(Asin, "_foreach_asin")
UNARY(Atan, "_foreach_atan")
UNARY(Cos, "_foreach_cos")
UNARY(Cosh, "_foreach_cosh")
UNARY(Erf, "_foreach_erf")
UNARY(Erfc, "_foreach_erfc")
UNARY(Exp, "_foreach_exp")
UNARY(Expm1, "_foreach_expm1")
UNARY(Log, "_foreach_log")
UNARY(Log10, "_foreach_log10")
UNARY(Log1p, "_foreach_log1p")
UNARY(Log2, "_foreach_log2")
UNARY(Neg, "_foreach_neg")
UNARY(Reciprocal, "_foreach_reciprocal")
UNARY(Sigmoid, "_foreach_sigmoid")
UNARY(Sign, "_foreach_sign")
UNARY(Sin, "_foreach_sin")
UNARY(Sinh, "_foreach_sinh")
UNARY(Sqrt, "_foreach_sqrt")
UNARY(Tan, "_foreach_tan")
UNARY(Tanh, "_foreach_tanh")

// A number for the tensor that holds one.
template <size_t kAt> static Reference with_number(const char* name) {
  return [call = by_name(name)](Values in) {
    in[kAt] = in[kAt].toTensor().item().toDouble();
    return call(in);
  };
}
#define BINARY(name, reference, list)                                                            \
  OP(aclnnForeach##name##ScalarV2, "_foreach_" reference ".Scalar", list, 1.5, kOuts)            \
  OP(aclnnForeach##name##ScalarList, "_foreach_" reference ".ScalarList", list, kNumbers, kOuts) \
  OP(aclnnForeach##name##Scalar, with_number<1>("_foreach_" reference ".Scalar"), list, number(), kOuts)
#define LIST(name, reference) \
  OP(aclnnForeach##name##List, "_foreach_" reference ".List", positives(), positives(), kOuts)
BINARY(Add, "add", reals())
BINARY(Sub, "sub", reals())
BINARY(Mul, "mul", reals())
BINARY(Div, "div", reals())
BINARY(Maximum, "maximum", reals())
BINARY(Minimum, "minimum", reals())
BINARY(Pow, "pow", positives())
LIST(Mul, "mul")
LIST(Div, "div")
LIST(Maximum, "maximum")
LIST(Minimum, "minimum")
LIST(Pow, "pow")
OP(aclnnForeachAddListV2, "_foreach_add.List", reals(), reals(), 2.0, kOuts)
OP(aclnnForeachSubListV2, "_foreach_sub.List", reals(), reals(), 2.0, kOuts)
OP(aclnnForeachAddList, with_number<2>("_foreach_add.List"), reals(), reals(), number(), kOuts)
OP(aclnnForeachSubList, with_number<2>("_foreach_sub.List"), reals(), reals(), number(), kOuts)
OP(aclnnForeachPowScalarAndTensor, "_foreach_pow.ScalarAndTensor", 1.5, reals(), kOuts)
OP(aclnnForeachAddcdivScalarV2, "_foreach_addcdiv.Scalar", reals(), reals(), positives(), 0.5, kOuts)
OP(aclnnForeachAddcmulScalarV2, "_foreach_addcmul.Scalar", reals(), reals(), positives(), 0.5, kOuts)
OP(aclnnForeachAddcdivScalar, with_number<3>("_foreach_addcdiv.Scalar"), reals(), reals(), positives(), number(), kOuts)
OP(aclnnForeachAddcmulScalar, with_number<3>("_foreach_addcmul.Scalar"), reals(), reals(), positives(), number(), kOuts)
OP(aclnnForeachAddcdivScalarList, "_foreach_addcdiv.Tensor", reals(), reals(), positives(), real({3}), kOuts)
OP(aclnnForeachAddcmulScalarList, "_foreach_addcmul.Tensor", reals(), reals(), positives(), real({3}), kOuts)
OP(aclnnForeachLerpScalar, "_foreach_lerp.Scalar", reals(), reals(), 0.3, kOuts)
OP(aclnnForeachLerpList, "_foreach_lerp.List", reals(), reals(), positives(), kOuts)
OP(aclnnForeachNorm, "_foreach_norm.Scalar", reals(), 2.0, kOuts)
static Results as_they_are(const Values& in) { return in[0].toTensorVector(); }
static Results zeroed(const Values& in) {
  Results out;
  for (const auto& x : in[0].toTensorVector()) out.push_back(at::zeros_like(x));
  return out;
}
OP(aclnnForeachCopy, Reference(as_they_are), reals(), kOuts)
OP(aclnnForeachZeroInplace, Reference(zeroed), InOuts{reals()})

// Gradient scaling.
static Results unscale(const Values& in) {
  Results out;
  auto found = t(in, 1).clone();
  for (const auto& g : in[0].toTensorVector()) {
    out.push_back(g * t(in, 2));
    if (!g.isfinite().all().item<bool>()) found.fill_(1);
  }
  out.push_back(found);
  return out;
}
OP(aclnnForeachNonFiniteCheckAndUnscale, Reference(unscale), (InOuts{{real({3, 4}), real({5}, at::kHalf)}}),
   InOut{at::zeros({1})}, at::full({1}, 0.5f))
OP(aclnnForeachNonFiniteCheckAndUnscale, Reference(unscale), InOuts{{real({3, 4}).sqrt()}}, InOut{at::zeros({1})},
   at::full({1}, 0.5f))
// The old scale is 8. The C prototype has it and the tracker without const, though both are inputs.
static Reference update_scale(int steps) {
  return [steps](const Values& in) -> Results {
    const bool found = t(in, 0).item<float>() > 0;
    const bool grows = !found && steps + 1 == in[3].toInt();
    const double factor = found ? in[2].toDouble() : grows ? in[1].toDouble() : 1;
    return {at::full({1}, static_cast<float>(8 * factor)), at::full({1}, found || grows ? 0 : steps + 1, at::kInt)};
  };
}
#define UPDATE_SCALE(steps, found)                                                             \
  OP(aclnnAmpUpdateScale, update_scale(steps), NotReferenced<at::Tensor>{at::full({1}, 8.0f)}, \
     NotReferenced<at::Tensor>{at::full({1}, steps, at::kInt)}, at::full({1}, found), 2.0, 0.5, int64_t{3}, OUT, OUT)
UPDATE_SCALE(2, 0.0f)
UPDATE_SCALE(1, 0.0f)
UPDATE_SCALE(2, 1.0f)

// Optimizers, against their formulas.
static const at::Tensor kX = real({3, 4}), kM = real({3, 4}), kV = positive({3, 4}), kG = real({3, 4});
static at::Tensor one(double x) { return at::full({1}, static_cast<float>(x)); }
static Results adam(const Values& in) {
  const double b1 = 0.9, b2 = 0.99, lr = 0.1, p1 = 0.81, p2 = 0.98;
  const auto m = t(in, 1) * b1 + t(in, 9) * (1 - b1), v = t(in, 2) * b2 + t(in, 9).square() * (1 - b2);
  return {t(in, 0) - lr * std::sqrt(1 - p2) / (1 - p1) * m / (v.sqrt() + 1e-8), m, v};
}
OP(aclnnApplyAdam, Reference(adam), InOut{kX}, InOut{kM}, InOut{kV}, one(0.81), one(0.98), one(0.1), one(0.9),
   one(0.99), one(1e-8), kG, false, false)
static Results adamw(const Values& in) {
  const auto g = t(in, 4);
  const double step = t(in, 5).item<float>() + 1, lr = in[6].toDouble(), b1 = in[7].toDouble(), b2 = in[8].toDouble();
  const auto m = t(in, 1) * b1 + g * (1 - b1), v = t(in, 2) * b2 + g.square() * (1 - b2),
             most = at::maximum(t(in, 3), v);
  const auto x = t(in, 0) * (1 - lr * in[9].toDouble());
  return {x - lr / (1 - std::pow(b1, step)) * m / ((most / (1 - std::pow(b2, step))).sqrt() + in[10].toDouble()), m, v,
          most};
}
OP(aclnnApplyAdamWV2, Reference(adamw), InOut{kX}, InOut{kM}, InOut{kV}, InOut{positive({3, 4})}, kG, one(4), 0.1f,
   0.9f, 0.99f, 0.01f, 1e-8f, true, false)
static Results adamw_of_powers(const Values& in) {
  const auto n = [&](size_t i) { return t(in, i).item<double>(); };
  const double p1 = n(3) * n(7), p2 = n(4) * n(8), lr = n(5), b1 = n(7), b2 = n(8);
  const auto g = in[13].toBool() ? -t(in, 10) : t(in, 10);
  const auto m = t(in, 1) * b1 + g * (1 - b1), v = t(in, 2) * b2 + g.square() * (1 - b2);
  const auto most = in[12].toBool() ? at::maximum(v, t(in, 11)) : v;
  return {t(in, 0) * (1 - lr * n(6)) - lr * (m / (1 - p1)) / ((most / (1 - p2)).sqrt() + n(9)), m, v};
}
OP(aclnnApplyAdamW, Reference(adamw_of_powers), InOut{kX}, InOut{kM}, InOut{kV}, one(0.81), one(0.98), one(0.1),
   one(0.01), one(0.9), one(0.99), one(1e-8), kG, NONE, false, true)
OP(aclnnApplyAdamW, Reference(adamw_of_powers), InOut{kX}, InOut{kM}, InOut{kV}, one(0.81), one(0.98), one(0.1),
   one(0.01), one(0.9), one(0.99), one(1e-8), kG, positive({3, 4}), true, false)
static Results sgd(const Values& in) {
  const auto x = in[0].toTensorVector()[0], g = in[1].toTensorVector()[0], b = in[2].toTensorVector()[0];
  const double decay = in[4].toDouble(), momentum = in[5].toDouble(), lr = in[6].toDouble(), damp = in[7].toDouble();
  const auto d = g + x * decay, buffer = b * momentum + d * (1 - damp);
  return {x - lr * (d + momentum * buffer), g, buffer};
}
OP(aclnnFusedSgd, Reference(sgd), InOuts{{kX}}, InOuts{{kG}}, InOuts{{kM}}, NONE, 0.01f, 0.9f, 0.1f, 0.2f, true, false,
   false)

// Rounding modes: 1 half to even, 2 down, 3 up, 4 half from zero, 5 to zero, 7 what is behind the point.
static Tensors halves() { return {at::arange(-6, 7).to(at::kFloat) / 2, real({3, 4}) * 3, real({})}; }
static Results rounded(const Tensors& all, int64_t mode) {
  Results out;
  for (const auto& x : all)
    out.push_back(mode == 1   ? x.round()
                  : mode == 2 ? x.floor()
                  : mode == 3 ? x.ceil()
                  : mode == 4 ? x.sign() * (x.abs() + 0.5).floor()
                  : mode == 5 ? x.trunc()
                  : mode == 7 ? x.frac()
                              : x);
  return out;
}
static Results round_off(const Values& in) { return rounded(in[0].toTensorVector(), in[1].toInt()); }
static Results round_off_as_said(const Values& in) { return rounded(in[0].toTensorVector(), t(in, 1).item<int64_t>()); }
#define ROUND(mode) OP(aclnnForeachRoundOffNumberV2, Reference(round_off), halves(), int64_t{mode}, kOuts)
ROUND(0)
ROUND(1)
ROUND(2)
ROUND(3)
ROUND(4)
ROUND(5)
ROUND(7)
OP(aclnnForeachRoundOffNumber, Reference(round_off_as_said), halves(), at::full({1}, 2, at::kChar), kOuts)
OP(aclnnForeachRoundOffNumber, Reference(round_off_as_said),
   (Tensors{whole({3}, -5, 5, at::kShort), whole({2, 2}, -5, 5, at::kShort), whole({1}, -5, 5, at::kShort)}),
   at::full({}, 3, at::kChar), kOuts)
