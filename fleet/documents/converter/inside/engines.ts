/** The engines by name. Each is loaded when its first document comes, so that none delays another's. */
import type { Engine } from './engine.ts';

export const engines = {
  pdf: async () => (await import('./pdf.ts')).pdf,
  hwp: async () => (await import('./hwp.ts')).hwp,
  picture: async () => (await import('./picture.ts')).picture,
  heic: async () => (await import('./heic.ts')).heic,
} satisfies Record<string, () => Promise<Engine>>;
export type EngineName = keyof typeof engines;
