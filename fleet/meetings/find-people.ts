/** People with an account, by the beginning of a part of their name: accounts change seldom, so names are kept a while. */
import type { meetingsApi } from '#contract/http/meetings-api.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { AuthorityStore } from '../store/index.ts';

type Found = RouteAnswer<typeof meetingsApi.findPeople>['people'];
type Known = Found[number] & { parts: string[] };

const MOST = 20;
const KEPT_MS = 5_000;

export class PeopleFinder {
  readonly #store: AuthorityStore;
  #known: { people: Known[]; readAtMs: number } | null = null;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /** Each word of `text` begins a part of the name. By name, MOST at most. */
  async find(text: string): Promise<Found> {
    const words = partsOf(text);
    if (words.length === 0) return [];
    const found = (await this.#people()).filter(({ parts }) =>
      words.every((word) => parts.some((part) => part.startsWith(word))),
    );
    return found.slice(0, MOST).map(({ parts: _, ...person }) => person);
  }

  async #people(): Promise<Known[]> {
    const nowMs = performance.now();
    if (this.#known && nowMs - this.#known.readAtMs < KEPT_MS) return this.#known.people;
    const rows = await this.#store.read
      .selectFrom('account')
      .leftJoin('place', 'place.placeId', 'account.placeId')
      .select(['account.accountId', 'account.displayName', 'place.placeName'])
      .where('account.disabledAtMs', 'is', null)
      .orderBy('account.displayName')
      .orderBy('account.accountId')
      .execute();
    const people = rows.map((row) => ({ ...row, parts: partsOf(row.displayName) }));
    this.#known = { people, readAtMs: nowMs };
    return people;
  }
}

const partsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
