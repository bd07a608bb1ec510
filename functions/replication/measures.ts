import { Metrics } from '@aws-lambda-powertools/metrics';
import { type MetricName, metrics, namespace, service } from '../contracts/metrics';

/** One metric may be told by several sets of dimensions: each is a metric of its own in CloudWatch. */
export type Dimensions = Record<string, string>;

interface Measured {
  name: MetricName;
  value: number;
  sets: Dimensions[];
}

/** Values in one line of the log (CloudWatch User Guide, "Specification: Embedded metric format"). */
const mostValues = 100;

/** What a function call has measured, told at its end: a line for each metric and its dimensions, however many values. */
export class Measures {
  private readonly groups = new Map<string, Measured[]>();
  private readonly powertools = new Metrics({ namespace, serviceName: service });

  add = (name: MetricName, value: number, ...sets: Dimensions[]): void => {
    const key = JSON.stringify([name, sets]);
    const group = this.groups.get(key);
    if (group) group.push({ name, value, sets });
    else this.groups.set(key, [{ name, value, sets }]);
  };

  publish(): void {
    for (const group of this.groups.values()) {
      for (let from = 0; from < group.length; from += mostValues) {
        for (const set of group[0]?.sets ?? []) this.powertools.addDimensions(set);
        for (const { name, value } of group.slice(from, from + mostValues))
          this.powertools.addMetric(name, metrics[name], value);
        // At a hundred values it has told them already.
        if (this.powertools.hasStoredMetrics()) this.powertools.publishStoredMetrics();
      }
    }
    this.groups.clear();
  }
}
