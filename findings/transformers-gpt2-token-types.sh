#!/usr/bin/env bash
# transformers 5.18.0: `model(**tokenizer(text))` of a GPT-2 with a word-level tokenizer adds the embedding of token 0 to
# every position; the logits are those of another model.
#
# A good guess: a tokenizer that has no segments gives none to the model, or zeros, and GPT-2, which has no segment
# embedding, ignores them. PreTrainedTokenizerFast lists `token_type_ids` among its inputs unless `tokenizer_config.json`
# names them (`model_input_names`), and returns zeros; GPT2Model looks token types up in the table of its *words* and adds
# the row of token 0 to every hidden state. Nothing is said; generation still looks plausible.
#
# Seen: inputs input_ids, token_type_ids, attention_mask; largest difference of logits 3.08 (weights of standard deviation
# 0.5), 0 once `model_input_names` is set.
#
# Runs the pinned packages alone, on the CPU. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet torch==2.13.0 transformers==5.18.0
cat >run.py <<'PY'
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

words = {"<pad>": 0, "<eos>": 1, "the": 2, "sky": 3, "is": 4, "blue": 5}
raw = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
torch.manual_seed(0)
shape = GPT2Config(vocab_size=6, n_positions=16, n_embd=16, n_layer=2, n_head=2, bos_token_id=1, eos_token_id=1)
model = GPT2LMHeadModel(shape).eval()
with torch.no_grad():
    for weight in model.parameters():
        if weight.dim() > 1:
            weight.normal_(0, 0.5)


def difference(**more):
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<eos>", **more)
    inputs = tokenizer("the sky is blue", return_tensors="pt")
    with torch.no_grad():
        gap = (model(**inputs).logits - model(input_ids=inputs["input_ids"]).logits).abs().max().item()
    return list(inputs), gap


names, gap = difference()
fixed, rest = difference(model_input_names=["input_ids", "attention_mask"])
print("inputs:", names, "largest difference of logits:", round(gap, 2))
print("inputs:", fixed, "largest difference of logits:", round(rest, 6))
holds = "token_type_ids" in names and gap > 0.1 and rest < 1e-5
print("as found" if holds else "CHANGED")
raise SystemExit(0 if holds else 1)
PY
env/bin/python run.py
