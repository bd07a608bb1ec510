#!/usr/bin/env node
import { register } from 'tsx/esm/api';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
register();
const { endWithReader } = await import('./closed-pipe.ts');
const { main } = await import('./main.ts');
endWithReader();
process.exitCode = await main(process.argv.slice(2));
