import { sentence } from '../../messages';
import { bytesOfText } from '../files';
import type { BundleSettings } from './settings';

/** The bundle's README: what lies where, how to run it, and what is different from the lab. */
export function readmeFile(name: string, { scripts, refused }: BundleSettings): Uint8Array<ArrayBuffer> {
  const rows = Object.entries(scripts).map(
    ([script, arms]) => `| \`${script}.py\` | ${Object.keys(arms).join(', ') || 'none, see below'} |`,
  );
  return bytesOfText(
    [
      `# ${name}: on to TRL`,
      '',
      'Models, data and settings of a run of Alignlet, with a script for each method.',
      '',
      '```bash',
      'python -m venv env && . env/bin/activate && pip install -r requirements.txt',
      'accelerate launch sft.py                     # base model -> out/sft',
      'accelerate launch reward.py --model out/sft  # without --model: from the run’s own SFT model',
      'accelerate launch dpo.py --model out/sft',
      'accelerate launch --num_processes 4 grpo.py  # on four GPUs',
      '```',
      '',
      'Without a GPU they run on the CPU. `--steps 3` tries a script, `--arm` picks an arm, `--out` a folder. What a script',
      'saves can be read by the lab: `npm run lab -- import out/dpo`.',
      '',
      '| script | arms |',
      '| --- | --- |',
      ...rows,
      '',
      ...(refused.length > 0
        ? ['Not here:', '', ...refused.map(({ arm, reason }) => `- ${arm}: ${sentence(reason)}.`), '']
        : []),
      '- `models/`: every model of the run; `data/`: demonstrations, pairs and prompts as JSONL and parquet; `settings.json`: what the scripts use.',
      '- Batches come in the order of the run, so that DPO’s margins and accuracies on one process are those of the lab.',
      '- An answer’s text begins with the space that separates it from its prompt: TRL joins the two as plain text.',
      '- TRL puts an `<eos>` behind every answer. Answers that did not end are listed in `unfinished.json`; `reward.py` and `dpo.py` take it off again, `kto.py` does not.',
      '- The first loss of DPO is 0.6931, or the script stops: its reference is loaded from the disk and passed.',
      '- The Trainer and the SFTTrainer of these versions may log (n − 1)/n of GPT-2’s loss; `sft.py` prints the loss per predicted token, which is the lab’s.',
      '- TRL counts a tie as wrong, so the first accuracy of DPO is 0 there and one half in the lab.',
      '- GRPO and RLOO compare several answers to one prompt in place of a value model, so they are no PPO. GRPO’s KL stands in its loss.',
      '- PPO left TRL with 1.13. `ppo.py` needs `requirements-ppo.txt` in an environment of its own, and was not run with these versions.',
      '',
    ].join('\n'),
  );
}
