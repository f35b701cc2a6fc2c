"""Two PEFT adapters of unequal rank and the mean of their products by dense NumPy matrices in float64.

Usage: python3 fedex.py, in this directory. Needs NumPy only; written with 2.4.6.
"""
import json
import os
import struct

import numpy as np

MODULES = {"layers.0.q_proj": (9, 14), "layers.0.v_proj": (6, 14)}  # (out, in)
ADAPTERS = {"one": (2, 4, 300), "two": (3, 9, 700)}  # rank, alpha, examples


def write(path, tensors):
    """safetensors: length of the header, header, values."""
    header, data = {}, b""
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name], dtype="<f4")
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


random = np.random.default_rng(20250111)
total = sum(examples for _, _, examples in ADAPTERS.values())
deltas = {module: np.zeros(shape) for module, shape in MODULES.items()}
for name, (rank, alpha, examples) in ADAPTERS.items():
    tensors = {}
    for module, (rows, columns) in MODULES.items():
        a = random.standard_normal((rank, columns)).astype("f4")
        b = random.standard_normal((rows, rank)).astype("f4")
        tensors[f"base_model.model.{module}.lora_A.weight"] = a
        tensors[f"base_model.model.{module}.lora_B.weight"] = b
        deltas[module] += examples / total * (alpha / rank) * (b.astype("f8") @ a.astype("f8"))
    os.makedirs(name, exist_ok=True)
    write(f"{name}/adapter_model.safetensors", tensors)
    with open(f"{name}/adapter_config.json", "w") as file:
        json.dump({"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "base", "r": rank,
                   "lora_alpha": alpha, "target_modules": ["q_proj", "v_proj"]}, file, indent=2)
write("mean.safetensors", deltas)
