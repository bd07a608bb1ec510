import { streamParallelization } from '../../functions/contracts/filters';
import { play, scenarios } from '../scale/scenarios';
import { type Benchmark, enter, type Table } from './table';

const { usual, most } = streamParallelization;

/** How far it goes, in the simulation's engine with the services' limits: calculated, not measured on AWS. */
export const scale: Benchmark = async () => {
  const table: Table = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    enter(table, name, play(scenario, usual));
    for (const parallelization of [1, most]) {
      const { 'seconds to in step': seconds, dollars } = play(scenario, parallelization);
      enter(
        table,
        name,
        { 'seconds to in step': seconds, dollars },
        `, StreamParallelization ${parallelization}`,
      );
    }
  }
  return table;
};
