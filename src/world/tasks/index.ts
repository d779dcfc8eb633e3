import { message, MessageError } from '../../messages';
import type { AlignmentTask } from '../types';
import { chatTask } from './chat';
import { reviewTask } from './review';
import { sumsTask } from './sums';
import { tldrTask } from './tldr';

/** Every alignment task. To add one, write it in a file of its own and name it here. */
const BY_NAME = { review: reviewTask, chat: chatTask, tldr: tldrTask, sums: sumsTask };

export type TaskName = keyof typeof BY_NAME;

/** All tasks in the order in which the page offers them. Their meta data is opaque here. */
export const TASKS: readonly AlignmentTask[] = Object.values(BY_NAME);
export const TASK_NAMES = Object.keys(BY_NAME) as readonly TaskName[];

/** The task of that name. Throws a MessageError that names the existing ones. */
export function taskByName(name: string): AlignmentTask {
  const task = TASKS.find((candidate) => candidate.name === name);
  if (!task) throw new MessageError(message('task.unknown', { task: name, known: TASK_NAMES }));
  return task;
}

export { chatTask, reviewTask, sumsTask, tldrTask };
