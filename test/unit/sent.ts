import { S3Client } from '@aws-sdk/client-s3';
import type { Ports } from '../../functions/replication/ports';

interface Sent {
  command: string;
  method: string;
  headers: Record<string, string>;
  query: Record<string, unknown>;
  body: string | undefined;
}

/** Ports whose S3 answers all that it is asked with `output`; and what the SDK would have sent. */
export function portsThatTell(output: object): { ports: Ports; sent: Sent[] } {
  const sent: Sent[] = [];
  const s3 = new S3Client({
    region: 'us-west-2',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  s3.middlewareStack.add(
    (_, { commandName: command = '' }) =>
      async ({ request }) => {
        sent.push({ command, ...(request as Omit<Sent, 'command'>) });
        return { response: {}, output: { ...output, $metadata: {} } as never };
      },
    { step: 'deserialize', priority: 'high' },
  );
  return { sent, ports: { region: 'us-west-2', accountId: '1', s3: () => s3 } as unknown as Ports };
}
