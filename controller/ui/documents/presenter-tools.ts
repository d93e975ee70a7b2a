/** What a presenter holds: what a finger or the mouse does on the page, and the colour of the pen. */
import type { StrokeColour } from '#contract/shared-document.ts';

export type PresenterTools = { tool: 'move' | 'point' | 'pen'; colour: StrokeColour };

export const FIRST_TOOLS: PresenterTools = { tool: 'point', colour: 'red' };
