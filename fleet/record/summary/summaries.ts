/**
 * Summaries of minutes, where IT has set an engine up: added to a draft that nobody has changed or sent meanwhile. One at a time, and
 * tried once: minutes are not held up for them.
 */
import type { Selectable } from 'kysely';
import type { Logger } from 'pino';
import { OperationalError } from '#contract/error-codes.ts';
import type { AuthorityStore, AuthorityTables } from '../../store/index.ts';
import { boundedMinutes } from '../minutes/write-minutes.ts';
import { askEngine, NoEngineAnswer } from './summary-engine.ts';
import type { SummarySettings } from './summary-settings.ts';
import { type SourceLine, type SummarySource, summarySources } from './summary-sources.ts';
import { type NamedLines, namedLines, questionOf, sentencesIn, summaryPart, withSummary } from './written-summary.ts';

type Draft = Selectable<AuthorityTables['minutes']>;
export type SummariesDependencies = {
  store: AuthorityStore;
  settings: SummarySettings;
  /** origin of pages */
  fleetUrl: string;
  /** the draft of this meeting has one now */
  onWritten: (meetingId: string) => void;
  logger: Pick<Logger, 'error'>;
};

export class Summaries {
  readonly #deps: SummariesDependencies;
  readonly #ending = new AbortController();
  #work: Promise<void> | null = null;

  constructor(deps: SummariesDependencies) {
    this.#deps = deps;
  }

  /** Of all drafts that wait for one; resolves once none does. One that is under way is not begun again. */
  writeDue(): Promise<void> {
    this.#work ??= this.#writeAll().finally(() => {
      this.#work = null;
    });
    return this.#work;
  }

  /** What waits goes on with the next start. */
  stop(): void {
    this.#ending.abort(new Error('the server ends'));
  }

  async #writeAll(): Promise<void> {
    const { store, logger } = this.#deps;
    const due = await store.read.selectFrom('minutes').selectAll().where('summaryDue', '=', 1).execute();
    for (const draft of due) {
      if (this.#ending.signal.aborted) return;
      const { minutesId, meetingId } = draft;
      try {
        await this.#write(draft);
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        // of an engine: the words of others are not in it
        const reason = error instanceof NoEngineAnswer ? error.message : undefined;
        logger.error(
          { minutesId, meetingId, reason, ...(reason === undefined && { err: error }) },
          'minutes without a summary',
        );
        await this.#settle(draft, null);
      }
    }
  }

  async #write(draft: Draft): Promise<void> {
    const { settings, fleetUrl, onWritten } = this.#deps;
    const { meetingId, language } = draft;
    const lines: NamedLines = draft.sentAtMs === null ? await this.#linesOf(draft) : new Map();
    if (lines.size === 0) {
      await this.#settle(draft, null);
      return;
    }
    const answer = await askEngine(settings, questionOf(lines, language), this.#ending.signal);
    const sentences = sentencesIn(answer, lines);
    if (sentences.length === 0) throw new NoEngineAnswer('no sentence that rests on a line');
    const part = summaryPart(sentences, lines, { meetingId, language, fleetUrl });
    const facts = JSON.parse(draft.facts) as { sections?: object };
    const changed = await this.#settle(draft, {
      text: boundedMinutes(withSummary(draft.text, part)),
      facts: JSON.stringify({ ...facts, sections: { summary: part.facts, ...facts.sections } }),
    });
    if (changed) onWritten(meetingId);
  }

  /** A source that cannot be read, because a stored row is damaged, is left out. @throws OperationalError the store is not read */
  async #linesOf(draft: Draft): Promise<NamedLines> {
    const { store, logger } = this.#deps;
    const linesIn = async (source: SummarySource): Promise<SourceLine[]> => {
      try {
        return await source.read(store.read, draft);
      } catch (error) {
        if (error instanceof OperationalError) throw error;
        logger.error({ err: error, minutesId: draft.minutesId }, 'a source of a summary is left out');
        return [];
      }
    };
    return namedLines(
      await Promise.all(summarySources.map(async (source) => ({ source, lines: await linesIn(source) }))),
    );
  }

  /** @returns false: somebody has changed, sent or deleted it meanwhile, and it stays as it is */
  async #settle({ minutesId, revision }: Draft, change: { text: string; facts: string } | null): Promise<boolean> {
    return this.#deps.store.write(async (trx) => {
      await trx.updateTable('minutes').set({ summaryDue: 0 }).where('minutesId', '=', minutesId).execute();
      if (change === null) return false;
      const { numUpdatedRows } = await trx
        .updateTable('minutes')
        .set({ ...change, revision: revision + 1 })
        .where('minutesId', '=', minutesId)
        .where('revision', '=', revision)
        .where('sentAtMs', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }
}
