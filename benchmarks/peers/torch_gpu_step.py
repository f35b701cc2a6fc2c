"""The GPU step of `tributary bench train --shape llama-1b --device cuda --dtype bf16` in PyTorch, on the same shapes.

    python benchmarks/peers/torch_gpu_step.py --engine peft
    python benchmarks/peers/torch_gpu_step.py --engine raw

peft: Hugging Face transformers and PEFT as commonly used, adapters in float32. peft-bf16: the same with bfloat16 adapters.
raw: the model written out with the operations that this project uses, float32 adapters computed in bfloat16.
raw-halves: the same with rotary positions as they are usually written, on the two halves of each head, and the adapter's
product in a tensor of its own. --wait says when the host waits for the GPU: after every step, when it reads the loss between
the two passes (as this project does), or only at the end. --curve DIR prints 20 losses on the model, adapter and texts that
lie there.
"""

import argparse
import json
import math
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

SHAPE = dict(layers=16, hidden=2048, heads=32, groups=8, inner=8192, vocabulary=32000)
RANK = 16
HALVES = False  # --engine raw-halves


class Adapted(nn.Module):
    def __init__(self, out, inp, adapted):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out, inp, dtype=torch.bfloat16), requires_grad=False)
        self.adapted = adapted
        if adapted:
            self.a = nn.Parameter(torch.empty(RANK, inp).uniform_(-1, 1) / math.sqrt(inp))
            self.b = nn.Parameter(torch.zeros(out, RANK))

    def forward(self, x):
        y = F.linear(x, self.weight)
        if not self.adapted:
            return y
        reduced = F.linear(x, self.a.to(x.dtype))
        add = y.addmm if HALVES else y.addmm_
        return add(reduced, self.b.to(x.dtype).t(), alpha=2.0)


class Norm(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden, dtype=torch.bfloat16), requires_grad=False)

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, 1e-6)


class Rope:
    """Cosines and sines of a batch's positions; for whole heads, the first half of the sines is negative."""

    def __init__(self, places, d, counts):
        angles = torch.outer(places, 10000.0 ** (-torch.arange(0, d, 2, device=places.device) / d))
        self.cos, self.sin = (f(angles)[:, None].to(torch.bfloat16) for f in (torch.cos, torch.sin))
        if HALVES:
            return
        whole = torch.cat((self.cos, self.cos), -1), torch.cat((-self.sin, self.sin), -1)
        self.tables = {n: [t.expand(-1, n, -1).contiguous() for t in whole] for n in counts}
        self.swap = torch.eye(d, device=places.device, dtype=torch.bfloat16).roll(d // 2, 1)


class Block(nn.Module):
    def __init__(self, s):
        super().__init__()
        h, i, self.heads, self.groups = s["hidden"], s["inner"], s["heads"], s["groups"]
        kv = h // self.heads * self.groups
        self.q, self.k, self.v, self.o = Adapted(h, h, True), Adapted(kv, h, False), Adapted(kv, h, True), Adapted(h, h, False)
        self.gate, self.up, self.down = (Adapted(*d, False) for d in ((i, h), (i, h), (h, i)))
        self.n1, self.n2 = Norm(h), Norm(h)

    def forward(self, x, rope, batch):
        def rotate(t, heads):
            t = t.view(t.size(0), heads, -1)
            if HALVES:
                half = t.size(-1) // 2
                a, b = t[..., :half], t[..., half:]
                return torch.cat((a * rope.cos - b * rope.sin, b * rope.cos + a * rope.sin), -1)
            cos, sin = rope.tables[heads]
            swapped = t.view(-1, t.size(-1)).mm(rope.swap).view_as(t)
            return torch.addcmul(t * cos, swapped, sin)

        def split(t, heads):
            return t.reshape(batch, -1, heads, t.numel() // t.size(0) // heads).transpose(1, 2)

        n = self.n1(x)
        q, k = rotate(self.q(n), self.heads), rotate(self.k(n), self.groups)
        y = F.scaled_dot_product_attention(
            split(q, self.heads), split(k, self.groups), split(self.v(n), self.groups), is_causal=True, enable_gqa=True)
        x = x + self.o(y.transpose(1, 2).reshape(x.shape))
        n = self.n2(x)
        return x + self.down(F.silu(self.gate(n)) * self.up(n))


class Raw(nn.Module):
    def __init__(self, s):
        super().__init__()
        self.words = nn.Parameter(torch.empty(s["vocabulary"], s["hidden"], dtype=torch.bfloat16), requires_grad=False)
        self.blocks = nn.ModuleList(Block(s) for _ in range(s["layers"]))
        self.norm = Norm(s["hidden"])
        self.d = s["hidden"] // s["heads"]
        self.counts = (s["heads"], s["groups"])

    def forward(self, input_ids, labels):
        batch, n = input_ids.shape
        places = torch.arange(n, device=input_ids.device).repeat(batch)
        rope = Rope(places, self.d, self.counts)
        x = F.embedding(input_ids.flatten(), self.words)
        for block in self.blocks:
            x = block(x, rope, batch)
        x = self.norm(x).view(batch, n, -1)[:, :-1].flatten(0, 1)
        return F.cross_entropy(F.linear(x, self.words).float(), labels[:, 1:].flatten())


def hugging_face(s, autocast, directory=None):
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    if directory:
        model = LlamaForCausalLM.from_pretrained(directory, dtype=torch.bfloat16)
        config = LoraConfig(r=8, lora_alpha=16, lora_dropout=0, target_modules=[
            "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    else:
        model = LlamaForCausalLM(LlamaConfig(
            hidden_size=s["hidden"], num_hidden_layers=s["layers"], num_attention_heads=s["heads"],
            num_key_value_heads=s["groups"], intermediate_size=s["inner"], vocab_size=s["vocabulary"],
            tie_word_embeddings=True, max_position_embeddings=8192)).to(torch.bfloat16)
        config = LoraConfig(r=RANK, lora_alpha=2 * RANK, lora_dropout=0, target_modules=["q_proj", "v_proj"])
    model = get_peft_model(model.cuda(), config, autocast_adapter_dtype=autocast)
    return lambda ids: model(input_ids=ids, labels=ids).loss, model


def curve(directory):
    from safetensors.torch import load_file

    loss, model = hugging_face(None, True, directory)
    start = load_file(f"{directory}/start.safetensors")
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in start.items():
            parameters["base_model.model." + name.replace(".weight", ".default.weight")].copy_(value)
    lines = open(f"{directory}/texts.txt").read().splitlines()
    ids = torch.tensor([[int(w[1:]) for w in line.split()] for line in lines]).cuda()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, weight_decay=0.01)
    found = []
    for _ in range(20):
        value = loss(ids)
        found.append(value.item())
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
    print("CURVE peft bf16 " + " ".join(f"{v:.5f}" for v in found))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--engine", choices=["peft", "peft-bf16", "raw", "raw-halves"], default="peft")
    options.add_argument("--wait", choices=["step", "loss", "end"], default="step")
    options.add_argument("--batch", type=int, default=4)
    options.add_argument("--length", type=int, default=1024)
    options.add_argument("--steps", type=int, default=20)
    options.add_argument("--warmup", type=int, default=5)
    options.add_argument("--curve")
    o = options.parse_args()
    torch.manual_seed(1)
    if o.curve:
        return curve(o.curve)
    global HALVES
    HALVES = o.engine == "raw-halves"
    if o.engine.startswith("raw"):
        model = Raw(SHAPE).cuda()
        for p in model.parameters():
            if p.dtype == torch.bfloat16 and p.dim() == 2:
                p.data.uniform_(-0.035, 0.035)
        loss = lambda ids: model(ids, ids)
    else:
        loss, model = hugging_face(SHAPE, o.engine == "peft")
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    ids = torch.randint(SHAPE["vocabulary"], (o.batch, o.length)).cuda()
    wall = []
    torch.cuda.reset_peak_memory_stats()
    for step in range(o.warmup + o.steps):
        if step == 0 or step == o.warmup:
            torch.cuda.synchronize()
            last = time.perf_counter()
        value = loss(ids)
        if o.wait == "loss":
            value.item()
        value.backward()
        optimizer.step()
        optimizer.zero_grad()
        if o.wait == "step" or step == o.warmup + o.steps - 1:
            torch.cuda.synchronize()
        now = time.perf_counter()
        if step >= o.warmup:
            wall.append(now - last)
        last = now
    if o.wait == "end":
        wall = [sum(wall) / len(wall)]
    median = statistics.median(wall)
    print(json.dumps({
        "engine": o.engine, "wait": o.wait, "batch": o.batch, "length": o.length, "torch": torch.__version__,
        "wallSeconds": median, "tokensPerSecond": o.batch * o.length / median,
        "peakDeviceBytes": torch.cuda.max_memory_allocated(), "loss": value.item()}))


if __name__ == "__main__":
    main()
