import { join } from 'node:path';
import type { CallExpression, NewExpression, Node } from 'typescript/unstable/ast';
import { isCallExpression, isNewExpression } from 'typescript/unstable/ast/is';
import { API, SymbolFlags } from 'typescript/unstable/sync';

/**
 * Every request to S3 that can name the account that a bucket must belong to does (S3 User Guide, "Verifying bucket
 * ownership with bucket owner condition"): the compiler's own types tell which can, and whether what it is given always
 * has it.
 */
const root = join(import.meta.dirname, '../../..');
const config = join(root, 'tsconfig.json');
const owners = ['ExpectedBucketOwner', 'ExpectedSourceBucketOwner'];

type Call = CallExpression | NewExpression;
function callsIn(node: Node): Call[] {
  const found: Call[] = isNewExpression(node) || isCallExpression(node) ? [node] : [];
  node.forEachChild((child) => {
    found.push(...callsIn(child));
  });
  return found;
}

const api = new API({ cwd: root });
afterAll(() => api.close());

/** Each request of the code, with those of its arguments' owners that may be missing. */
function requests(): { operation: string; takes: string[]; lacks: string[] }[] {
  const project = api.updateSnapshot({ openProject: config }).getProject(config);
  if (!project) throw new Error(`no project: ${config}`);
  const { checker, program } = project;
  const files = program
    .getSourceFileNames()
    .filter((file) => /^\/(functions|cli|infra)\//.test(file.slice(root.length)));
  return files.flatMap((file) => {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`no source: ${file}`);
    return callsIn(source).flatMap((call) => {
      const operation = call.expression.getText(source);
      if (!/^paginate|Command$/.test(operation)) return [];
      const at = operation.startsWith('paginate') ? 1 : 0;
      const signature = checker.getResolvedSignature(call);
      const parameter = signature && checker.getParameterType(signature, at);
      const argument = call.arguments?.[at];
      const given = argument && checker.getTypeAtLocation(argument);
      const takes = owners.filter((name) => parameter && checker.getPropertyOfType(parameter, name));
      const lacks = takes.filter((name) => {
        const property = given && checker.getPropertyOfType(given, name);
        const type = property && checker.getTypeOfSymbol(property);
        return !type || property.flags & SymbolFlags.Optional || checker.typeToString(type) !== 'string';
      });
      return [{ operation: `${file.slice(root.length + 1)}: ${operation}`, takes, lacks }];
    });
  });
}

test('every request that can names the owner of its bucket, and of the bucket it copies from', () => {
  const all = requests();
  expect(all.filter(({ lacks }) => lacks.length > 0)).toEqual([]);
  expect(all).toContainEqual({
    operation: 'functions/replication/objects.ts: CopyObjectCommand',
    takes: owners,
    lacks: [],
  });
});
