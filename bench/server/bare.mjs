/**
 * The least that Node's own server can do: parse the same JSON, and answer the same bytes. The others of this folder do
 * just that in a framework.
 */
import { createServer } from 'node:http';
import { answers } from './answers.mjs';

const { prompt, artifact, etag } = answers();

createServer((req, res) => {
  if (req.method === 'GET') {
    if (req.headers['if-none-match'] === etag) res.writeHead(304, { etag }).end();
    else res.writeHead(200, { 'content-type': 'application/json', 'content-length': artifact.length, etag }).end(artifact);
    return;
  }
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': prompt.length }).end(prompt);
  });
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
