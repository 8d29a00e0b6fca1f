/** The floor: node:http and one prepared statement, nothing checked and nothing logged. `node raw-server.js DATABASE_URL PORT` */
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';

const [connectionString, port] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString, max: 10 });
const STATEMENT = {
  name: 'explanation',
  text: 'select facts, at from explanation where run_id = $1 and customer = $2',
};

createServer((request, response) => {
  answer(request).then(
    (row) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: row })),
    () => response.writeHead(500).end(),
  );
}).listen(Number(port), '127.0.0.1', () => process.send?.('listening'));

async function answer(request: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { runId, customer }: { runId: string; customer: string } = JSON.parse(body);
  const { rows } = await pool.query({ ...STATEMENT, values: [runId, customer] });
  return rows[0];
}
