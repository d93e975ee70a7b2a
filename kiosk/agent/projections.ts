/**
 * What the room shows of itself: parts of the agent publish, and here each projection is numbered, kept, and handed on
 * to its readers. The room's own screen gets each change at once, networks at the rate of the contract.
 */
import {
  type ProjectionName,
  type ProjectionReader,
  projections,
  type ProjectionValue,
  type ProjectionValues,
} from '#contract/projections.ts';
import { isReadBy, type ProjectionContent, projectionNames } from '#contract/relayed-projections.ts';
import type { ProjectionHeading } from '#contract/projection-heading.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { Coalescer } from './coalescer.ts';

/** The fleet reads all of them, to relay them or for itself. */
type Reader = ProjectionReader | 'fleet';
type Published = { revision: number; content: object };
type Follower = (name: ProjectionName) => void;

export class Projections {
  readonly #roomId: string;
  readonly #epoch: number;
  readonly #published = new Map<ProjectionName, Published>();
  readonly #followers = new Set<Follower>();

  constructor({ roomId, epoch }: { roomId: string; epoch: number }) {
    this.#roomId = roomId;
    this.#epoch = epoch;
  }

  /** The whole of it, each time it has changed. */
  publish<N extends ProjectionName>(name: N, content: ProjectionContent<N>): void {
    const revision = (this.#published.get(name)?.revision ?? -1) + 1;
    this.#published.set(name, { revision, content });
    for (const follower of this.#followers) follower(name);
  }

  /** Of a projection that several parts share and that is published already: these fields alone. */
  publishFields<N extends ProjectionName>(name: N, fields: Partial<ProjectionContent<N>>): void {
    const before = this.#published.get(name)?.content;
    if (before === undefined) throw new Error(`${name} is not published yet`);
    this.publish(name, { ...before, ...fields } as ProjectionContent<N>);
  }

  /** As of now; null: not published yet */
  valueOf<N extends ProjectionName>(name: N): ProjectionValue<N> | null {
    const published = this.#published.get(name);
    if (!published) return null;
    const heading: ProjectionHeading = {
      protocol: PROTOCOL_VERSION,
      roomId: this.#roomId,
      epoch: this.#epoch,
      revision: published.revision,
      asOfMs: Date.now(),
    };
    return { ...heading, ...published.content } as ProjectionValue<N>;
  }

  valuesFor(reader: Reader): ProjectionValues {
    const names = projectionNames.filter((name) => this.#published.has(name) && isRead(reader, name));
    return Object.fromEntries(names.map((name) => [name, this.valueOf(name)]));
  }

  /** Until the function that comes back is called. */
  follow(reader: Reader, onChange: (name: ProjectionName, value: ProjectionValue<ProjectionName>) => void): () => void {
    const pace = new Map<ProjectionName, Coalescer>();
    const follower: Follower = (name) => {
      if (!isRead(reader, name)) return;
      const notify = (): void => onChange(name, this.valueOf(name)!);
      if (reader === 'tv') return notify();
      const paced = pace.get(name) ?? new Coalescer(projections[name].perSecond, notify);
      pace.set(name, paced);
      paced.changed();
    };
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
      for (const paced of pace.values()) paced.stop();
    };
  }
}

const isRead = (reader: Reader, name: ProjectionName): boolean => reader === 'fleet' || isReadBy(reader, name);
