import express from 'express';
import { answers } from './answers.mjs';

const { prompt } = answers();

const app = express();
app.disable('x-powered-by').disable('etag');
app.post('/v1/prompts/render', express.json(), (_req, res) => {
  res.type('application/json').send(prompt);
});
app.listen(0, '127.0.0.1', function () {
  console.log(this.address().port);
});
