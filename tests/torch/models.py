"""Small models that train as real ones do: name -> a model with its optimizer, and the loss of one step.

Each is made on the CPU under a fixed seed, then moved; inputs come from the CPU's generator, so that every device
trains on the same numbers. Dropout is off: its mask is the device's own.
"""

import torch
from torch import nn
from torch.nn import functional as F

MODELS = {}
STEPS = 5


def adamw(lr):
    return lambda parameters: torch.optim.AdamW(parameters, lr=lr)


def sgd(lr):
    return lambda parameters: torch.optim.SGD(parameters, lr=lr, momentum=0.9)


def model(make):
    MODELS[make.__name__] = make
    return make


class Step:
    """A module, its batches, the loss of one batch, and the optimizer of some parameters."""

    def __init__(self, module, batches, loss, optimizer=None):
        self.module, self.batches, self._loss, self.optimizer = module, batches, loss, optimizer or adamw(1e-3)

    def loss(self, module, i, device):
        return self._loss(module, *(x.to(device) for x in self.batches[i]))


def certain(module):
    """The module without what draws numbers as it trains."""
    for part in module.modules():
        if type(part).__name__ in ("Dropout", "StochasticDepth"):
            part.p = 0.0
    return module


def vision(module, optimizer, batch=2):
    batches = [(torch.randn(batch, 3, 64, 64), torch.randint(10, (batch,))) for _ in range(STEPS)]
    return Step(certain(module), batches, lambda m, x, y: F.cross_entropy(m(x), y), optimizer)


@model
def resnet50():
    import torchvision

    return vision(torchvision.models.resnet50(num_classes=10, zero_init_residual=True), sgd(1e-2), batch=8)


@model
def mobilenet_v3():
    import torchvision

    return vision(torchvision.models.mobilenet_v3_small(num_classes=10), sgd(1e-2), batch=4)


@model
def swin_t():
    import torchvision

    return vision(torchvision.models.swin_t(num_classes=10), adamw(1e-5))


@model
def vit_b_16():
    import torchvision

    return vision(torchvision.models.vit_b_16(image_size=64, num_classes=10), adamw(1e-5))


@model
def deeplabv3():
    import torchvision

    net = torchvision.models.segmentation.deeplabv3_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=5
    )
    batches = [(torch.randn(2, 3, 64, 64), torch.randint(5, (2, 64, 64))) for _ in range(STEPS)]
    return Step(certain(net), batches, lambda m, x, y: F.cross_entropy(m(x)["out"], y), sgd(1e-2))


TINY = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}


def language(module, vocab=128, length=16):
    batches = [(torch.randint(vocab, (2, length)),) for _ in range(STEPS)]
    return Step(module, batches, lambda m, ids: m(input_ids=ids, labels=ids).loss)


@model
def bert():
    import transformers as t

    config = t.BertConfig(**TINY, vocab_size=128, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    return language(t.BertForMaskedLM(config))


@model
def gpt2():
    import transformers as t

    config = t.GPT2Config(
        vocab_size=128, n_positions=64, n_embd=64, n_layer=2, n_head=4, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0
    )
    return language(t.GPT2LMHeadModel(config))


@model
def llama():
    import transformers as t

    return language(t.LlamaForCausalLM(t.LlamaConfig(**TINY, vocab_size=128, num_key_value_heads=2)))


@model
def mixtral():
    import transformers as t

    config = t.MixtralConfig(
        **TINY,
        vocab_size=128,
        num_key_value_heads=2,
        num_local_experts=4,
        num_experts_per_tok=2,
        output_router_logits=True,
    )
    return language(t.MixtralForCausalLM(config))


@model
def whisper():
    import transformers as t

    config = t.WhisperConfig(
        vocab_size=128, d_model=64, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4,
        decoder_attention_heads=4, encoder_ffn_dim=128, decoder_ffn_dim=128, num_mel_bins=16, max_source_positions=50,
        max_target_positions=32, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, dropout=0.0,
    )  # fmt: skip
    batches = [(torch.randn(2, 16, 100), torch.randint(3, 128, (2, 8))) for _ in range(STEPS)]
    return Step(t.WhisperForConditionalGeneration(config), batches, lambda m, x, y: m(input_features=x, labels=y).loss)


@model
def clip():
    import transformers as t

    text = {**TINY, "vocab_size": 128, "eos_token_id": 127, "max_position_embeddings": 16, "projection_dim": 32}
    image = {**TINY, "image_size": 32, "patch_size": 8, "projection_dim": 32}
    config = t.CLIPConfig(text_config=text, vision_config=image, projection_dim=32)
    batches = [(torch.randint(127, (3, 12)), torch.randn(3, 3, 32, 32)) for _ in range(STEPS)]
    for ids, _ in batches:
        ids[:, -1] = 127
    return Step(t.CLIPModel(config), batches, lambda m, ids, x: m(input_ids=ids, pixel_values=x, return_loss=True).loss)


@model
def t5():
    import transformers as t

    config = t.T5Config(
        vocab_size=128,
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=2,
        num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0,
    )
    return language(t.T5ForConditionalGeneration(config))


class LanguageLSTM(nn.Module):
    def __init__(self, vocab=100, width=32):
        super().__init__()
        self.embed = nn.Embedding(vocab, width)
        self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True)
        self.head = nn.Linear(width, vocab)

    def forward(self, ids):
        return self.head(self.lstm(self.embed(ids))[0])


@model
def lstm():
    batches = [(torch.randint(100, (4, 12)),) for _ in range(STEPS)]
    return Step(
        LanguageLSTM(), batches, lambda m, ids: F.cross_entropy(m(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    )


class GAN(nn.Module):
    """DCGAN at 16 pixels; one loss for both sides, the generator's gradient through the discriminator."""

    def __init__(self):
        super().__init__()
        self.generator = nn.Sequential(
            nn.ConvTranspose2d(16, 32, 4, 1, 0, bias=False), nn.BatchNorm2d(32), nn.ReLU(True),
            nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
            nn.ConvTranspose2d(16, 3, 4, 2, 1, bias=False), nn.Tanh(),
        )  # fmt: skip
        self.discriminator = nn.Sequential(
            nn.Conv2d(3, 16, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True),
            nn.Conv2d(16, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2, True),
            nn.Conv2d(32, 1, 4, 1, 0, bias=False),
        )  # fmt: skip


@model
def dcgan():
    def loss(m, noise, real):
        fake = m.generator(noise)
        judged = m.discriminator(torch.cat([fake, real])).flatten()
        truth = torch.cat([torch.zeros(len(fake)), torch.ones(len(real))]).to(judged.device)
        return F.binary_cross_entropy_with_logits(judged.float(), truth)

    return Step(GAN(), [(torch.randn(4, 16, 1, 1), torch.randn(4, 3, 16, 16)) for _ in range(STEPS)], loss)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(64, 32), nn.GELU())
        self.mean, self.log_variance = nn.Linear(32, 8), nn.Linear(32, 8)
        self.decode = nn.Sequential(nn.Linear(8, 32), nn.GELU(), nn.Linear(32, 64))


@model
def vae():
    def loss(m, x, noise):
        h = m.encode(x)
        mean, log_variance = m.mean(h), m.log_variance(h)
        out = m.decode(mean + noise * (0.5 * log_variance).exp())
        divergence = -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum(1).mean()
        return F.binary_cross_entropy_with_logits(out.float(), x.sigmoid(), reduction="sum") / len(x) + divergence

    return Step(VAE(), [(torch.randn(6, 64), torch.randn(6, 8)) for _ in range(STEPS)], loss)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.policy, self.value = nn.Linear(32, 3), nn.Linear(32, 1)

    def forward(self, state):
        h = self.body(state)
        return torch.distributions.Categorical(logits=self.policy(h).float()), self.value(h).squeeze(-1).float()


@model
def ppo():
    """Each step plays eight turns of a game with the policy as it is, then improves the policy on them."""

    @torch.no_grad()
    def play(m, state, noise, drift):
        turns = []
        for luck in noise:
            policy, value = m(state)
            action = (policy.logits - (-luck.log()).log()).argmax(-1)  # a sample, drawn with numbers of our own
            turns.append((state, action, policy.log_prob(action), value, -state.square().mean(-1)))
            state = (state @ drift + F.one_hot(action, 6)).tanh()
        return [torch.stack(x) for x in zip(*turns)]

    def loss(m, *start):
        state, action, before, value, reward = play(m, *start)
        gain, gains = torch.zeros_like(reward[0]), []
        for r, now, after in zip(reward.flip(0), value.flip(0), value.roll(-1, 0).flip(0)):
            gain = r + 0.9 * after - now + 0.9 * 0.95 * gain
            gains.append(gain)
        gains = torch.stack(gains).flip(0)
        advantage = (gains - gains.mean()) / (gains.std() + 1e-8)
        policy, guess = m(state)
        ratio = (policy.log_prob(action) - before).exp()
        gained = torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()
        return F.mse_loss(guess, gains + value) - gained - 0.01 * policy.entropy().mean()

    batches = [(torch.randn(16, 6), torch.rand(8, 16, 3), torch.randn(6, 6)) for _ in range(STEPS)]
    return Step(ActorCritic(), batches, loss)
