"""What the scripts share. Settings are those of the run (settings.json); nothing here depends on a GPU."""

import argparse
import json
import math
import sys
from pathlib import Path

import torch
from accelerate import PartialState
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, TrainerCallback

HERE = Path(__file__).parent
SETTINGS = json.loads((HERE / "settings.json").read_text())
N_POSITIONS = SETTINGS["n_positions"]


def arguments(script, model):
    """The arm's settings, and where to read and write. --steps cuts a run short, to try it."""
    arms = SETTINGS[script]
    parser = argparse.ArgumentParser()
    parser.add_argument("--arm", choices=list(arms), default=next(iter(arms)))
    parser.add_argument("--model", default=str(HERE / model))
    parser.add_argument("--out")
    parser.add_argument("--steps", type=int)
    given = parser.parse_args()
    given.out = given.out or str(HERE / "out" / script)
    settings = arms[given.arm]
    order = json.loads((HERE / "order.json").read_text()).get(script, {}).get(given.arm)
    if order is not None:
        settings["order"] = order
        settings["batch_size"] = len(order[0])
    if given.steps is not None:
        settings["steps"] = given.steps
    return given, settings


def per_device(batch):
    processes = PartialState().num_processes
    if batch % processes:
        sys.exit(f"a batch of {batch} cannot be shared by {processes} processes")
    return batch // processes


def common_args(out, settings):
    """Arguments of every trainer. 32-bit floats everywhere, as in the lab; TRL's default bf16 raises on a CPU."""
    return {
        "output_dir": out,
        "use_cpu": not torch.cuda.is_available(),
        "bf16": False,
        "fp16": False,
        "gradient_checkpointing": False,
        "max_steps": settings["steps"],
        "max_grad_norm": 1.0,
        "weight_decay": 0.0,
        "learning_rate": settings["learning_rate"],
        "logging_steps": 1,
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "seed": SETTINGS["seed"],
    }


def group_args(out, settings, tokenizer):
    """What GRPO and RLOO share: several answers to each prompt, drawn and learned from as in the run."""
    return dict(
        **common_args(out, settings),
        per_device_train_batch_size=per_device(settings["minibatch"]),
        steps_per_generation=settings["minibatches"],
        num_iterations=settings["epochs"],
        num_generations=settings["num_generations"],
        max_completion_length=SETTINGS["max_new_tokens"],
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        beta=settings["kl_coef"],
        epsilon=settings["clip_range"],
        disable_dropout=True,
        mask_truncated_completions=False,
        generation_kwargs={"suppress_tokens": [tokenizer.pad_token_id]},
        shuffle_dataset=False,
    )


def optimizers(model, settings, steps):
    """AdamW and the lab's schedule: warm-up that begins at 1/warmup, then constant or cosine to a tenth."""
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings["learning_rate"], betas=(0.9, 0.98), eps=1e-8, weight_decay=0.0
    )
    warmup, shape = settings["warmup"], settings["schedule"]

    def factor(step):
        rise = min(1.0, (step + 1) / warmup)
        if shape == "constant":
            return rise
        return rise * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * min(step, steps) / steps)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def table(name, split="train"):
    return load_dataset("json", data_files={split: str(HERE / "data" / name / f"{split}.jsonl")}, split=split)


def in_order(dataset, settings):
    """The rows in the order of the run's batches."""
    rows = [row for batch in settings["order"] for row in batch]
    return dataset.select(rows)


def open_rows(name, split, part):
    """Rows whose answer did not end; TRL puts an <eos> behind them all the same."""
    listed = json.loads((HERE / "data" / name / "unfinished.json").read_text())
    return set(listed[split][part])


def without_added_eos(dataset, row_ids, name, columns, eos):
    """Takes the <eos> that TRL has added off the answers that did not end. `columns` maps part to column of ids."""
    unfinished = {part: open_rows(name, "train", part) for part in columns}
    if not any(unfinished.values()):
        return dataset

    def strip(example, index):
        for part, column in columns.items():
            if row_ids[index] in unfinished[part] and example[column][-1] == eos:
                example[column] = example[column][:-1]
        return example

    return dataset.map(strip, with_indices=True)


def tokenizer_of(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.padding_side = "right"
    return tokenizer


def language_model(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def reward_model(folder):
    model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, num_labels=1)
    scale = Path(folder) / "normalisation.json"
    return model, json.loads(scale.read_text()) if scale.exists() else {"mean": 0.0, "deviation": 1.0}


def scores(model, scale, rows, pad):
    """The lab's scores of rows of ids: last token's logit, centred and scaled on answers of the SFT model."""
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [pad] * (length - len(row)) for row in rows], device=model.device)
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows], device=model.device)
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask).logits[:, 0]
    return ((logits - scale["mean"]) / scale["deviation"]).tolist()


def save(trainer, tokenizer, out):
    """Saves, and loads again: what the next script gets is what lies on the disk."""
    trainer.save_model(out)
    trainer.save_state()
    tokenizer.save_pretrained(out)
    print(f"saved to {out}")


class FirstStep(TrainerCallback):
    """Stops where the policy is not its reference at the start: DPO then learns from the wrong place."""

    def __init__(self, expected):
        self.expected = expected

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.global_step != 1 or not logs or "loss" not in logs:
            return
        loss, chosen = logs["loss"], logs.get("rewards/chosen", 0.0)
        if self.expected is not None and abs(loss - self.expected) > 5e-4:
            sys.exit(f"the first loss is {loss}, not {self.expected:.4f}: the policy does not start at its reference")
        if abs(chosen) > 1e-3:
            sys.exit(f"the first reward is {chosen}, not 0: the policy does not start at its reference")


def reward_function(settings, tokenizer):
    """The reward model as a reward function of GRPO and RLOO, with the lab's penalty for answers that do not end."""
    model, scale = reward_model(str(HERE / "models" / "reward"))
    model.eval()
    if torch.cuda.is_available():
        model.to(PartialState().device)

    def score(prompts, completions, completion_ids, **kwargs):
        # an id after the first <eos> is padding
        answers = [
            ids[: ids.index(tokenizer.eos_token_id) + 1] if tokenizer.eos_token_id in ids else ids
            for ids in ([int(i) for i in row] for row in completion_ids)
        ]
        rows = [tokenizer(prompt)["input_ids"] + answer for prompt, answer in zip(prompts, answers, strict=True)]
        penalty = [0.0 if a and a[-1] == tokenizer.eos_token_id else settings["missing_eos_penalty"] for a in answers]
        return [s - p for s, p in zip(scores(model, scale, rows, tokenizer.pad_token_id), penalty, strict=True)]

    return score
