import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { findStack } from '../common/cloudformation';
import { BaseNameInUse, InvalidInput } from '../contracts/errors';
import { parseCreateInput, parseDeleteInput } from '../contracts/input';
import { stackNames } from '../contracts/names';
import { type ValidateInputOutput, validateInputInput } from '../contracts/stacks';

interface ValidateInputPorts {
  cloudFormation: (region: string) => Pick<CloudFormationClient, 'send'>;
  supportedRegions: string[];
}

export const handlerOf = (ports: ValidateInputPorts) => (event: unknown) => {
  const { Workflow, Input } = validateInputInput.parse(event);
  return Workflow === 'Create' ? validateCreate(Input, ports) : validateDelete(Input, ports);
};

/** @throws InvalidInput, or BaseNameInUse when any supported region has a stack of this set. */
async function validateCreate(input: unknown, ports: ValidateInputPorts): Promise<ValidateInputOutput> {
  const request = parseCreateInput(input, ports.supportedRegions);
  const found = await regionsOfSet(request.BaseName, ports);
  if (found.length > 0) {
    const expected = `a name that no set has; this one has stacks in ${found.join(', ')}`;
    throw new BaseNameInUse({ field: 'BaseName', value: request.BaseName, expected });
  }
  return { ...request, EmptyBuckets: false };
}

/** Regions of the set, the journal's home first. @throws InvalidInput when there is no such set. */
async function validateDelete(input: unknown, ports: ValidateInputPorts): Promise<ValidateInputOutput> {
  const { BaseName, EmptyBuckets } = parseDeleteInput(input, ports.supportedRegions);
  const Regions = await regionsOfSet(BaseName, ports);
  if (Regions.length === 0) {
    const expected = 'the name of a set that exists; no region has a stack of this one';
    throw new InvalidInput({ field: 'BaseName', value: BaseName, expected });
  }
  return { BaseName, Regions, EmptyBuckets };
}

async function regionsOfSet(
  baseName: string,
  { cloudFormation, supportedRegions }: ValidateInputPorts,
): Promise<string[]> {
  const having = async (name: string) => {
    const stacks = await Promise.all(
      supportedRegions.map((region) => findStack(cloudFormation(region), name)),
    );
    return supportedRegions.filter((_, index) => stacks[index] !== undefined);
  };
  const homes = await having(stackNames.journal(baseName));
  const regions = await having(stackNames.bucket(baseName));
  return [...new Set([...homes, ...regions])];
}
