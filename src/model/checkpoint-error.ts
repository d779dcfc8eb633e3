import { MessageError } from '../messages';
import type { FileCodes } from '../messages/files';

/** What may be wrong with a file, as a code with its values. */
export type FileProblem = { [C in keyof FileCodes]: { code: C; values: FileCodes[C] } }[keyof FileCodes];

/** A checkpoint file, or what shall be written into one, is not as it has to be; the message is one line. */
export class CheckpointError extends MessageError {
  constructor(readonly problem: FileProblem) {
    super(problem);
    this.name = 'CheckpointError';
  }

  /** The same, saying in which file. */
  in(file: string): CheckpointError {
    const { code, values } = this.problem;
    return new CheckpointError({ code, values: { ...values, file } } as FileProblem);
  }
}
