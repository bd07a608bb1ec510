import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';

/** What becomes of a call: it fails with an answer of its service's, it is held up until the promise is kept, or nothing. */
export type Fault = (
  call: IncomingMessage,
) => { status: number; code: string } | Promise<unknown> | undefined;

export interface FaultyProxy {
  endpoint: string;
  fault: Fault | undefined;
  close: () => Promise<void>;
}

/** An endpoint of AWS in front of the one that the environment names, where calls can be made to fail. */
export async function faultyProxy(env: NodeJS.ProcessEnv = process.env): Promise<FaultyProxy> {
  const target = new URL(env.AWS_ENDPOINT_URL ?? '');
  const agent = new Agent({ ca: await readFile(env.AWS_CA_BUNDLE ?? ''), keepAlive: true });
  const server = createServer((call, response) => {
    answer(call, response).catch((error: Error) => response.destroy(error));
  });
  async function answer(call: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = proxy.fault?.(call);
    if (fault && 'status' in fault) {
      call.resume();
      response.writeHead(fault.status, { 'content-type': 'application/xml' });
      const error = `<Error><Code>${fault.code}</Code><Message>on purpose</Message></Error>`;
      const isS3 = call.headers.authorization?.includes('/s3/aws4_request') === true;
      response.end(isS3 ? error : `<ErrorResponse>${error}</ErrorResponse>`);
      return;
    }
    await fault;
    if (response.destroyed) return; // the caller was killed meanwhile
    const { hostname, port } = target;
    const { method, url: path, headers } = call;
    const onward = request({ hostname, port, method, path, headers, agent });
    call.pipe(onward);
    const [answered] = (await once(onward, 'response')) as [IncomingMessage];
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  }
  server.keepAliveTimeout = 600_000; // by default 5 s: a client that comes again just then would meet a closing socket
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** Makes functions call AWS at an endpoint; without one, where they are told to by default. */
export async function callThrough(
  lambda: LambdaClient,
  functionNames: readonly string[],
  endpoint: string | undefined,
): Promise<void> {
  for (const FunctionName of functionNames) {
    const read = new GetFunctionConfigurationCommand({ FunctionName });
    const { AWS_ENDPOINT_URL: _, ...rest } = (await lambda.send(read)).Environment?.Variables ?? {};
    const Variables = { ...rest, ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }) };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
}
