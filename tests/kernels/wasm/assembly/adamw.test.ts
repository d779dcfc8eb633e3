import { describe, expect, it } from 'vitest';
import { adamw, globalNorm } from '../../../support/plain/adamw';
import reference from '../../../reference/adamw.json';
import { BUILDS, openKernels } from '../../harness';

const pad = (x: readonly number[]) => Float32Array.from({ length: (x.length + 3) & ~3 }, (_, i) => x[i] ?? 0);

describe.each(BUILDS)('AdamW against torch ($name build)', ({ relaxed }) => {
  it.each(reference.cases)('$name', async ({ inputs, expected }) => {
    const k = await openKernels(relaxed);
    const size = inputs.parameter.length;
    const plain = {
      parameters: [...inputs.parameter],
      first: new Array<number>(size).fill(0),
      second: new Array<number>(size).fill(0),
    };
    const decay = new Array<number>(size).fill(1);
    k.frame(() => {
      const parameters = k.upload(pad(inputs.parameter));
      const [first, second] = [k.upload(pad([0, 0, 0, 0, 0, 0, 0])), k.upload(pad([0, 0, 0, 0, 0, 0, 0]))];
      const norm = k.temporary(1);
      inputs.gradients.forEach((gradient, t) => {
        const step = {
          learningRate: inputs.learning_rate,
          beta1: inputs.beta1,
          beta2: inputs.beta2,
          epsilon: inputs.epsilon,
          weightDecay: inputs.weight_decay,
          maxNorm: inputs.max_grad_norm ?? Infinity,
          correction1: 1 - inputs.beta1 ** (t + 1),
          correction2: 1 - inputs.beta2 ** (t + 1),
        };
        const g = k.upload(pad(gradient));
        k.globalNorm({ gradients: g, norm });
        k.adamw({
          parameters,
          gradients: g,
          firstMoment: first,
          secondMoment: second,
          decay: k.upload(pad(decay)),
          norm,
          step,
        });
        adamw(plain, gradient, decay, step);
        expect(k.readFloats(norm)[0]).toBeCloseTo(expected.grad_norm[t]!, 5);
        expect(globalNorm(gradient)).toBeCloseTo(expected.grad_norm[t]!, 8);
        const after = k.readFloats(parameters);
        expected.parameter_after[t]!.forEach((value, i) => {
          expect(Math.abs(after[i]! - value)).toBeLessThan(1e-5);
          expect(Math.abs(plain.parameters[i]! - value)).toBeLessThan(1e-9);
        });
      });
    });
  });

  it('decays only where the mask says so', async () => {
    const k = await openKernels(relaxed);
    k.frame(() => {
      const zeros = () => k.upload(new Float32Array(4));
      const parameters = k.upload(Float32Array.of(1, 1, 2, 2));
      const step = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.5 };
      const decay = k.upload(Float32Array.of(1, 0, 0, 1));
      k.adamw({
        parameters,
        gradients: zeros(),
        firstMoment: zeros(),
        secondMoment: zeros(),
        decay,
        norm: zeros(),
        step: {
          ...step,
          maxNorm: 1,
          correction1: 0.1,
          correction2: 0.01,
        },
      });
      expect([...k.readFloats(parameters)]).toEqual([0.95, 1, 2, 1.9].map(Math.fround));
    });
  });
});
