/** What a scene is: one state of one page, set up from contract objects, for the contact sheet and the axe check. */
import type { Page } from 'playwright-core';

export const viewports = {
  phone: { width: 390, height: 844 },
  'phone-sideways': { width: 844, height: 390 },
  tablet: { width: 1024, height: 768 },
  'room-tablet': { width: 1280, height: 800 },
  laptop: { width: 1440, height: 900 },
  '1080p': { width: 1920, height: 1080 },
  '4k': { width: 3840, height: 2160 },
} as const;
export type SizeName = keyof typeof viewports;

export type Scene = {
  /** kebab-case, unique within its file */
  name: string;
  /** path and query of the page; `?lang` is added by whoever renders */
  path: string;
  sizes: readonly SizeName[];
  /** before the page is opened: routes, storage, permissions */
  setup: (page: Page) => Promise<unknown>;
  /** after it is open: what a person does to reach the state */
  act?: (page: Page) => Promise<unknown>;
};
