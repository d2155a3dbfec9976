// The console's files, for whom API Gateway has let in. They lie beside this function's code, and
// it asks nobody for anything: it has no stores, and its role reaches none.

import { fileURLToPath } from 'node:url';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2 as Result,
} from 'aws-lambda';
import { answerConsole } from '../shared/console/console-files.ts';
import { readFolder } from '../shared/console/read-folder.ts';

const files = readFolder(fileURLToPath(new URL('./files', import.meta.url)));

export const handler = async ({ rawPath: path, headers }: APIGatewayProxyEventV2) => {
  const asked = { path, acceptEncoding: headers['accept-encoding'] };
  const { status: statusCode, headers: said, body } = answerConsole(files, asked);
  const base64 = Buffer.from(body).toString('base64');
  return { statusCode, headers: said, body: base64, isBase64Encoded: true } satisfies Result;
};
