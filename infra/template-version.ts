import { CfnOutput, CfnParameter, type Stack } from 'aws-cdk-lib';
import { templateParameter } from '../functions/contracts/names';

/** Tells which template a regional stack was made of. As an output, so that a new value alone is a change to CloudFormation. */
export function templateVersion(stack: Stack): void {
  const { valueAsString } = new CfnParameter(stack, templateParameter);
  new CfnOutput(stack, `${templateParameter}Version`, { value: valueAsString });
}
