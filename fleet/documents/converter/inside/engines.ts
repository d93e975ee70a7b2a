/** The engines by name. Each is loaded when its first document comes, so that none delays another's. */
import type { Engine } from './engine.ts';

export const engines = {
  pdf: async () => (await import('./pdf.ts')).pdf,
} satisfies Record<string, () => Promise<Engine>>;
