"""Real models, small and from random weights: five steps of training equal CPU's, with no operator missing."""

import copy

import torch
from cases import case, parameters_differ, parity, random_images
from client import import_vendor


def momentum(parameters):
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9)


@case
def resnet50():
    import torchvision

    torch.manual_seed(0)
    return parity(torchvision.models.resnet50(num_classes=10), random_images(5, 4, 64), momentum, 1e-4)


@case
def vit():
    import torchvision

    torch.manual_seed(0)
    model = torchvision.models.VisionTransformer(64, 16, num_layers=4, num_heads=4, hidden_dim=128, mlp_dim=256,
                                                 num_classes=10)  # fmt: skip
    return parity(model, random_images(5, 4, 64), momentum, 1e-4)


def language_model(build, **labels):
    """Train what `build` makes of the transformers package; a batch is token ids, and `labels` or the ids again."""
    import_vendor()  # First: transformers imports torch_npu where it finds one.
    import transformers

    torch.manual_seed(0)
    reference = build(transformers)
    trained = copy.deepcopy(reference).npu()
    ids = torch.randint(3, 128, (5, 4, 32))
    for model, device in ((reference, "cpu"), (trained, "npu")):
        optimizer = momentum(model.parameters())
        for batch in ids.to(device):
            loss = model(input_ids=batch, labels=labels["labels"].to(device) if labels else batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return {"steps": 5, "error": parameters_differ(trained, reference), "limit": 1e-4, "what": "parameters"}


SMALL = {"vocab_size": 128, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
         "num_attention_heads": 4, "max_position_embeddings": 64}  # fmt: skip


@case
def bert():
    return language_model(
        lambda t: t.BertForSequenceClassification(
            t.BertConfig(**SMALL, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)),
        labels=torch.tensor([0, 1, 1, 0]))  # fmt: skip


@case
def gpt2():
    return language_model(lambda t: t.GPT2LMHeadModel(t.GPT2Config(
        vocab_size=128, n_embd=64, n_layer=2, n_head=4, n_positions=64, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=1, eos_token_id=2)))  # fmt: skip


@case
def llama():
    return language_model(lambda t: t.LlamaForCausalLM(t.LlamaConfig(**SMALL, num_key_value_heads=2)))
