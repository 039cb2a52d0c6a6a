/** A request → the JSON value that its body holds. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Json } from '../base/json.js';
import { SourceText } from '../base/span.js';
import { HttpError } from './http-error.js';
import { locateJsonError } from '../format/json-error.js';

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * @param maxBytes - more than this is refused as soon as it is known, read or not
 * @throws HttpError
 */
export async function readJson(req: IncomingMessage, maxBytes: number): Promise<Json> {
  checkHeaders(req, maxBytes);
  const bytes = await readBytes(req, maxBytes);
  if (bytes.length === 0) throw new HttpError('empty_body', 'The body is empty; it must be a JSON object.');
  if (!isUtf8(bytes)) throw new HttpError('invalid_utf8', 'The body is not UTF-8.');
  return parse(bytes.toString());
}

function checkHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const accepted = { 'accept-encoding': 'identity' };
    throw new HttpError('unsupported_content_encoding', 'Compressed bodies are not read; send the JSON as it is.', [], accepted);
  }
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new HttpError('unsupported_media_type', 'The body must be JSON: send it with `content-type: application/json`, in UTF-8.');
  }
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
}

function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else {
        chunks = [];
        reject(tooLarge(maxBytes));
      }
    });
    req.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    req.on('error', () => reject(new HttpError('bad_request', 'The connection ended before the body did.')));
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const { offset, message } = locateJsonError(text);
    const { line, column } = new SourceText('body', text).position(offset);
    throw new HttpError('malformed_json', `The body is no JSON: line ${line}, column ${column}: ${message}.`);
  }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError('body_too_large', `The body is larger than ${maxBytes} bytes.`);
}
