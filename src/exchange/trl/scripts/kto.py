"""KTO from the SFT model: the run's pairs as single answers, each with a thumb up or down. The lab has no KTO; beta,
learning rate and steps are those of its DPO."""

from common import arguments, common_args, language_model, N_POSITIONS, optimizers, per_device, save, table, tokenizer_of
from trl import KTOConfig, KTOTrainer

given, settings = arguments("kto", "models/sft")
tokenizer = tokenizer_of(given.model)
policy = language_model(given.model)


def single(rows):
    return {
        "prompt": [prompt for prompt in rows["prompt"] for _ in range(2)],
        "completion": [text for pair in zip(rows["chosen"], rows["rejected"], strict=True) for text in pair],
        "label": [label for _ in rows["prompt"] for label in (True, False)],
    }


pairs = table("preferences")
trainer = KTOTrainer(
    model=policy,
    ref_model=language_model(given.model),
    args=KTOConfig(
        **common_args(given.out, settings),
        per_device_train_batch_size=per_device(settings["batch_size"]),
        max_length=N_POSITIONS,
        beta=settings["beta"],
    ),
    train_dataset=pairs.map(single, batched=True, remove_columns=pairs.column_names),
    processing_class=tokenizer,
    optimizers=optimizers(policy, settings, settings["steps"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
