import { defineConfig } from 'vitest/config';

// The bundles are built by build/build.mjs; this is what tests need.
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { include: ['tests/**/*.test.ts', 'console/**/*.test.ts', 'inside/**/*.test.ts'] },
});
