import * as z from 'zod';
import { InvalidInput } from './errors';
import { isBaseName, isTakenByMars, longestBaseName } from './names';

export const createInput = z.strictObject({ BaseName: z.string(), Regions: z.string() });
export const deleteInput = z.strictObject({
  BaseName: z.string(),
  EmptyBuckets: z.boolean().optional(),
});

/** `Buckets`: whether what the regions hold stays there, out of reach of MARS, or goes. Nobody is to lose data by a default. */
export const removalInput = createInput.extend({ Buckets: z.enum(['Keep', 'Delete']) });

export const updateInput = z.strictObject({ BaseName: z.string().optional() });

export const reconcileInput = z.strictObject({
  BaseName: z.string(),
  /** Of the keys that are compared; absent: all keys. */
  Prefix: z.string().optional(),
  /** The only region that is judged, or several separated by commas; absent: all of the set. */
  Region: z.string().optional(),
  /** Absent: true. */
  Repair: z.boolean().optional(),
  /** Absent: false. */
  Deep: z.boolean().optional(),
  /** Differences that are younger are on their way; absent: as MARS was deployed. */
  GraceMinutes: z.number().nonnegative().optional(),
});
export const redriveRequest = z.strictObject({
  BaseName: z.string(),
  /** One key, or those with a prefix; neither: all. */
  Key: z.string().optional(),
  Prefix: z.string().optional(),
  Region: z.string().optional(),
});

/** What a user asks MARS-CreateMARSBucket for, with the regions as a list. */
export interface CreateRequest {
  BaseName: string;
  Regions: string[];
}

/**
 * Parses the payload of MARS-CreateMARSBucket.
 * @throws InvalidInput naming the field, its value and what would be right.
 */
export const parseCreateInput = (input: unknown, supportedRegions: string[]): CreateRequest =>
  parseRegionsInput(input, supportedRegions, 2);

/** Parses the payload of MARS-AddRegion. @throws InvalidInput as {@link parseCreateInput}. */
export function parseRegionsInput(
  input: unknown,
  supportedRegions: string[],
  fewest: 1 | 2 = 1,
): CreateRequest {
  const { BaseName, Regions } = parse(createInput, input);
  checkBaseName(BaseName, supportedRegions);
  return { BaseName, Regions: parseRegions(Regions, supportedRegions, fewest) };
}

/** Parses the payload of MARS-RemoveRegion. @throws InvalidInput as {@link parseCreateInput}. */
export function parseRemovalInput(
  input: unknown,
  supportedRegions: string[],
): CreateRequest & { Buckets: 'Keep' | 'Delete' } {
  const { Buckets, ...request } = parse(removalInput, input);
  return { ...parseRegionsInput(request, supportedRegions), Buckets };
}

/** Parses the payload of MARS-UpdateRegions. @throws InvalidInput as {@link parseCreateInput}. */
export function parseUpdateInput(
  input: unknown,
  supportedRegions: string[],
): { BaseName?: string | undefined } {
  const request = parse(updateInput, input);
  if (request.BaseName !== undefined) checkBaseName(request.BaseName, supportedRegions);
  return request;
}

/** Parses the payload of MARS-DeleteMARSBucket. @throws InvalidInput as {@link parseCreateInput}. */
export function parseDeleteInput(
  input: unknown,
  supportedRegions: string[],
): { BaseName: string; EmptyBuckets: boolean } {
  const { BaseName, EmptyBuckets = false } = parse(deleteInput, input);
  checkBaseName(BaseName, supportedRegions);
  return { BaseName, EmptyBuckets };
}

/** Parses the payload of MARS-Reconcile. @throws InvalidInput as {@link parseCreateInput}. */
export function parseReconcileInput(input: unknown, supportedRegions: string[]) {
  const { Prefix = '', Repair = true, Deep = false, ...rest } = parse(reconcileInput, input);
  checkBaseName(rest.BaseName, supportedRegions);
  return { ...rest, Prefix, Repair, Deep };
}

/** Parses the payload of MARS-Redrive. @throws InvalidInput as {@link parseCreateInput}. */
export function parseRedriveInput(input: unknown, supportedRegions: string[]) {
  const { BaseName, Key, Prefix, Region } = parse(redriveRequest, input);
  checkBaseName(BaseName, supportedRegions);
  if (Key !== undefined && Prefix !== undefined)
    throw new InvalidInput({ field: 'Prefix', value: Prefix, expected: 'no such field beside Key' });
  return { BaseName, Region, Scope: Key === undefined ? { Prefix: Prefix ?? '' } : { Key } };
}

function parse<Shape>(schema: z.ZodType<Shape>, input: unknown): Shape {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const field = issue.keys[0] ?? '';
    const value = (input as Record<string, unknown>)[field];
    throw new InvalidInput({ field, value, expected: 'no such field' });
  }
  const field = issue?.path.join('.') || 'input';
  const value = issue?.path.reduce<unknown>((at, name) => (at as Record<PropertyKey, unknown>)[name], input);
  const expected = issue?.code === 'invalid_type' ? `a ${issue.expected}` : String(issue?.message);
  throw new InvalidInput({ field, value: value ?? null, expected });
}

function checkBaseName(value: string, supportedRegions: string[]): void {
  const longest = longestBaseName(supportedRegions);
  if (!isBaseName(value) || value.length > longest) {
    const expected = `lower-case letters, digits and single hyphens between them, at most ${longest} characters`;
    throw new InvalidInput({ field: 'BaseName', value, expected });
  }
  if (isTakenByMars(value)) {
    const expected = 'another name: its buckets would have the names of those for code or reports';
    throw new InvalidInput({ field: 'BaseName', value, expected });
  }
}

function parseRegions(value: string, supportedRegions: string[], fewest: 1 | 2): string[] {
  const refuse = (expected: string) => new InvalidInput({ field: 'Regions', value, expected });
  const regions = value.split(',').map((region) => region.trim());
  const unsupported = regions.find((region) => !supportedRegions.includes(region));
  if (unsupported !== undefined) {
    throw refuse(`each of ${supportedRegions.join(', ')}; "${unsupported}" is none of them`);
  }
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) throw refuse(`each region once; "${twice}" is there twice`);
  if (regions.length < fewest) throw refuse('two regions or more, separated by commas');
  return regions;
}
