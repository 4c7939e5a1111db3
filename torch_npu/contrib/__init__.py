"""What is not part of PyTorch's own interface: automatic migration of GPU scripts."""
