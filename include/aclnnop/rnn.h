/* Operators: rnn. */
#pragma once
#include "aclnn/aclnn_base.h"
ACL_BEGIN
ACLNN_DECLARE(aclnnLSTM, const aclTensor* input, const aclTensorList* params, const aclTensorList* hx,
              const aclTensor* batch_sizes, bool has_bias, int64_t num_layers, double dropout, bool train,
              bool bidirectional, bool batch_first, aclTensor* output, aclTensor* hy, aclTensor* cy,
              aclTensorList* i_out, aclTensorList* j_out, aclTensorList* f_out, aclTensorList* o_out,
              aclTensorList* h_out, aclTensorList* c_out, aclTensorList* tanh_c_out);
ACLNN_DECLARE(aclnnLstmBackward, const aclTensor* input, const aclTensorList* hx, const aclTensorList* params,
              const aclTensor* dy, const aclTensor* dh, const aclTensor* dc, const aclTensorList* i,
              const aclTensorList* g, const aclTensorList* f, const aclTensorList* o, const aclTensorList* h,
              const aclTensorList* c, const aclTensorList* tanhc, const aclTensor* batch_sizes, bool has_bias,
              int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first,
              const aclBoolArray* output_mask, aclTensor* dx_out, aclTensor* dh_prev_out, aclTensor* dc_prev_out,
              aclTensorList* dparams_out);
ACLNN_DECLARE(aclnnGRU, const aclTensor* input, const aclTensorList* params, const aclTensor* hx,
              const aclTensor* batch_sizes, bool has_bias, int64_t num_layers, double dropout, bool train,
              bool bidirection, bool batch_first, aclTensor* output, aclTensor* hy, aclTensorList* r_out,
              aclTensorList* z_out, aclTensorList* n_out, aclTensorList* hn_out, aclTensorList* h_out);
ACLNN_DECLARE(aclnnGRUBackward, const aclTensor* input, const aclTensorList* params, const aclTensor* hx,
              const aclTensor* dy, const aclTensor* dh, const aclTensorList* r, const aclTensorList* z,
              const aclTensorList* n, const aclTensorList* hn, const aclTensorList* h, const aclTensor* batch_sizes,
              bool has_bias, int64_t num_layers, bool bidirection, bool batch_first, aclTensor* dx_out,
              aclTensor* dh_prev_out, aclTensorList* dparams_out);
ACLNN_DECLARE(aclnnThnnFusedLstmCell, const aclTensor* input_gates, const aclTensor* hidden_gates, const aclTensor* cx,
              const aclTensor* input_bias, const aclTensor* hidden_bias, aclTensor* hy_out, aclTensor* cy_out,
              aclTensor* storage_out);
ACLNN_DECLARE(aclnnThnnFusedLstmCellBackward, const aclTensor* grad_hy, const aclTensor* grad_c, const aclTensor* cx,
              const aclTensor* cy, const aclTensor* storage, bool has_bias, aclTensor* grad_gates_out,
              aclTensor* grad_cx_out, aclTensor* grad_bias_out);
ACL_END
