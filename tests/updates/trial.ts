/** One update in a box, over as many boots as it needs, and what is to be seen at its end. */
import type { Behaviour } from './test-releases.ts';
import { type Boot, GuestBox } from './box.ts';
import type { InstalledBox } from './installed-box.ts';

const MOST_BOOTS = 40;

export type TrialOptions = {
  attempt?: number;
  /** from the order to place on, and again in each of the boots that follow */
  cutAfterS?: number;
  /** from the switch on, in the boot that switches */
  rebootAfterS?: number;
  /** seconds of each boot that is cut off, counted from its first process on; those after them come to their end */
  cutsInBootS?: readonly number[];
  /** where this attempt was returned before */
  again?: boolean;
  /** one byte of the slot that runs is wrong: of the file with this content */
  damagedSha256?: string;
  /** beside what the old release does not have */
  fetchedSha256?: string;
};

export type Seen = {
  running: string;
  /** the release whose agent says that it serves, and what systemd says of it */
  serves: string;
  agent: string;
  screen: string;
  isOnTrial: boolean;
  confirmed: string;
  returned: { release: string; attempt: string; failure: string; check: string };
  detail: string;
  slots: string[];
  /** system files that are not those of the release that runs */
  mixed: string[];
  failedUnits: string[];
  /** of root's updater, `place done …` */
  answers: string[];
  boots: number;
  /** of the guest's clock, from the agent's last end until it served again; 0: it was never ended in this boot */
  outageS: number;
  /** of the guest's clock, from the order to switch until an agent served; null: never ordered */
  fromSwitchS: number | null;
  log: string;
};

/** A box that a case may update several times. */
export class TrialBox {
  readonly #installed: InstalledBox;
  readonly #box: GuestBox;

  constructor(installed: InstalledBox) {
    this.#installed = installed;
    this.#box = new GuestBox(installed);
  }

  remove(): void {
    this.#box.remove();
  }

  /** @throws Error with all that the guest printed, where it came to no end */
  async update(behaviour: Behaviour, options: TrialOptions = {}): Promise<Seen> {
    const { releaseId, target } = this.#installed.releases[behaviour];
    const { attempt = 0, cutAfterS, rebootAfterS, again, damagedSha256, fetchedSha256, cutsInBootS = [] } = options;
    const wanted = { do: 'update', target, release: releaseId, attempt, ...(again ? { again: 'yes' } : {}) };
    const first = {
      ...(cutAfterS === undefined ? {} : { cutafter: cutAfterS }),
      ...(rebootAfterS === undefined ? {} : { rebootafter: rebootAfterS }),
      ...(damagedSha256 === undefined ? {} : { damage: damagedSha256 }),
      ...(fetchedSha256 === undefined ? {} : { fetch: fetchedSha256 }),
    };
    const boots = [await this.#box.boot({ ...wanted, ...first })];
    for (const cut of cutsInBootS) boots.push(await this.#box.boot({ ...wanted, cut }));
    while (boots.at(-1)!.ended === 'reset' && boots.length < MOST_BOOTS) boots.push(await this.#box.boot(wanted));
    return seenAfter(boots);
  }

  /** Boots it, and looks; after a plain restart of agent and screen by choice. */
  async look({ restarts = false } = {}): Promise<Seen> {
    return seenAfter([await this.#box.boot({ do: restarts ? 'restart' : 'look' })]);
  }
}

/** @throws Error where the last boot came to no end */
export function seenAfter(boots: readonly Boot[]): Seen {
  const log = boots.map((boot, at) => `--- boot ${at + 1}: ${boot.ended}\n${boot.log}`).join('\n');
  const last = boots.at(-1)!;
  if (last.ended !== 'over') throw new Error(`after ${boots.length} boots the guest was ${last.ended}\n${log}`);
  const of = (name: string): string =>
    last.marks
      .findLast((mark) => mark === name || mark.startsWith(`${name} `))
      ?.slice(name.length)
      .trim() ?? '';
  const list = (name: string): string[] => of(name).split(' ').filter(Boolean);
  // without a release the first word is what systemd says
  const served = list('serves');
  const [release = '', attempt = '', failure = '', check = ''] = list('returned');
  return {
    running: of('running'),
    serves: served.length === 3 ? served[0]! : '',
    agent: served.at(-2) ?? '',
    screen: of('screen'),
    isOnTrial: of('trial') !== 'no',
    confirmed: of('confirmed'),
    returned: { release, attempt, failure, check },
    detail: of('detail'),
    slots: list('slots'),
    mixed: list('mixed'),
    failedUnits: list('failed'),
    answers: boots.flatMap(({ marks }) =>
      marks.filter((mark) => mark.startsWith('answer ')).map((mark) => mark.slice(7)),
    ),
    boots: boots.length,
    outageS: Number(of('outage')) / 1e6,
    fromSwitchS: fromSwitchS(boots),
    log,
  };
}

/** Time without power does not count. */
function fromSwitchS(boots: readonly Boot[]): number | null {
  const at = boots.findIndex(({ marks }) => marks.some((mark) => mark.startsWith('order switch ')));
  if (at < 0) return null;
  const ordered = boots[at]!.marks.find((mark) => mark.startsWith('order switch '))!;
  const endOf = ({ marks, uptimeS }: Boot): number => {
    const served = marks.findLast((mark) => mark.startsWith('serves '));
    return served === undefined ? uptimeS : Number(served.split(' ').at(-1));
  };
  const sum = boots.slice(at).reduce((total, boot) => total + endOf(boot), 0);
  return sum - Number(ordered.split(' ').at(-1));
}
