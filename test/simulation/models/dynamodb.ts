import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { failedIndex } from '../../../functions/contracts/names';

export type Item = Record<string, unknown>;

interface Setting {
  /** Attributes of the primary key. */
  keys: [string, ...string[]];
  /** After each change, with the item as it is now. */
  changed?: (item: Item) => void;
  /** Milliseconds. */
  now: () => number;
  /** Whether a read that is not consistent misses the latest change. */
  misses: () => boolean;
}

/** Milliseconds: no document gives a bound; "usually within a second" is said of replicas in other regions. */
const longestStale = 10_000;

/**
 * A table of one region, with the calls that MARS makes. A read that is not consistent may miss the latest change
 * (Developer Guide, "DynamoDB read consistency"); what decides is read consistently: the model refuses others, but of
 * BatchGetItem. Conditions are those that MARS sets (DynamoDB Developer Guide, "Condition expressions"): any other
 * fails, so none is taken for true. The test tables-model holds it against the embedded AWS.
 */
export class Table {
  readonly items = new Map<string, Item>();
  /** By key: the item before its latest change, and when that was. */
  private readonly former = new Map<string, { item: Item | undefined; changed: number }>();

  constructor(private readonly setting: Setting) {}

  keyOf = (item: Item): string => JSON.stringify(this.setting.keys.map((name) => item[name]));

  get(item: Item): Item | undefined {
    return this.items.get(this.keyOf(item));
  }

  /** As a read that is not consistent shows it. */
  private getStale(item: Item): Item | undefined {
    const former = this.former.get(this.keyOf(item));
    const isRecent = former && this.setting.now() - former.changed < longestStale;
    return isRecent && this.setting.misses() ? former.item : this.get(item);
  }

  /** One of a BatchGetItem. */
  getOne(item: Item, isConsistent: boolean): Item | undefined {
    const found = isConsistent ? this.get(item) : this.getStale(item);
    return found && (copyOf(found) as Item);
  }

  /** Stores an item, without condition. */
  store(item: Item): void {
    const key = this.keyOf(item);
    this.former.set(key, { item: this.items.get(key), changed: this.setting.now() });
    this.items.set(key, item);
    this.setting.changed?.(item);
  }

  /** What the SDK's call answers. @throws ConditionalCheckFailedException */
  execute(command: object): object {
    if (command instanceof QueryCommand) {
      const { ConsistentRead, ExpressionAttributeValues } = command.input;
      mustBe(ConsistentRead === true, 'a consistent read');
      const partition = Object.values(ExpressionAttributeValues ?? {})[0];
      return { Items: this.of(partition).map(copyOf) };
    }
    if (command instanceof GetCommand) {
      mustBe(command.input.ConsistentRead === true, 'a consistent read');
      const item = this.get(command.input.Key as Item);
      return item ? { Item: copyOf(item) } : {};
    }
    if (command instanceof PutCommand) {
      const item = copyOf(command.input.Item as Item);
      this.check(this.get(item), command.input);
      this.store(item);
      return {};
    }
    if (command instanceof ScanCommand) {
      mustBe(command.input.IndexName === failedIndex, 'a scan of the index');
      return { Items: [...this.items.values()].filter(({ failedSince }) => failedSince).map(copyOf) };
    }
    if (command instanceof UpdateCommand) return this.update(command.input);
    throw new Error(`the model knows no ${command.constructor.name}`);
  }

  private of(partition: unknown): Item[] {
    const [name] = this.setting.keys;
    return [...this.items.values()].filter((item) => item[name] === partition);
  }

  private check(before: Item | undefined, input: Conditional): void {
    const { ConditionExpression, ExpressionAttributeValues } = input;
    if (ConditionExpression === undefined) return;
    const met = {
      'attribute_not_exists(#revision)': before?.revision === undefined,
      '#revision = :revision': before?.revision === ExpressionAttributeValues?.[':revision'],
      'Attempt = :attempt': before?.Attempt === ExpressionAttributeValues?.[':attempt'],
    }[ConditionExpression];
    mustBe(met !== undefined, 'a condition that the model knows');
    if (!met)
      throw new ConditionalCheckFailedException({ message: 'no', $metadata: { httpStatusCode: 400 } });
  }

  private update(input: UpdateCommand['input']): object {
    const { Key, UpdateExpression, ExpressionAttributeValues } = input;
    this.check(this.get(Key as Item), input);
    const [, name = '', value = ''] = /^ADD (\w+) (:\w+)$/.exec(UpdateExpression ?? '') ?? [];
    mustBe(name !== '', 'an update that the model knows');
    const before = this.get(Key as Item) ?? (Key as Item);
    const sum = Number(before[name] ?? 0) + Number(ExpressionAttributeValues?.[value]);
    this.store({ ...before, [name]: sum });
    return {};
  }
}

type Conditional = Pick<PutCommand['input'], 'ConditionExpression' | 'ExpressionAttributeValues'>;

/** As the wire does it: no item shares memory with the caller's, and what is undefined is not stored. */
const copyOf = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Item = {};
  for (const [name, each] of Object.entries(value)) if (each !== undefined) copy[name] = copyOf(each);
  return copy as Value;
};

function mustBe(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`expected ${what}`);
}

interface Replication extends Pick<Setting, 'now' | 'misses'> {
  regions: readonly string[];
  /** Milliseconds until a write made now in one region is in another; by the fault of the day. */
  lag: (from: string, to: string) => number;
  after: (milliseconds: number, run: () => void) => void;
  /** Two writes of one item in a short time arrive as one. */
  merges: () => boolean;
  /** A replica shows a new item, its own write or another region's. */
  streamed: (region: string, item: Item) => void;
}

/**
 * A global table with eventual consistency (DynamoDB Developer Guide, "How DynamoDB global tables work"): a write is in
 * its region at once, later in the others; of two writes of one item the later one wins, whatever arrives first; several
 * in a short time may be replicated as one; each change makes a record in each replica's stream, in the item's order.
 * The embedded AWS replicates at once, so lag and order are the documents' word.
 */
export class GlobalTable {
  private readonly replicas: Map<string, Table>;
  private writes = 0;
  private readonly written = new Map<string, number>();

  constructor(
    keys: [string, ...string[]],
    private readonly replication: Replication,
  ) {
    const { regions, streamed, now, misses } = replication;
    this.replicas = new Map(
      regions.map((region) => [
        region,
        new Table({
          keys,
          now,
          misses,
          changed: (item) => {
            streamed(region, item);
          },
        }),
      ]),
    );
  }

  in(region: string): Table {
    const table = this.replicas.get(region);
    if (!table) throw new Error(`no replica in ${region}`);
    return table;
  }

  execute(region: string, command: object): object {
    const answer = this.in(region).execute(command);
    if (command instanceof PutCommand) this.replicate(region, command.input.Item as Item);
    return answer;
  }

  private replicate(from: string, key: Item): void {
    const { regions, lag, after, merges } = this.replication;
    const table = this.in(from);
    const item = table.get(key) as Item;
    const number = ++this.writes;
    this.written.set(`${from} ${table.keyOf(item)}`, number);
    for (const to of regions) {
      if (to === from) continue;
      after(lag(from, to), () => {
        const isLast = this.written.get(`${from} ${table.keyOf(item)}`) === number;
        if (!isLast && merges()) return; // the later one carries it
        const place = `${to} ${table.keyOf(item)}`;
        if ((this.written.get(place) ?? 0) > number) return;
        this.written.set(place, number);
        this.in(to).store(item);
      });
    }
  }
}
