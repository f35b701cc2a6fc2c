"""The step of `tributary bench train` in plain PyTorch: same shapes, LoRA on the same modules, AdamW, no dropout.

    python benchmarks/peers/torch_step.py --shape minilm --threads 1

Prints one line of JSON. Needs PyTorch only; the model is written out, so that nothing of transformers or PEFT takes time.
"""

import argparse
import json
import math
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

SHAPES = {
    "minilm": dict(layers=6, hidden=384, heads=12, inner=1536, vocabulary=30522, batch=8, length=128, positions=512),
    "llama": dict(layers=4, hidden=512, heads=8, inner=1408, vocabulary=8192, batch=4, length=256, positions=2048),
}
RANK = 8


class LoraLinear(nn.Module):
    def __init__(self, out, inp, bias, adapted):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out, inp).uniform_(-0.035, 0.035), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(out), requires_grad=False) if bias else None
        self.adapted = adapted
        if adapted:
            self.a = nn.Parameter(torch.empty(RANK, inp).uniform_(-1, 1) / math.sqrt(inp))
            self.b = nn.Parameter(torch.zeros(out, RANK))

    def forward(self, x):
        y = F.linear(x, self.weight, self.bias)
        return y + F.linear(F.linear(x, self.a), self.b) * 2.0 if self.adapted else y


def split(x, heads):
    return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2)


class BertBlock(nn.Module):
    def __init__(self, s):
        super().__init__()
        h, self.heads = s["hidden"], s["heads"]
        self.q, self.k, self.v, self.o = (LoraLinear(h, h, True, a) for a in (True, False, True, False))
        self.up, self.down = LoraLinear(s["inner"], h, True, False), LoraLinear(h, s["inner"], True, False)
        self.n1, self.n2 = (nn.LayerNorm(h, eps=1e-12).requires_grad_(False) for _ in range(2))

    def forward(self, x):
        q, k, v = (split(p(x), self.heads) for p in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        x = self.n1(self.o(y) + x)
        return self.n2(self.down(F.gelu(self.up(x))) + x)


class Bert(nn.Module):
    def __init__(self, s):
        super().__init__()
        h = s["hidden"]
        self.words, self.places = nn.Embedding(s["vocabulary"], h), nn.Embedding(s["positions"], h)
        self.norm = nn.LayerNorm(h, eps=1e-12)
        self.blocks = nn.ModuleList(BertBlock(s) for _ in range(s["layers"]))
        for p in [*self.words.parameters(), *self.places.parameters(), *self.norm.parameters()]:
            p.requires_grad_(False)
        self.classifier = nn.Linear(h, 2)

    def forward(self, ids):
        x = self.norm(self.words(ids) + self.places(torch.arange(ids.size(1))))
        for block in self.blocks:
            x = block(x)
        return self.classifier(x.mean(1))

    def loss(self, ids, labels):
        return F.cross_entropy(self(ids), labels)


class RmsNorm(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden), requires_grad=False)

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, 1e-6)


class LlamaBlock(nn.Module):
    def __init__(self, s):
        super().__init__()
        h, i, self.heads = s["hidden"], s["inner"], s["heads"]
        self.q, self.k, self.v, self.o = (LoraLinear(h, h, False, True) for _ in range(4))
        self.gate, self.up, self.down = (LoraLinear(*d, False, True) for d in ((i, h), (i, h), (h, i)))
        self.n1, self.n2 = RmsNorm(h), RmsNorm(h)

    def forward(self, x, cos, sin):
        def rotate(t):
            half = t.size(-1) // 2
            return t * cos + torch.cat((-t[..., half:], t[..., :half]), -1) * sin

        n = self.n1(x)
        q, k, v = (split(p(n), self.heads) for p in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(x.shape))
        n = self.n2(x)
        return x + self.down(F.silu(self.gate(n)) * self.up(n))


class Llama(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.words = nn.Embedding(s["vocabulary"], s["hidden"]).requires_grad_(False)
        self.blocks = nn.ModuleList(LlamaBlock(s) for _ in range(s["layers"]))
        self.norm = RmsNorm(s["hidden"])
        d = s["hidden"] // s["heads"]
        angles = torch.outer(torch.arange(s["positions"]), 10000.0 ** (-torch.arange(0, d, 2) / d)).repeat(1, 2)
        self.cos, self.sin = angles.cos(), angles.sin()

    def loss(self, ids, _):
        n = ids.size(1)
        x = self.words(ids)
        for block in self.blocks:
            x = block(x, self.cos[:n], self.sin[:n])
        logits = F.linear(self.norm(x)[:, :-1], self.words.weight)
        return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--shape", choices=SHAPES, default="minilm")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--warmup", type=int, default=5)
    options.add_argument("--batch", type=int)
    options.add_argument("--length", type=int)
    o = options.parse_args()
    s = dict(SHAPES[o.shape])
    s["batch"], s["length"] = o.batch or s["batch"], o.length or s["length"]
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    model = Bert(s) if o.shape == "minilm" else Llama(s)
    for p in model.parameters():
        if p.requires_grad is False and p.dim() == 2:
            p.data.uniform_(-0.035, 0.035)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    ids = torch.randint(s["vocabulary"], (s["batch"], s["length"]))
    labels = torch.arange(s["batch"]) % 2
    wall, cpu = [], []
    for step in range(o.warmup + o.steps):
        w, c = time.perf_counter(), time.thread_time()
        loss = model.loss(ids, labels)
        loss.item()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        if step >= o.warmup:
            wall.append(time.perf_counter() - w)
            cpu.append(time.thread_time() - c)
    median = statistics.median(wall)
    print(json.dumps({
        "shape": o.shape, "batch": s["batch"], "length": s["length"], "threads": o.threads, "steps": o.steps,
        "torch": torch.__version__, "wallSeconds": median, "cpuSeconds": statistics.median(cpu),
        "tokensPerSecond": s["batch"] * s["length"] / median}))


if __name__ == "__main__":
    main()
