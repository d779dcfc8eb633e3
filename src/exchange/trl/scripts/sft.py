"""Supervised fine-tuning of the base model on the run's demonstrations, in its order."""

import torch
from common import arguments, common_args, language_model, N_POSITIONS, optimizers, per_device, save, table, tokenizer_of
from trl import SFTConfig, SFTTrainer

given, settings = arguments("sft", "models/pretrain")
tokenizer = tokenizer_of(given.model)
model = language_model(given.model)


class Trainer(SFTTrainer):
    """Prints the loss per predicted token: what the trainer logs may be divided by one token a row too many."""

    def compute_loss(self, model, inputs, *args, **kwargs):
        with torch.no_grad():
            logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits[:, :-1]
            loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), inputs["labels"][:, 1:].flatten())
        print(f"step {self.state.global_step + 1}: loss per predicted token {loss.item():.6f}")
        return super().compute_loss(model, inputs, *args, **kwargs)


trainer = Trainer(
    model=model,
    args=SFTConfig(
        **common_args(given.out, settings),
        per_device_train_batch_size=per_device(settings["batch_size"]),
        max_length=N_POSITIONS,
        completion_only_loss=True,
        loss_type="nll",  # the default replaces the model's forward, and copies of the model go on using the original
        train_sampling_strategy="sequential",
    ),
    train_dataset=table("demonstrations"),
    processing_class=tokenizer,
    optimizers=optimizers(model, settings, settings["steps"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
