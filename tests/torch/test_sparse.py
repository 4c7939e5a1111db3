"""Sparse tensors: made, changed and multiplied on the NPU as on the CPU."""

import pytest
import torch

import torch_npu

INDICES = torch.tensor([[0, 1, 1, 3, 1], [2, 0, 2, 1, 0]])
VALUES = torch.tensor([3.0, -4.0, 5.0, 0.5, 2.0])


def coo(device="npu", dtype=torch.float32):
    return torch.sparse_coo_tensor(INDICES.to(device), VALUES.to(dtype).to(device), (4, 3))


def same(npu, cpu):
    assert npu.device.type == "npu" and npu.layout == cpu.layout
    torch.testing.assert_close(npu.cpu(), cpu)


FUNCTIONS = {
    "coalesce": lambda x: x.coalesce(),
    "dense": lambda x: x.to_dense(),
    "clone": lambda x: x.clone(),
    "half": lambda x: x.half(),
    "transpose": lambda x: x.t(),
    "add": lambda x: (x + x * 2).coalesce(),
    "add coalesced": lambda x: x.coalesce() + 2 * x.coalesce(),
    "sub": lambda x: (x - x.coalesce()).coalesce(),
    "add to dense": lambda x: torch.add(torch.ones(4, 3, device=x.device), x, alpha=0.5),
    "mul": lambda x: x * 3,
    "mul sparse": lambda x: x.coalesce() * (x.coalesce() + 1 * x.coalesce()),
    "mul dense": lambda x: x.coalesce() * torch.full((4, 3), 2.0, device=x.device),
    "div": lambda x: x / 2,
    "neg": lambda x: -x,
    "sin": lambda x: x.coalesce().sin(),
    "sum": lambda x: torch.sparse.sum(x),
    "sum of rows": lambda x: torch.sparse.sum(x, 1),
    "norm": lambda x: x.norm(),
    "mm": lambda x: torch.sparse.mm(x, torch.arange(6.0, device=x.device).view(3, 2)),
    "matmul": lambda x: x @ torch.arange(6.0, device=x.device).view(3, 2),
    "mv": lambda x: x @ torch.arange(3.0, device=x.device),
    "addmm": lambda x: torch.addmm(
        torch.ones(4, 2, device=x.device), x, torch.arange(6.0, device=x.device).view(3, 2), beta=0.5, alpha=2
    ),
    "sparse mm": lambda x: torch.sparse.mm(x, x.t()),
    "softmax": lambda x: torch.sparse.softmax(x.coalesce(), 1),
    "mask": lambda x: torch.arange(12.0, device=x.device).view(4, 3).sparse_mask(x.coalesce()),
    "cat": lambda x: torch.cat([x, x]),
    "index_select": lambda x: x.index_select(0, torch.tensor([1, 3], device=x.device)),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "zero": lambda x: x.clone().zero_(),
    "bool": lambda x: x.bool().coalesce(),
    "nothing": lambda x: torch.zeros(4, 3, device=x.device).to_sparse(),
    "hybrid": lambda x: torch.arange(12.0, device=x.device).view(2, 3, 2).to_sparse(2),
    "csr": lambda x: x.to_sparse_csr(),
    "csc": lambda x: x.to_dense().to_sparse_csc(),
    "bsr": lambda x: x.to_dense().to_sparse_bsr((2, 3)),
    "csr to coo": lambda x: x.to_sparse_csr().to_sparse(),
    "csr to dense": lambda x: x.to_dense().to_sparse_csr().to_dense(),
    "csr mm": lambda x: x.to_sparse_csr() @ torch.arange(6.0, device=x.device).view(3, 2),
    "csr mul": lambda x: x.to_sparse_csr() * 2,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_as_the_cpu(name):
    same(FUNCTIONS[name](coo()), FUNCTIONS[name](coo("cpu")))


@pytest.mark.parametrize("name", ["coalesce", "dense", "add", "add to dense", "mul", "mul dense", "mm", "mask", "csr"])
def test_on_the_device(name):
    before = torch_npu._C.fallback_counts()
    FUNCTIONS[name](coo())
    torch.npu.synchronize()
    assert torch_npu._C.fallback_counts() == before, "it fell back"


def test_text_names_the_device():
    assert "device='npu:0'" in str(coo()) and "nnz=5" in str(coo())


@pytest.mark.parametrize("layout", [torch.sparse_coo, torch.sparse_csr, torch.sparse_csc])
def test_copies(layout):
    there = coo("cpu").to_dense().to_sparse(layout=layout)
    same(there.npu(), there)
    assert there.npu().cpu().layout == layout


def embedding(device, optimizer):
    torch.manual_seed(3)
    net = torch.nn.Embedding(20, 4, sparse=True)
    net = net.to(device)
    step = optimizer(net.parameters())
    for i in range(4):
        loss = net(torch.tensor([[1, 5, 5, i]], device=device)).square().sum()
        step.zero_grad()
        loss.backward()
        assert net.weight.grad.is_sparse and net.weight.grad.device.type == torch.device(device).type
        step.step()
    return net.weight.detach().cpu()


@pytest.mark.parametrize(
    "optimizer", [lambda p: torch.optim.SGD(p, 0.1), lambda p: torch.optim.SparseAdam(list(p), 0.1), lambda p: torch.optim.Adagrad(p, 0.1)],
    ids=["SGD", "SparseAdam", "Adagrad"],
)  # fmt: skip
def test_sparse_gradients_train(optimizer):
    torch.testing.assert_close(embedding("npu", optimizer), embedding("cpu", optimizer))


def test_gradients_of_a_product():
    def run(device):
        sparse = coo(device).coalesce().requires_grad_(True)
        dense = torch.arange(6.0, device=device).view(3, 2).requires_grad_(True)
        torch.sparse.mm(sparse, dense).square().sum().backward()
        return sparse.grad.to_dense().cpu(), dense.grad.cpu()

    torch.testing.assert_close(run("npu"), run("cpu"))


def test_gradients_of_a_reduced_product():
    def run(device):
        sparse = coo("cpu").to_dense().to_sparse_csr().to(device).requires_grad_(True)
        dense = torch.arange(6.0, device=device).view(3, 2).requires_grad_(True)
        out = torch.sparse.mm(sparse, dense, "amax")
        return [g.to_dense().cpu() for g in torch.autograd.grad(out, (sparse, dense), torch.ones_like(out))]

    torch.testing.assert_close(run("npu"), run("cpu"))


def test_refusals():
    with pytest.raises(RuntimeError, match="same|shape|size"):
        coo() + torch.sparse_coo_tensor(INDICES.npu(), VALUES.npu(), (5, 3))
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        coo() @ torch.ones(4, 2, device="npu")
