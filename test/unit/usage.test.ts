import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Template } from 'aws-cdk-lib/assertions';
import { handlerOf } from '../../functions/usage/usage';
import { stacks } from './stacks';

/** The other side: it keeps what it is told. */
async function listening(status: number) {
  const told: { method: string | undefined; body: string }[] = [];
  const read = async (request: IncomingMessage) => {
    let body = '';
    for await (const part of request) body += part;
    told.push({ method: request.method, body });
  };
  const server = createServer((request, response) => {
    void read(request).then(() => response.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}/usage`, told, close: () => server.close() };
}

const now = () => Date.UTC(2026, 0, 1);

test('what is sent: an id of MARS, a random one of the installation, and the time', async () => {
  const { endpoint, told, close } = await listening(200);
  await handlerOf({ USAGE_ENDPOINT: endpoint, USAGE_UUID: 'a-uuid' }, now)();
  close();
  const body = { Solution: 'MARS', UUID: 'a-uuid', TimeStamp: '2026-01-01T00:00:00.000Z' };
  expect(told).toEqual([{ method: 'POST', body: JSON.stringify(body) }]);
});

test('what is not taken is an error', async () => {
  const { endpoint, close } = await listening(500);
  await expect(handlerOf({ USAGE_ENDPOINT: endpoint, USAGE_UUID: 'a-uuid' }, now)()).rejects.toThrow('500');
  close();
});

test('nothing of it is there unless the mapping says Yes and an endpoint is given; neither is so by default', () => {
  const root = Template.fromStack(stacks.root);
  root.hasMapping('Send', { AnonymousUsage: { Data: 'No' } });
  root.hasParameter('UsageEndpoint', { Default: '' });
  root.hasCondition('SendsUsage', {
    'Fn::And': [
      { 'Fn::Equals': [{ 'Fn::FindInMap': ['Send', 'AnonymousUsage', 'Data'] }, 'Yes'] },
      { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'UsageEndpoint' }, ''] }] },
    ],
  });
  const resources: [string, { Condition?: string }][] = Object.entries(root.toJSON().Resources);
  const ofUsage = resources.filter(([id]) => id.startsWith('Usage'));
  expect(ofUsage.length).toBe(5); // the role, the log group, the function, the rule, its permission
  for (const [, { Condition }] of ofUsage) expect(Condition).toBe('SendsUsage');
});
