#!/usr/bin/env python3
"""Lay out the headers as the toolkit has them: ours, and beside them one for each operator.

    make_cann_headers.py INCLUDE OUT

A prototype stands once, in include/aclnnop/<family>.h. A program written for the toolkit includes
<aclnnop/aclnn_add.h>; that file is made here and leads to the family's. An in-place operator is found under its own
name and under that of the operator proper, as the toolkit has it. Files that do not change are left alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# The toolkit's spelling where the rule below gives another one.
SPELLING = {
    "aclnn_c_io_u": "aclnn_ciou",
    "aclnn_r_relu_with_noise": "aclnn_rrelu_with_noise",
    "aclnn_x_log_y_scalar_other": "aclnn_xlogy_scalar_other",
    "aclnn_x_log_y_scalar_self": "aclnn_xlogy_scalar_self",
    "aclnn_x_log_y_tensor": "aclnn_xlogy_tensor",
}

# Headers that are not called after an operator, or after one of several: an operator that is in each.
HOLDS = {
    "aclnn_apply_adam_w_v2": "aclnnApplyAdamWV2",
    "aclnn_argmax": "aclnnArgMax",
    "aclnn_argmin": "aclnnArgMin",
    "aclnn_avgpool2d": "aclnnAvgPool2d",
    "aclnn_avgpool2d_backward": "aclnnAvgPool2dBackward",
    "aclnn_avgpool3d": "aclnnAvgPool3d",
    "aclnn_avgpool3d_backward": "aclnnAvgPool3dBackward",
    "aclnn_batch_matmul": "aclnnBatchMatMul",
    "aclnn_batch_norm_backward_reduce": "aclnnBatchNormReduceBackward",
    "aclnn_ciou": "aclnnCIoU",
    "aclnn_ffn_v2": "aclnnFFNV2",
    "aclnn_geglu": "aclnnGeGlu",
    "aclnn_geglu_backward": "aclnnGeGluV3Backward",
    "aclnn_gru": "aclnnGRU",
    "aclnn_gru_backward": "aclnnGRUBackward",
    "aclnn_index_v2": "aclnnIndex",
    "aclnn_iou": "aclnnIou",
    "aclnn_isclose": "aclnnIsClose",
    "aclnn_isfinite": "aclnnIsFinite",
    "aclnn_isin": "aclnnIsInScalarTensor",
    "aclnn_isin_tensor_scalar": "aclnnIsInTensorScalar",
    "aclnn_isneginf": "aclnnIsNegInf",
    "aclnn_isposinf": "aclnnIsPosInf",
    "aclnn_lerp_scalar": "aclnnLerps",
    "aclnn_lerp_tensor": "aclnnLerp",
    "aclnn_logaddexp": "aclnnLogAddExp",
    "aclnn_logaddexp2": "aclnnLogAddExp2",
    "aclnn_logsigmoid": "aclnnLogSigmoidForward",
    "aclnn_logsigmoid_backward": "aclnnLogSigmoidBackward",
    "aclnn_logsoftmax": "aclnnLogSoftmax",
    "aclnn_logsoftmax_backward": "aclnnLogSoftmaxBackward",
    "aclnn_logspace": "aclnnLogSpace",
    "aclnn_logsumexp": "aclnnLogSumExp",
    "aclnn_lstm": "aclnnLSTM",
    "aclnn_mish_backward_v2": "aclnnMishBackward",
    "aclnn_normal_out": "aclnnNormalFloatFloat",
    "aclnn_ones": "aclnnInplaceOne",
    "aclnn_pad2d_backward": "aclnnReflectionPad2dBackward",
    "aclnn_pow": "aclnnPowTensorScalar",
    "aclnn_quant_matmul": "aclnnQuantMatmulV5",
    "aclnn_remainder": "aclnnRemainderTensorScalar",
    "aclnn_searchsorted": "aclnnSearchSorted",
    "aclnn_slogdet_native": "aclnnSlogdet",
    "aclnn_var": "aclnnVarCorrection",
    "aclnn_weight_quant_batch_matmul": "aclnnWeightQuantBatchMatmulV3",
    "aclnn_x_log_y_scalar_other": "aclnnXLogYScalarOther",
    "aclnn_x_log_y_scalar_self": "aclnnXLogYScalarSelf",
    "aclnn_x_log_y_tensor": "aclnnXLogYTensor",
}


def operators(header: Path) -> list[str]:
    """The operators a family's header declares: aclnnAdd, ..."""
    return re.findall(r"^ACLNN_DECLARE\((aclnn\w+)", header.read_text(), re.MULTILINE)


def snake(operator: str) -> str:
    """aclnnMaxPool2dWithMask -> aclnn_max_pool2d_with_mask, aclnnNLLLoss -> aclnn_nll_loss"""
    name = re.sub(r"(\d)D", r"\1d", operator)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return SPELLING.get(name, name)


def header_names(operator: str) -> set[str]:
    """The files in which a client looks for an operator."""
    names = {snake(operator), snake(operator.replace("Inplace", "", 1))}
    names |= {header for header, held in HOLDS.items() if held == operator}
    # The toolkit writes upsample_nearest_2d, but max_pool2d: both are found.
    return names | {re.sub(r"(upsample_[a-z_]*[a-z])(\d)d", r"\1_\2d", name) for name in names}


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    files = {path.relative_to(source): path.read_text() for path in source.rglob("*.h")}
    families: dict[str, set[str]] = {}
    for family in source.glob("aclnnop/*.h"):
        for operator in operators(family):
            for name in header_names(operator):
                families.setdefault(name, set()).add(family.name)
    for name, lead_to in families.items():
        lines = [f"/* {name}: made from the family's header. */", "#pragma once"]
        lines += [f'#include "aclnnop/{family}"' for family in sorted(lead_to)]
        files[Path("aclnnop") / f"{name}.h"] = "\n".join(lines) + "\n"
    for relative, text in files.items():
        path = out / relative
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for path in out.rglob("*.h"):
        if path.relative_to(out) not in files:
            path.unlink()


if __name__ == "__main__":
    main()
