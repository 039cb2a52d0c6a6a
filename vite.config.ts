import { defineConfig } from 'vite';

/** Builds `lib/`: the library and the command line, for Node, with their dependencies left outside. */
export default defineConfig({
  build: {
    outDir: 'lib',
    emptyOutDir: true,
    ssr: true,
    target: 'node20.19',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
