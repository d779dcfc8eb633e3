import { create } from 'zustand';
import { labelId, labelSchema, type Choice, type Label, type Question } from '../../pipeline/data/labels';
import { own } from '../store/own';
import { remember } from '../store/undo';

interface LabelsState {
  /** Of everybody and of all tasks, as they are kept in this browser. */
  labels: readonly Label[];
  loaded: boolean;
  /** Who is labelling; empty: not said yet. */
  who: string;
}

export const useLabels = create<LabelsState>(() => ({ labels: [], loaded: false, who: '' }));

const readLabel = (value: unknown): Label | undefined => labelSchema.safeParse(value).data;

const latest = (labels: readonly Label[]): Label | undefined =>
  labels.reduce<Label | undefined>(
    (last, label) => (!last || label.when > last.when ? label : last),
    undefined,
  );

let writing: Promise<unknown> = Promise.resolve();

/** One after the other: what is taken back and said again must not be deleted late. */
function write(work: () => Promise<unknown>): void {
  writing = writing.then(work);
}

/** Reads what is kept: another tab may have added to it. */
export async function loadLabels(): Promise<void> {
  await writing;
  const things = await own.list('labels', readLabel);
  const labels = things.map(({ value }) => value);
  useLabels.setState(({ who }) => ({ labels, loaded: true, who: who || (latest(labels)?.who ?? '') }));
}

export const beLabeler = (who: string): void => useLabels.setState({ who });

const put = (label: Label): void => write(() => own.put('labels', labelId(label), label));

const drop = (label: Label): void => write(() => own.delete('labels', labelId(label)));

const withLabel = (labels: readonly Label[], label: Label): Label[] => {
  const id = labelId(label);
  return [...labels.filter((one) => labelId(one) !== id), label];
};

/** Notes what the labeler says of a question. */
export function say({ comparison, repeat }: Question, choice: Choice): void {
  const { labels, who } = useLabels.getState();
  const when = Math.max(Date.now(), 1 + (latest(labels.filter((l) => l.who === who))?.when ?? 0));
  const label: Label = { ...comparison, choice, who, when, repeat };
  useLabels.setState({ labels: withLabel(labels, label) });
  put(label);
}

/** The last thing that this person said. */
export const lastOf = (labels: readonly Label[], who: string, task: string): Label | undefined =>
  latest(labels.filter((label) => label.who === who && label.task === task));

/** Takes the labeler's last label back; they are asked the same again. */
export function takeBack(task: string): void {
  const { labels, who } = useLabels.getState();
  const last = lastOf(labels, who, task);
  if (!last) return;
  useLabels.setState({ labels: labels.filter((label) => label !== last) });
  drop(last);
}

/** Takes in labels from elsewhere, in place of those of the same names. */
export function takeIn(coming: readonly Label[]): void {
  useLabels.setState(({ labels }) => ({ labels: coming.reduce(withLabel, labels as Label[]) }));
  for (const label of coming) put(label);
}

/** Deletes what a person has labelled; the page offers to undo it under this name. */
export function removePerson(who: string, name: string): void {
  const gone = useLabels.getState().labels.filter((label) => label.who === who);
  useLabels.setState(({ labels }) => ({ labels: labels.filter((label) => label.who !== who) }));
  for (const label of gone) drop(label);
  remember({ what: 'own', name, back: () => takeIn(gone) });
}
