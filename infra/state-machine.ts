import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Role } from 'aws-cdk-lib/aws-iam';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

const folder = join(import.meta.dirname, '../statemachines');

/** The text of `statemachines/<file>.asl.json`, without its white space. */
export const definitionOf = (file: string): string =>
  JSON.stringify(JSON.parse(readFileSync(join(folder, `${file}.asl.json`), 'utf8')));

/** Names of the functions that a definition calls: its `${Name}`s. */
export const calledBy = (definition: string): string[] => [
  ...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name)),
];

/**
 * A state machine of the file's definition, in which `${Name}` stands for a function's ARN. Its role is named
 * `<name>-Role`: CDK derives no permissions from a file, so they are stated where that role is made.
 */
export function stateMachine(
  scope: Construct,
  name: string,
  file: string,
  functionArns: Record<string, string>,
): StateMachine {
  const definition = definitionOf(file);
  const id = name.replace('MARS-', '');
  return new StateMachine(scope, id, {
    stateMachineName: name,
    definitionBody: DefinitionBody.fromString(definition),
    definitionSubstitutions: Object.fromEntries(
      calledBy(definition).map((called) => [called, functionArns[called] ?? '']),
    ),
    role: Role.fromRoleName(scope, `${id}Role`, `${name}-Role`),
  });
}
