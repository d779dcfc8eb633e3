"""A reward model from the SFT model on the run's pairs, centred and scaled on answers of the SFT model."""

import json
from pathlib import Path

import torch
from common import HERE, SETTINGS, arguments, common_args, in_order, language_model, N_POSITIONS, optimizers, per_device
from common import reward_model, save, scores, table, tokenizer_of, without_added_eos
from trl import RewardConfig, RewardTrainer

given, settings = arguments("reward", "models/sft")
tokenizer = tokenizer_of(given.model)
model, _ = reward_model(given.model)
torch.nn.init.zeros_(model.score.weight)  # the lab's head starts at zero, not at random
data = in_order(table("preferences"), settings)
trainer = RewardTrainer(
    model=model,
    args=RewardConfig(
        **common_args(given.out, settings),
        per_device_train_batch_size=per_device(settings["batch_size"]),
        max_length=N_POSITIONS,
        train_sampling_strategy="sequential",
    ),
    train_dataset=data,
    processing_class=tokenizer,
    optimizers=optimizers(model, settings, settings["steps"]),
)
order = [row for batch in settings["order"] for row in batch]
columns = {"chosen": "chosen_ids", "rejected": "rejected_ids"}
trainer.train_dataset = without_added_eos(trainer.train_dataset, order, "preferences", columns, tokenizer.eos_token_id)
trainer.train()
save(trainer, tokenizer, given.out)

model, scale = reward_model(given.out)
sft = language_model(given.model)
torch.manual_seed(SETTINGS["seed"])
prompts = table("prompts")["prompt"][: 512 if given.steps is None else 16]
rows = []
for prompt in prompts:
    ids = tokenizer(prompt, return_tensors="pt")
    rows.append(sft.generate(**ids, max_new_tokens=SETTINGS["max_new_tokens"])[0].tolist())
raw = torch.tensor(scores(model, {"mean": 0.0, "deviation": 1.0}, rows, tokenizer.pad_token_id))
scale = {"mean": raw.mean().item(), "deviation": max(1e-6, raw.std(correction=0).item())}
(Path(given.out) / "normalisation.json").write_text(json.dumps(scale))
print("scores of the SFT model:", scale)
