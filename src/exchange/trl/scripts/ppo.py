"""PPO from the SFT model against the run's reward model. PPO left TRL with 1.13: see requirements-ppo.txt. This script
was written for `trl.experimental.ppo` and was not run with the other scripts."""

import sys

try:
    from trl.experimental.ppo import PPOConfig, PPOTrainer
except ImportError:
    sys.exit("this TRL has no PPO any more: pip install -r requirements-ppo.txt, in an environment of its own")

from common import arguments, common_args, language_model, per_device, reward_model, save, SETTINGS, table, tokenizer_of

given, settings = arguments("ppo", "models/sft")
tokenizer = tokenizer_of(given.model)
tokenizer.padding_side = "left"
model = language_model(given.model)
reward, scale = reward_model("models/reward")
reward.score.weight.data.div_(scale["deviation"])  # the trainer knows no normalisation; the mean shifts no advantage
value, _ = reward_model(given.model)
value.score.weight.data.zero_()
data = table("prompts")
trainer = PPOTrainer(
    args=PPOConfig(
        **common_args(given.out, settings),
        per_device_train_batch_size=per_device(settings["rollouts"]),
        total_episodes=settings["rollouts"] * settings["steps"],
        num_mini_batches=settings["minibatches"],
        num_ppo_epochs=settings["epochs"],
        response_length=SETTINGS["max_new_tokens"],
        stop_token="eos",
        temperature=1.0,
        missing_eos_penalty=settings["missing_eos_penalty"],
        kl_coef=settings["kl_coef"],
        cliprange=settings["clip_range"],
        cliprange_value=settings["value_clip"],
        vf_coef=settings["value_coef"],
        gamma=settings["gamma"],
        lam=settings["lambda"],
        num_sample_generations=0,
    ),
    processing_class=tokenizer,
    model=model,
    ref_model=language_model(given.model),
    reward_model=reward,
    value_model=value,
    train_dataset=data.map(lambda row: {"input_ids": tokenizer(row["prompt"])["input_ids"]}, remove_columns=["prompt"]),
)
trainer.train()
save(trainer, tokenizer, given.out)
