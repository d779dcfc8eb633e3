import type { ReactNode } from 'react';
import { useId } from 'react';
import { ResponsiveContainer } from 'recharts';
import classes from './charts.module.css';

interface ChartFrameProps {
  title: string;
  question: string;
  /** Units of the vertical axes, left and right. */
  unit: string;
  rightUnit?: string;
  /** What the horizontal axis counts. */
  xUnit: string;
  legend?: ReactNode;
  /** The picture in words. */
  summary: string;
  /** What will appear here; shown instead of an empty picture. */
  empty?: ReactNode;
  children: ReactNode;
}

/** One question, its picture, its units and what stands behind it. */
export function ChartFrame(props: ChartFrameProps) {
  const id = useId();
  return (
    <figure className={classes.frame} aria-labelledby={id}>
      <figcaption className={classes.caption}>
        <div className={classes.titleRow}>
          <h3 id={id} className={classes.title}>
            {props.title}
          </h3>
          {props.legend}
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
          <div className={classes.plot} role="img" aria-label={props.summary}>
            <ResponsiveContainer width="100%" height="100%" debounce={50} minWidth={0}>
              {props.children}
            </ResponsiveContainer>
            <span className={classes.xUnit} aria-hidden>
              {props.xUnit}
            </span>
          </div>
        </>
      )}
    </figure>
  );
}
