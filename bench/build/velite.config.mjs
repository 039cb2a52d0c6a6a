/** The generated project for Velite: the frontmatter checked as its own keys are, bodies taken as they are. */
import { defineCollection, defineConfig, s } from 'velite';

const version = s.string().regex(/^\d+\.\d+\.\d+$/);
const schema = s.union([s.string(), s.record(s.string(), s.any())]);
const constraints = s.record(s.string(), s.union([s.boolean(), s.number()])).optional();

export default defineConfig({
  root: 'prompts',
  output: { data: '.velite', assets: '.velite/static', clean: true },
  collections: {
    templates: defineCollection({
      name: 'Template',
      pattern: 'templates/**/*.md',
      schema: s.object({
        id: s.string(),
        version,
        role: s.enum(['system', 'user', 'assistant']),
        description: s.string(),
        inputs: s.record(s.string(), schema),
        constraints,
        body: s.raw(),
      }),
    }),
    bundles: defineCollection({
      name: 'Bundle',
      pattern: 'bundles/**/*.md',
      schema: s.object({
        id: s.string(),
        version,
        slots: s.record(s.enum(['system', 'personality', 'activity', 'task']), s.string()),
        tags: s.array(s.string()),
        config: s.record(s.string(), s.any()),
        constraints,
        body: s.raw(),
      }),
    }),
    partials: defineCollection({ name: 'Partial', pattern: 'partials/**/*.md', schema: s.object({ body: s.raw() }) }),
  },
});
