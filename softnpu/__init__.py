"""SoftNPU: run, train and test Ascend NPU PyTorch code on any machine."""

__version__ = "0.1.0"
