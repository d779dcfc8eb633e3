"""GRPO from the SFT model against the run's reward model; its KL stands in the loss, not in the reward."""

from common import arguments, common_args, language_model, optimizers, per_device, reward_function, save, SETTINGS, table
from common import tokenizer_of
from trl import GRPOConfig, GRPOTrainer

given, settings = arguments("grpo", "models/sft")
tokenizer = tokenizer_of(given.model)
tokenizer.padding_side = "left"  # the trainer pads prompts on the left and passes position ids
policy = language_model(given.model)
trainer = GRPOTrainer(
    model=policy,
    reward_funcs=reward_function(settings, tokenizer),
    args=GRPOConfig(
        **common_args(given.out, settings),
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
        loss_type="grpo",
        disable_dropout=True,
        mask_truncated_completions=False,
        generation_kwargs={"suppress_tokens": [tokenizer.pad_token_id]},
        shuffle_dataset=False,
    ),
    train_dataset=table("prompts"),
    processing_class=tokenizer,
    optimizers=optimizers(policy, settings, settings["steps"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
