import { Template } from 'aws-cdk-lib/assertions';
import { stacks } from '../unit/stacks';

/** An action that a role is granted. */
export interface Granted {
  role: string;
  action: string;
}

interface Statement {
  Effect: string;
  Action: string | string[];
}
interface Role {
  Properties: { RoleName: string; Policies?: { PolicyDocument: { Statement: Statement[] } }[] };
}

/** All that the root stack's roles are granted, by their names. */
export function allGranted(): Granted[] {
  const roles: Role[] = Object.values(
    Template.fromStack(stacks.root).findResources('AWS::IAM::Role'),
  ) as never;
  return roles.flatMap(({ Properties: { RoleName: role, Policies = [] } }) => {
    const statements = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    return [...new Set(allowed)].map((action) => ({ role, action }));
  });
}
