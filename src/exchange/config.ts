import { message, MessageError } from '../messages';
import { configProblems, type LabConfig } from '../pipeline/lab/config';
import { buildGraph, type Graph } from '../pipeline/lab/graph';

/** The graph of a configuration that was read. Throws a MessageError that names the setting that is not possible. */
export function graphOf(config: LabConfig): Graph {
  const [problem] = configProblems(config);
  if (problem)
    throw new MessageError(message('at', { path: `config.${problem.path}`, problem: problem.message }));
  return buildGraph(config);
}
