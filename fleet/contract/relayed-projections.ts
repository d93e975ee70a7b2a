/**
 * What follows from the table of projections for those who publish, relay and read them: who may see what, how they
 * travel on the links, and how a reader takes what it knows.
 */
import {
  type ProjectionName,
  type ProjectionReader,
  projections,
  type ProjectionValue,
  type ProjectionValues,
} from './projections.ts';
import type { ProjectionHeading } from './projection-heading.ts';
import { z } from './schema.ts';

/** What a part of the agent publishes: the agent adds the heading. */
export type ProjectionContent<N extends ProjectionName> = Omit<ProjectionValue<N>, keyof ProjectionHeading>;

export const projectionNames = Object.keys(projections) as ProjectionName[];

export function isReadBy(reader: ProjectionReader, name: ProjectionName): boolean {
  const readers: readonly ProjectionReader[] = projections[name].readers;
  return readers.includes(reader);
}

/** How projections travel on the links to phones and TV: all of them in the welcome, then each that changes. */
export const ProjectionMessage = z.object({ type: z.literal('projection'), name: z.string(), value: z.unknown() });
export const RelayedProjections = z.record(z.string(), z.unknown());
export type RelayedProjections = z.infer<typeof RelayedProjections>;

/**
 * Of what a peer sent, the projections that this release knows. A newer release's others are ignored; `onUnreadable`
 * gets the names of those that break their schema.
 */
export function readProjections(relayed: RelayedProjections, onUnreadable: (name: string) => void): ProjectionValues {
  const read: Record<string, unknown> = {};
  for (const name of projectionNames) {
    if (!Object.hasOwn(relayed, name)) continue;
    const { data, success } = projections[name].schema.safeParse(relayed[name]);
    if (success) read[name] = data;
    else onUnreadable(name);
  }
  return read as ProjectionValues;
}
