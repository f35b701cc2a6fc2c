"""More fixtures in the layout of golden.py, of smaller models: python3 golden_families.py WORKDIR OUTDIR (golden.py beside it)."""
import os, sys
src = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'golden.py')).read()
exec(src.split('from transformers import LlamaConfig')[0])  # reinit, batches, run
from transformers import (LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM, RobertaConfig, RobertaForSequenceClassification, BertConfig,
                          BertForSequenceClassification, GPT2Config, GPT2LMHeadModel)
V = 64
base = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=V, intermediate_size=48,
            max_position_embeddings=64, bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation='eager')
L = dict(r=2, lora_alpha=4, lora_dropout=0.0, bias='none')
def cl(**k): return lambda: LoraConfig(task_type=TaskType.CAUSAL_LM, **{**L, **k})
def sc(**k): return lambda: LoraConfig(task_type=TaskType.SEQ_CLS, **{**L, **k})
def llama(**k): return lambda: LlamaForCausalLM(LlamaConfig(**{**base, 'tie_word_embeddings': False, **k}))
def rope(**k): return dict(rope_theta=10000.0, **k)
qv = ['q_proj', 'v_proj']
def batch_roberta():
    b = batch_cls(V, 8); am = b['attention_mask']; ids = b['input_ids'].clamp(min=2)
    b['input_ids'] = torch.where(am == 1, ids, torch.ones_like(ids)); del b['token_type_ids']; return b
encoder = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=V, max_position_embeddings=40,
               hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0, num_labels=2, attn_implementation='eager')
vera = lambda t, k: (lambda: VeraConfig(task_type=t, r=4, target_modules=k, projection_prng_key=0, save_projection=True, vera_dropout=0.0, d_initial=0.1))
jobs = [
 ('qwen3', lambda: Qwen3ForCausalLM(Qwen3Config(**base, head_dim=16, tie_word_embeddings=True)), batch_lm(V, 6), {'lora': cl(target_modules=qv)}),
 ('mistral', lambda: MistralForCausalLM(MistralConfig(**base, sliding_window=4, tie_word_embeddings=False)), batch_lm(V, 6), {'lora': cl(target_modules=qv)}),
 ('qwen2_window', lambda: Qwen2ForCausalLM(Qwen2Config(**base, use_sliding_window=True, sliding_window=4, max_window_layers=1, tie_word_embeddings=False)), batch_lm(V, 6), {'lora': cl(target_modules=qv)}),
 ('llama_rope3', llama(rope_parameters=rope(rope_type='llama3', factor=4.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=8)), batch_lm(V, 6), {'lora': cl(target_modules=qv)}),
 ('llama_yarn', llama(rope_parameters=rope(rope_type='yarn', factor=4.0, original_max_position_embeddings=16)), batch_lm(V, 6), {'lora': cl(target_modules=qv)}),
 ('llama_linear', llama(attention_bias=True, mlp_bias=True, rope_parameters=rope(rope_type='linear', factor=2.0)), batch_lm(V, 6),
   {'lora': cl(target_modules=qv), 'head': cl(target_modules=qv, modules_to_save=['lm_head']), 'patterns': cl(target_modules=qv, rank_pattern={'q_proj': 3}, alpha_pattern={'v_proj': 8})}),
 ('roberta', lambda: RobertaForSequenceClassification(RobertaConfig(**encoder, type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2)), batch_roberta(), {'lora': sc(target_modules=['query', 'value'])}),
 ('bert_small', lambda: BertForSequenceClassification(BertConfig(**encoder)), batch_cls(V, 8),
   {'dora': sc(target_modules=['query', 'value'], use_dora=True), 'vera': vera(TaskType.SEQ_CLS, ['query', 'value', 'intermediate.dense']), 'all_linear': sc(target_modules='all-linear')}),
 ('gpt2_small', lambda: GPT2LMHeadModel(GPT2Config(n_embd=32, n_layer=2, n_head=4, vocab_size=V, n_positions=40, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=2, pad_token_id=0, attn_implementation='eager')), batch_lm(V, 9),
   {'dora': cl(target_modules=['c_attn'], fan_in_fan_out=True, use_dora=True), 'all': cl(target_modules=['c_attn', 'c_proj', 'c_fc'], fan_in_fan_out=True)}),
]
for n, mk, b, v in jobs:
    try: run(n, mk, b, v, W)
    except Exception: print('FAILED', n); traceback.print_exc()
for kind in ('pissa', 'olora'):  # how the factors and the base begin
    try:
        m = llama()().float(); reinit(m, 1234); w0 = {k: c(x) for k, x in m.state_dict().items() if 'layers.0.self_attn' in k}
        pm = get_peft_model(m, cl(target_modules=qv, init_lora_weights=kind)())
        s = {'base.' + k: x for k, x in w0.items()}
        s.update({'after.' + k: c(x) for k, x in pm.state_dict().items() if 'layers.0.self_attn' in k})
        os.makedirs(W + '/initialisation', exist_ok=True); save_file(s, W + '/initialisation/' + kind + '.safetensors')
    except Exception: print('FAILED', kind); traceback.print_exc()
with tarfile.open(OUT + '/families.tar.gz', 'w:gz') as t:
    for n in sorted(os.listdir(W)): t.add(W + '/' + n, arcname=n)
print(ENV)
