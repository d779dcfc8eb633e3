/**
 * The same GPT as ours (parameter layout, tied head, AdamW with clipping) written for @jax-js/jax: one jitted train
 * step. `options` choose between equivalent formulations, so that the library can be given its fastest one.
 */
export function createJaxGpt(
  jax,
  { config, layout, weights, rows, length, adam, attention = 'library', separate = false },
) {
  const { numpy: np, nn, jit, valueAndGrad } = jax;
  const { vocabSize: V, nEmbd: d, nLayer: L, nHead: H } = config;
  const [B, T] = [rows, length];
  const used = layout.filter((p) => !p.name.startsWith('score.'));
  const place = new Map(used.map((p, i) => [p.name, i]));

  /** Mean negative log-likelihood of tokens 1…T−1; consumes its arguments. */
  const lossOf = (params, ids, targets) => {
    const w = (name) => params[place.get(`transformer.${name}`)].ref;
    const norm = (x, name) =>
      nn
        .standardize(x, -1)
        .mul(w(`${name}.weight`))
        .add(w(`${name}.bias`));
    const dense = (x, name) => np.matmul(x, w(`${name}.weight`)).add(w(`${name}.bias`));
    let x = np
      .matmul(separate ? ids : nn.oneHot(ids, V), w('wte.weight'))
      .reshape([B, T, d])
      .add(w('wpe.weight').slice([0, T]))
      .reshape([B * T, d]);
    for (let i = 0; i < L; i++) {
      const qkv = dense(norm(x.ref, `h.${i}.ln_1`), `h.${i}.attn.c_attn`).reshape([B, T, 3, H, d / H]);
      const part = (k) => (k < 2 ? qkv.ref : qkv).slice([], [], k);
      const [q, k, v] = [part(0), part(1), part(2)];
      const heads =
        attention === 'library' ? nn.dotProductAttention(q, k, v, { isCausal: true }) : handWritten(q, k, v);
      x = x.add(dense(heads.reshape([B * T, d]), `h.${i}.attn.c_proj`));
      const inner = nn.gelu(dense(norm(x.ref, `h.${i}.ln_2`), `h.${i}.mlp.c_fc`));
      x = x.add(dense(inner, `h.${i}.mlp.c_proj`));
    }
    x = norm(x, 'ln_f')
      .reshape([B, T, d])
      .slice([], [0, T - 1])
      .reshape([B * (T - 1), d]);
    const logits = np.matmul(x, w('wte.weight').transpose());
    const logProbs = nn.logSoftmax(logits, -1).mul(separate ? targets : nn.oneHot(targets, V));
    for (const p of params) p.dispose();
    return logProbs.sum().mul(-1 / (B * (T - 1)));
  };

  const handWritten = (q, k, v) => {
    const heads = (x) => x.transpose([0, 2, 1, 3]);
    const scores = np.matmul(heads(q).mul(1 / Math.sqrt(d / H)), k.transpose([0, 2, 3, 1]));
    const mask = np
      .tril(np.ones([T, T]))
      .sub(1)
      .mul(1e4);
    return np.matmul(nn.softmax(scores.add(mask), -1), heads(v)).transpose([0, 2, 1, 3]);
  };

  const train = jit((state, ids, targets, rates) => {
    const { p, m, v } = state;
    const [loss, grads] = valueAndGrad(lossOf)(
      p.map((x) => x.ref),
      ids,
      targets,
    );
    const squares = grads.map((g) => g.ref.mul(g.ref).sum());
    const norm = np.sqrt(squares.reduce((a, b) => a.add(b)));
    const scale = np.minimum(np.reciprocal(norm.add(1e-6)).mul(adam.maxGradNorm), 1);
    const [rate, root] = [rates.ref.slice(0), rates.slice(1)];
    const next = { p: [], m: [], v: [] };
    used.forEach((spec, i) => {
      const g = grads[i].mul(scale.ref);
      const m1 = m[i].mul(adam.beta1).add(g.ref.mul(1 - adam.beta1));
      const v1 = v[i].mul(adam.beta2).add(g.ref.mul(g).mul(1 - adam.beta2));
      const move = m1.ref.div(np.sqrt(v1.ref).mul(root.ref).add(adam.epsilon)).mul(rate.ref);
      const kept = spec.decay ? p[i].mul(1 - adam.learningRate * adam.weightDecay) : p[i];
      next.p.push(kept.sub(move));
      next.m.push(m1);
      next.v.push(v1);
    });
    for (const x of [scale, rate, root]) x.dispose();
    return { state: next, loss };
  });

  const oneHot = jit((x) => nn.oneHot(x, V));

  const array = (data, shape) => np.array(data).reshape([...shape]);
  let state = {
    p: used.map((s) => array(weights.slice(s.offset, s.offset + s.size), s.shape)),
    m: used.map((s) => np.zeros([...s.shape])),
    v: used.map((s) => np.zeros([...s.shape])),
  };
  let step = 0;
  return {
    /** One training step on B rows of T tokens; the loss is an array to read or dispose. */
    step(batch) {
      const ids = np.array(Int32Array.from(batch.flat()));
      const targets = np.array(Int32Array.from(batch.flatMap((row) => row.slice(1))));
      step++;
      const rates = np.array(
        Float32Array.of(adam.learningRate / (1 - adam.beta1 ** step), 1 / Math.sqrt(1 - adam.beta2 ** step)),
      );
      const tokens = separate ? [oneHot(ids), oneHot(targets)] : [ids, targets];
      const result = train(state, ...tokens, rates);
      state = result.state;
      return result.loss;
    },
    /** Once the last step's update of the parameters is done. */
    finished: () => jax.blockUntilReady(state),
    dispose() {
      for (const x of [...state.p, ...state.m, ...state.v]) x.dispose();
      train.dispose();
      oneHot.dispose();
    },
  };
}
