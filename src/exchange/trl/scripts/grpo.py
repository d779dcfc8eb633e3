"""GRPO from the SFT model against the run's reward model; its KL stands in the loss, not in the reward."""

from common import arguments, group_args, language_model, optimizers, reward_function, save, table, tokenizer_of
from trl import GRPOConfig, GRPOTrainer

given, settings = arguments("grpo", "models/sft")
tokenizer = tokenizer_of(given.model)
tokenizer.padding_side = "left"  # the trainer pads prompts on the left and passes position ids
policy = language_model(given.model)
trainer = GRPOTrainer(
    model=policy,
    reward_funcs=reward_function(settings, tokenizer),
    args=GRPOConfig(
        **group_args(given.out, settings, tokenizer),
        loss_type="grpo",
    ),
    train_dataset=table("prompts"),
    processing_class=tokenizer,
    optimizers=optimizers(policy, settings, settings["steps"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
