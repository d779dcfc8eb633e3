import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { sum } from '../../pipeline/maths/statistics';
import { exactKl, topCandidates } from '../../pipeline/maths/distribution';
import { decode, EOS } from '../../world';
import { fixed, percent } from '../i18n/format';
import { useView } from '../store/useView';
import classes from './look.module.css';
import { logRatios, partingOf, ppoTerm, type Strip } from './terms';
import { useNext, type Scope } from './useScope';

interface PanelProps {
  id: string;
  title: string;
  children: ReactNode;
}

function Panel({ id, title, children }: PanelProps) {
  const lit = useView((s) => s.highlighted === id);
  return (
    <section className={classes.scopePanel} data-panel={id} data-lit={lit || undefined}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

const wordOf = (id: number): string => (id === EOS ? '■' : decode([id])[0]!);

type Next = ReturnType<typeof useNext>;

interface TokenProps {
  strip: Strip;
  at: number;
}

/** The likeliest words here, under the model and its reference. */
export function Candidates({ next, strip, at }: TokenProps & { next: Next }) {
  const { t } = useTranslation('look');
  const id = strip.completion[at]!;
  const after = strip.after?.[at];
  return (
    <Panel id="candidates" title={t('scope.panel.candidates')}>
      {next ? (
        <table className={classes.candidates} aria-label={t('scope.panel.candidates')}>
          <tbody>
            {topCandidates(next.own, next.reference, 5, [id]).map((c) => (
              <tr key={c.id} data-said={c.id === id || undefined}>
                <th scope="row">{wordOf(c.id)}</th>
                <td>
                  <span style={{ width: `${100 * c.reference}%`, background: 'var(--sft)' }} />
                  <span style={{ width: `${100 * c.probability}%`, background: 'var(--text)' }} />
                </td>
                <td>
                  <small>{percent(c.reference)}</small> <b>{percent(c.probability)}</b>
                  {c.id === id && after !== undefined && <b> → {percent(Math.exp(after))}</b>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className={classes.about}>{t('scope.noModel')}</p>
      )}
      <p className={classes.about}>{t('scope.bars')}</p>
    </Panel>
  );
}

const Line = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{name}</dt>
    <dd data-sign={value.startsWith('−') ? 'minus' : 'plus'}>{value}</dd>
  </>
);

/** How far this word is from the reference, and what that costs. */
export function Distance({
  next,
  strip,
  at,
  klCoef,
}: TokenProps & { next: Next; klCoef: number | undefined }) {
  const { t } = useTranslation('look');
  const ratio = strip.own[at]! - strip.reference[at]!;
  return (
    <Panel id="distance" title={t('scope.panel.distance')}>
      <p className={classes.big}>
        {fixed(ratio, 2, true)} <small>{t('scope.nats')}</small>
      </p>
      <dl>
        <Line name={t('scope.own')} value={fixed(strip.own[at]!)} />
        <Line name={t('scope.reference')} value={fixed(strip.reference[at]!)} />
        {next && <Line name={t('scope.exactKl')} value={fixed(exactKl(next.own, next.reference), 3)} />}
        {klCoef !== undefined && (
          <Line name={t('scope.price', { beta: fixed(klCoef) })} value={fixed(-klCoef * ratio, 3, true)} />
        )}
        <Line name={t('scope.whole')} value={fixed(sum(logRatios(strip)), 2, true)} />
      </dl>
    </Panel>
  );
}

/** Whether what came was better than expected. */
export function Advantage({ strip, at }: TokenProps) {
  const { t } = useTranslation('look');
  const advantage = (strip.advantages ?? strip.rawAdvantages)?.[at];
  if (advantage === undefined || !strip.values) return null;
  return (
    <Panel id="advantage" title={t('scope.panel.advantage')}>
      <p className={classes.big} data-sign={advantage < 0 ? 'minus' : 'plus'}>
        {fixed(advantage, 2, true)}
      </p>
      <dl>
        <Line name={t('scope.value')} value={fixed(strip.values[at]!, 2, true)} />
        <Line name={t('scope.reward')} value={fixed(strip.rewards![at]!, 3, true)} />
        <Line name={t('scope.raw')} value={fixed(strip.rawAdvantages![at]!, 2, true)} />
        {strip.advantages && <Line name={t('scope.whitened')} value={fixed(advantage, 2, true)} />}
      </dl>
    </Panel>
  );
}

const W = 240;
const H = 120;

/** The objective over the ratio: where the clip takes the gradient away it is flat. */
export function Clip({ strip, at, clip, colour }: TokenProps & { clip: number | null; colour: string }) {
  const { t } = useTranslation('look');
  const after = strip.after?.[at];
  const advantage = strip.advantages?.[at];
  if (after === undefined || advantage === undefined) return null;
  const ratio = Math.exp(after - strip.own[at]!);
  const reach = Math.max(0.6, Math.abs(ratio - 1) * 1.2, 2 * (clip ?? 0));
  const x = (r: number) => W / 2 + ((r - 1) / reach) * (W / 2);
  const height = (r: number) => ppoTerm(r, advantage, clip).objective;
  const steps = Array.from({ length: 41 }, (_, i) => Math.max(0, 1 - reach + (i / 20) * reach));
  const [low, high] = [Math.min(...steps.map(height)), Math.max(...steps.map(height))];
  const y = (v: number) => 10 + (H - 20) * (1 - (v - low) / (high - low || 1));
  const term = ppoTerm(ratio, advantage, clip);
  const edge = clip === null ? null : advantage < 0 ? 1 - clip : 1 + clip;
  return (
    <Panel id="clip" title={t('scope.panel.clip')}>
      <p className={classes.about}>{t(term.isStopped ? 'scope.isStopped' : 'scope.isFree')}</p>
      <svg
        viewBox={`0 0 ${W} ${H + 18}`}
        className={classes.clip}
        role="img"
        aria-label={t('scope.clipAlt', { ratio: fixed(ratio), value: fixed(term.objective, 2, true) })}
      >
        {edge !== null && (
          <rect
            x={advantage < 0 ? 0 : x(edge)}
            width={Math.max(0, advantage < 0 ? x(edge) : W - x(edge))}
            height={H}
            fill="var(--look-here)"
          />
        )}
        {clip !== null &&
          [1 - clip, 1 + clip].map((r) => (
            <g key={r}>
              <path d={`M${x(r)} 0V${H}`} stroke="var(--text-muted)" strokeDasharray="3 3" />
              <text x={x(r)} y={H + 14} textAnchor="middle" fontSize="11" fill="var(--text-muted)">
                {fixed(r, 1)}
              </text>
            </g>
          ))}
        <text x={x(1)} y={H + 14} textAnchor="middle" fontSize="11" fill="var(--text-muted)">
          1
        </text>
        <polyline
          points={steps.map((r) => `${x(r)},${y(height(r))}`).join(' ')}
          fill="none"
          stroke={colour}
          strokeWidth="2.5"
        />
        <circle cx={x(1)} cy={y(height(1))} r="4" fill="var(--surface)" stroke={colour} strokeWidth="2" />
        <circle cx={x(ratio)} cy={y(term.objective)} r="5.5" fill={colour} />
      </svg>
      <p className={classes.about}>{t('scope.ratioAxis', { ratio: fixed(ratio) })}</p>
    </Panel>
  );
}

/** Where probability went: to the chosen word, the rejected one, or to neither. */
export function Elsewhere({ scope }: { scope: Scope }) {
  const { t } = useTranslation('look');
  const [chosen, rejected] = scope.strips as [Strip, Strip];
  const at = partingOf(chosen.completion, rejected.completion);
  const next = useNext(scope, [...chosen.prompt, ...chosen.completion.slice(0, at)]);
  const gains = [chosen, rejected].map((strip) => sum(logRatios(strip))) as [number, number];
  const ids = [chosen.completion[at], rejected.completion[at]];
  const share = (logs: readonly number[]) => {
    const [a, b] = ids.map((id) => (id === undefined ? 0 : Math.exp(logs[id]!))) as [number, number];
    return [a, b, Math.max(0, 1 - a - b)] as const;
  };
  const both = gains[0] < 0 && gains[1] < 0;
  return (
    <Panel id="elsewhere" title={t('scope.panel.elsewhere')}>
      <dl>
        <Line name={t('scope.chosenGain')} value={fixed(gains[0], 2, true)} />
        <Line name={t('scope.rejectedGain')} value={fixed(gains[1], 2, true)} />
      </dl>
      {next && (
        <table className={classes.candidates} aria-label={t('scope.panel.elsewhere')}>
          <tbody>
            {(['chosen', 'rejected', 'elsewhere'] as const).map((where, i) => (
              <tr key={where}>
                <th scope="row">
                  {t(`scope.where.${where}`)} {i < 2 && ids[i] !== undefined && <i>{wordOf(ids[i])}</i>}
                </th>
                <td>
                  <span style={{ width: `${100 * share(next.reference)[i]!}%`, background: 'var(--sft)' }} />
                  <span style={{ width: `${100 * share(next.own)[i]!}%`, background: 'var(--text)' }} />
                </td>
                <td>
                  <small>{percent(share(next.reference)[i]!)}</small> <b>{percent(share(next.own)[i]!)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={classes.about}>{t(both ? 'scope.bothFell' : 'scope.parting')}</p>
    </Panel>
  );
}
