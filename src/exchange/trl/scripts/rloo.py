"""RLOO from the SFT model against the run's reward model; the KL is subtracted from the reward, as in the lab's PPO."""

from common import arguments, common_args, language_model, optimizers, per_device, reward_function, save, SETTINGS, table
from common import tokenizer_of
from trl import RLOOConfig, RLOOTrainer

given, settings = arguments("rloo", "models/sft")
tokenizer = tokenizer_of(given.model)
tokenizer.padding_side = "left"  # the trainer pads prompts on the left and passes position ids
policy = language_model(given.model)
trainer = RLOOTrainer(
    model=policy,
    reward_funcs=reward_function(settings, tokenizer),
    args=RLOOConfig(
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
        normalize_advantages=settings["whiten"],
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
