import fastify from 'fastify';
import { answers } from './answers.mjs';

const { prompt } = answers();

const app = fastify();
app.post('/v1/prompts/render', (_request, reply) => reply.type('application/json').send(prompt));
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.server.address().port);
