/** A lower temperature is greedy: logits divided by it could leave float32, where no token can be told from another. */
const COLDEST = 1e-6;

/** The temperature that a sampler divides by; 0 is greedy. */
export const samplingTemperature = (temperature: number): number => (temperature < COLDEST ? 0 : temperature);
