import { InvalidInput } from '../../functions/contracts/errors';
import { parseCreateInput, parseDeleteInput, parseRemovalInput } from '../../functions/contracts/input';
import { longestBaseName } from '../../functions/contracts/names';

const supported = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1'];
const regions = 'us-west-2, eu-west-1,ap-southeast-1';
const longest = longestBaseName(supported);

test('reads the payload of the guide, spaces included', () => {
  expect(parseCreateInput({ BaseName: 'pictures', Regions: regions }, supported)).toEqual({
    BaseName: 'pictures',
    Regions: ['us-west-2', 'eu-west-1', 'ap-southeast-1'],
  });
});

test('takes the longest name that is legal in every region', () => {
  const BaseName = 'a'.repeat(longest);
  expect(longest).toBe(43); // mars-, -, ap-southeast-1: 20 of 63 characters
  expect(parseCreateInput({ BaseName, Regions: regions }, supported).BaseName).toBe(BaseName);
});

test.each<[string, unknown, string, RegExp]>([
  ['no object', 'text', 'input', /a object|an object/],
  ['nothing', undefined, 'input', /object/],
  ['no BaseName', { Regions: regions }, 'BaseName', /string/],
  ['no Regions', { BaseName: 'pictures' }, 'Regions', /string/],
  ['BaseName a number', { BaseName: 7, Regions: regions }, 'BaseName', /string/],
  ['Regions a list', { BaseName: 'pictures', Regions: ['us-west-2'] }, 'Regions', /string/],
  ['unknown field', { BaseName: 'pictures', Regions: regions, Region: 'x' }, 'Region', /no such field/],
  [
    'a region twice',
    { BaseName: 'pictures', Regions: 'us-west-2,us-west-2' },
    'Regions',
    /"us-west-2" is there twice/,
  ],
  ['one region', { BaseName: 'pictures', Regions: 'us-west-2' }, 'Regions', /two regions or more/],
  ['no region', { BaseName: 'pictures', Regions: '' }, 'Regions', /"" is none of them/],
  [
    'a comma too many',
    { BaseName: 'pictures', Regions: 'us-west-2,eu-west-1,' },
    'Regions',
    /"" is none of them/,
  ],
  [
    'an unsupported region',
    { BaseName: 'pictures', Regions: 'us-west-2,eu-north-1' },
    'Regions',
    /"eu-north-1" is none/,
  ],
  [
    'a name of MARS itself',
    { BaseName: 'reports-111122223333', Regions: regions },
    'BaseName',
    /another name/,
  ],
  ['upper case', { BaseName: 'Pictures', Regions: regions }, 'BaseName', /lower-case/],
  ['an empty name', { BaseName: '', Regions: regions }, 'BaseName', /lower-case/],
  ['a dot', { BaseName: 'my.pictures', Regions: regions }, 'BaseName', /lower-case/],
  ['two hyphens', { BaseName: 'my--pictures', Regions: regions }, 'BaseName', /single hyphens/],
  ['a hyphen first', { BaseName: '-pictures', Regions: regions }, 'BaseName', /between them/],
  ['a hyphen last', { BaseName: 'pictures-', Regions: regions }, 'BaseName', /between them/],
  ['too long a name', { BaseName: 'a'.repeat(longest + 1), Regions: regions }, 'BaseName', /at most 43/],
])('refuses %s', (_, input, field, expected) => {
  const refusal = refusalOf(() => parseCreateInput(input, supported));
  expect(refusal.name).toBe('InvalidInput');
  expect(refusal.detail.field).toBe(field);
  expect(refusal.detail.expected).toMatch(expected);
  expect(JSON.parse(refusal.message)).toEqual(JSON.parse(JSON.stringify(refusal.detail)));
});

test('names the value that is wrong', () => {
  const refusal = refusalOf(() => parseCreateInput({ BaseName: 7, Regions: regions }, supported));
  expect(refusal.detail.value).toBe(7);
});

test('deleting keeps current objects unless told', () => {
  expect(parseDeleteInput({ BaseName: 'pictures' }, supported).EmptyBuckets).toBe(false);
  expect(parseDeleteInput({ BaseName: 'pictures', EmptyBuckets: true }, supported).EmptyBuckets).toBe(true);
  expect(refusalOf(() => parseDeleteInput({ BaseName: 'x', EmptyBuckets: 'yes' }, supported)).detail).toEqual(
    {
      field: 'EmptyBuckets',
      value: 'yes',
      expected: 'a boolean',
    },
  );
});

test('what becomes of the buckets of regions that leave is never guessed', () => {
  const request = { BaseName: 'pictures', Regions: 'eu-west-1' };
  expect(parseRemovalInput({ ...request, Buckets: 'Keep' }, supported)).toEqual({
    ...request,
    Regions: ['eu-west-1'],
    Buckets: 'Keep',
  });
  for (const wrong of [request, { ...request, Buckets: 'keep' }])
    expect(refusalOf(() => parseRemovalInput(wrong, supported)).detail).toMatchObject({
      field: 'Buckets',
      expected: expect.stringContaining('"Keep"|"Delete"'),
    });
});

function refusalOf(parse: () => unknown): InvalidInput {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
