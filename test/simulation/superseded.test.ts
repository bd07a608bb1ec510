import copyLargeObject from '../../statemachines/CopyLargeObject.asl.json' with { type: 'json' };
import { type StateMachine, StepFunctions } from './models/step-functions';

/** Functions that a copy calls when a newer write ends it early, by what CompleteCopy answers then. */
function callsOf(Status: 'Complete' | 'Superseded'): Promise<string[]> {
  const called: string[] = [];
  const answers: Record<string, unknown> = {
    PrepareCopy: { UploadId: 'upload', PartSize: 8_388_608, Batches: [{ First: 1, Last: 2 }] },
    CompleteCopy: { Status },
    EndUpload: { IsGone: true },
  };
  return new Promise((resolve, broken) => {
    const machine = new StepFunctions(copyLargeObject as unknown as StateMachine, {
      wait: () => Promise.resolve(),
      jitter: () => 0,
      broken,
      invoke: (placeholder, _, ended) => {
        const name = placeholder.replace(/^\$\{(.*)\}$/, '$1');
        called.push(name);
        if (name === 'CopyParts') ended({ error: { name: 'Superseded', message: 'a newer write' } });
        else ended({ value: answers[name] });
      },
      ended: ({ status }) => resolve([...called, status]),
    });
    machine.start('copy', JSON.stringify({ BaseName: 'set', Key: 'a', Item: {}, Attempt: 1 }));
  });
}

// Parts under way when an upload is aborted "might or might not succeed" (API Reference, AbortMultipartUpload): seed 1006835.
test.each(['Superseded', 'Complete'] as const)(
  'a copy that was stopped ends its upload once more, when no part can come any more: %s',
  async (status) => {
    const calls = ['PrepareCopy', 'CopyParts', 'CompleteCopy', 'EndUpload', 'SUCCEEDED'];
    expect(await callsOf(status)).toEqual(calls);
  },
);
