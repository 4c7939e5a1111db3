"""TorchScript reads source text, where a device is a constant: it is migrated in the syntax tree."""

import ast
import functools

from ._device import to_npu


def build_call(build):
    """`torch.jit.frontend.ExprBuilder.build_Call` that reads `device="cuda"`, `.to("cuda")`, `.cuda()` as the NPU."""

    @functools.wraps(build)
    def migrated(ctx, expr):
        name = getattr(expr.func, "attr", getattr(expr.func, "id", None))
        if name == "cuda" and isinstance(expr.func, ast.Attribute) and not expr.args:
            expr.func.attr = name = "to"
            expr.args = [ast.copy_location(ast.Constant("cuda"), expr)]
        carriers = [keyword.value for keyword in expr.keywords if keyword.arg == "device"]
        if name in ("to", "device"):
            carriers += expr.args[:1]
        for carrier in carriers:
            if isinstance(carrier, ast.Constant):
                carrier.value = to_npu(carrier.value)
        return build(ctx, expr)

    return staticmethod(migrated)
