import { ActionIcon } from '@mantine/core';
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { setView, useView, type ChartName } from '../store/useView';
import classes from './charts.module.css';

interface ChartFrameProps {
  /** A chart that can fill the whole region. */
  name?: ChartName;
  title: string;
  question: ReactNode;
  /** Units of the vertical axes, left and right. */
  unit: string;
  rightUnit?: string;
  /** What the horizontal axis counts. */
  xUnit: string;
  legend?: ReactNode;
  /** Switches of this chart. */
  controls?: ReactNode;
  /** Over the picture, for keys. */
  scrubber?: ReactNode;
  /** The picture in words. */
  summary: string;
  /** What will appear here; shown instead of an empty picture. */
  empty?: ReactNode;
  children?: ReactNode;
}

/** One question, its picture (a `Plot`), its units and what stands behind it. */
export function ChartFrame(props: ChartFrameProps) {
  const id = useId();
  return (
    <figure className={classes.frame} aria-labelledby={id} data-chart={props.name}>
      <figcaption>
        <div className={classes.titleRow}>
          <h3 id={id} className={classes.title}>
            {props.title}
          </h3>
          <span className={classes.titleEnd}>
            {!props.empty && props.legend && <span className={classes.legend}>{props.legend}</span>}
            {!props.empty && props.controls}
            {!props.empty && props.name && <EnlargeButton name={props.name} title={props.title} />}
          </span>
        </div>
        <p className={classes.question}>{props.question}</p>
      </figcaption>
      {props.empty ? (
        <div className={classes.empty}>{props.empty}</div>
      ) : (
        <>
          <p className={classes.units} aria-hidden>
            <span>{props.unit}</span>
            {props.rightUnit && <span>{props.rightUnit}</span>}
          </p>
          <div className={classes.plot}>
            <div className={classes.picture} role="img" aria-label={props.summary}>
              {props.children}
              <span className={classes.xUnit} data-beside={props.rightUnit ? true : undefined} aria-hidden>
                {props.xUnit}
              </span>
            </div>
            {props.scrubber}
          </div>
        </>
      )}
    </figure>
  );
}

/** Shows one chart in place of all, and back. */
function EnlargeButton({ name, title }: { name: ChartName; title: string }) {
  const { t } = useTranslation();
  const enlarged = useView((s) => s.enlarged === name);
  const label = t(enlarged ? 'charts.smaller' : 'charts.enlarge', { title });
  return (
    <ActionIcon
      size="xs"
      variant="subtle"
      color="gray"
      className={classes.enlarge}
      aria-label={label}
      title={label}
      aria-pressed={enlarged}
      onClick={() => setView({ enlarged: enlarged ? null : name })}
    >
      {enlarged ? <IconArrowsDiagonalMinimize2 size={14} /> : <IconArrowsDiagonal size={14} />}
    </ActionIcon>
  );
}
