import { parameterCount } from '../../model/parameters';
import type { GptConfig } from '../../model/config';

/**
 * Arithmetic to read `tokens` tokens once, in millions of floating-point operations: 2 per parameter and token,
 * and 4·layers·width·tokens²⁄2 for causal attention (Kaplan et al. 2020, §2.1; positions and look-ups are free).
 */
export function megaflops(config: GptConfig, tokens: number): number {
  const attention = 2 * config.nLayer * config.nEmbd * tokens ** 2;
  return (2 * parameterCount(config) * tokens + attention) / 1e6;
}
