"""Direct preference optimisation from the SFT model on the run's pairs, in its order of batches."""

from common import arguments, common_args, FirstStep, in_order, language_model, N_POSITIONS, optimizers, per_device
from common import save, table, tokenizer_of, without_added_eos
from trl import DPOConfig, DPOTrainer

given, settings = arguments("dpo", "models/sft")
tokenizer = tokenizer_of(given.model)
policy = language_model(given.model)
reference = language_model(given.model)  # from the disk, and passed: a copy or a default may be another model
trainer = DPOTrainer(
    model=policy,
    ref_model=reference,
    args=DPOConfig(
        **common_args(given.out, settings),
        per_device_train_batch_size=per_device(settings["batch_size"]),
        max_length=N_POSITIONS,
        beta=settings["beta"],
        loss_type=settings["loss_type"],
        loss_weights=settings["loss_weights"],
        label_smoothing=settings["label_smoothing"],
        train_sampling_strategy="sequential",
    ),
    train_dataset=in_order(table("preferences"), settings),
    processing_class=tokenizer,
    optimizers=optimizers(policy, settings, settings["steps"]),
    callbacks=[FirstStep(settings["first_loss"])],
)
order = [row for batch in settings["order"] for row in batch]
columns = {"chosen": "chosen_ids", "rejected": "rejected_ids"}
trainer.train_dataset = without_added_eos(trainer.train_dataset, order, "preferences", columns, tokenizer.eos_token_id)
trainer.train()
save(trainer, tokenizer, given.out)
