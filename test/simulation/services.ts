import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { journalTable } from '../../functions/contracts/names';
import type { Table } from './models/dynamodb';
import type { Caller } from './models/s3';
import { baseName, reports } from './names';
import type { World } from './world';

/** What the services answer to the SDK's commands: each goes to the model that it names. */
export class Services {
  constructor(private readonly world: World) {}

  s3(region: string, command: { input: { Bucket?: string } }, caller: Caller): unknown {
    if (command instanceof PutObjectCommand && command.input.Bucket === reports) {
      this.world.reports.set(command.input.Key ?? '', String(command.input.Body));
      return {};
    }
    return this.world.at(region).s3.execute(command, caller);
  }

  queue(region: string, command: object): unknown {
    const { queue } = this.world.at(region);
    if (command instanceof SendMessageBatchCommand) {
      for (const { MessageBody = '' } of command.input.Entries ?? []) queue.send(MessageBody);
      return {};
    }
    if (command instanceof ReceiveMessageCommand) return { Messages: queue.receiveDead() };
    if (command instanceof DeleteMessageBatchCommand) {
      for (const { ReceiptHandle = '' } of command.input.Entries ?? []) queue.deleteDead(ReceiptHandle);
      return {};
    }
    if (command instanceof SendMessageCommand) {
      return queue.send(command.input.MessageBody ?? '', command.input.DelaySeconds);
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      return queue.changeVisibility(command.input.ReceiptHandle ?? '', command.input.VisibilityTimeout ?? 0);
    }
    throw new Error(`the model knows no ${command.constructor.name}`);
  }

  stepFunctions(region: string, command: object): unknown {
    const { copies: machine } = this.world.at(region).machines;
    if (command instanceof DescribeExecutionCommand) {
      return machine.describe(command.input.executionArn?.split(':').at(-1) ?? '');
    }
    if (command instanceof ListExecutionsCommand) {
      const named = (name: string) => ({ name, executionArn: `arn:${name}` });
      return { executions: machine.list(command.input.statusFilter).map(({ name }) => named(name)) };
    }
    if (command instanceof StartExecutionCommand) {
      return machine.start(command.input.name ?? '', command.input.input ?? '');
    }
    throw new Error(`the model knows no ${command.constructor.name}`);
  }

  table(region: string, command: { input: { TableName: string } }): unknown {
    if (command instanceof BatchGetCommand) {
      const Responses: Record<string, unknown> = {};
      const requests = Object.entries(command.input.RequestItems ?? {});
      for (const [TableName, { Keys = [], ConsistentRead = false }] of requests) {
        const table = this.named(region, TableName);
        Responses[TableName] = Keys.flatMap((Key) => table.getOne(Key, ConsistentRead) ?? []);
      }
      return { Responses };
    }
    const { TableName } = command.input;
    if (TableName === journalTable(baseName)) return this.world.journal.execute(region, command);
    return this.named(region, TableName).execute(command);
  }

  private named(region: string, name: string): Table {
    if (name === journalTable(baseName)) return this.world.journal.in(region);
    const { replicas, copies } = this.world.at(region);
    return name.endsWith('-Replicas') ? replicas : copies;
  }
}
