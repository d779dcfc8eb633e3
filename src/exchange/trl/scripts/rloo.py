"""RLOO from the SFT model against the run's reward model; the KL is subtracted from the reward, as in the lab's PPO."""

from common import arguments, group_args, language_model, optimizers, reward_function, save, table, tokenizer_of
from trl import RLOOConfig, RLOOTrainer

given, settings = arguments("rloo", "models/sft")
tokenizer = tokenizer_of(given.model)
tokenizer.padding_side = "left"  # the trainer pads prompts on the left and passes position ids
policy = language_model(given.model)
trainer = RLOOTrainer(
    model=policy,
    reward_funcs=reward_function(settings, tokenizer),
    args=RLOOConfig(
        **group_args(given.out, settings, tokenizer),
        normalize_advantages=settings["whiten"],
    ),
    train_dataset=table("prompts"),
    processing_class=tokenizer,
    optimizers=optimizers(policy, settings, settings["steps"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
