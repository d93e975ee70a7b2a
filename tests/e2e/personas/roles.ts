/** TV, phone, guest and laptop: each a persona that can do what its role can, through its page's own words. */
import assert from 'node:assert/strict';
import { eventually } from '../../simulators/eventually.ts';
import { expectPictures, seenIn } from './perceive.ts';
import { Persona } from './persona.ts';

export class Tv extends Persona {
  /** As it stands over the idle picture. */
  async roomName(): Promise<string> {
    const heading = this.page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'This room is starting' });
    return (await heading.textContent()) ?? '';
  }

  get stage() {
    return this.page.getByRole('region', { name: 'Call stage' });
  }

  /** A broadcast on an idle TV. */
  get broadcast() {
    return this.page.getByRole('main', { name: 'Broadcast on the TV' });
  }

  expectBroadcastOf(numbers: number[], timeoutMs?: number): Promise<void> {
    return expectPictures('the broadcast on the TV', () => seenIn(this.broadcast.locator('video')), numbers, timeoutMs);
  }

  async expectIdle(roomName: string, timeoutMs = 45_000): Promise<void> {
    // a call of the room's own meeting has the same heading
    await this.stage.waitFor({ state: 'detached', timeout: timeoutMs });
    await this.page.getByRole('heading', { name: roomName, exact: true }).waitFor({ timeout: timeoutMs });
    assert.equal(await this.stage.count(), 0, 'a call stage in idle');
  }

  /** As the TV shows them: each choice with its count, and who has answered. */
  async expectPoll(counts: string[], answered: string): Promise<void> {
    const read = async () => {
      const rows = await this.poll.getByRole('listitem').evaluateAll((items) =>
        items.map((item) => {
          const [choice, count] = [...item.querySelectorAll('span')]
            .map((span) => span.textContent ?? '')
            .filter(Boolean);
          return `${choice}: ${Number.parseInt(count ?? '', 10)}`;
        }),
      );
      return { rows, answered: (await this.poll.getByRole('status').textContent()) ?? '' };
    };
    await eventually(
      `${counts} and “${answered}” on the TV`,
      read,
      (seen) => seen.rows.join() === counts.join() && seen.answered.startsWith(answered),
      { timeoutMs: 45_000 },
    );
  }
}

export class PhonePage extends Persona {
  async start(): Promise<void> {
    await this.button('Start meeting').click();
  }

  async joinRunning(): Promise<void> {
    await this.button('Join meeting').click();
  }

  /** Asks once. */
  async endForAll(): Promise<void> {
    await this.button('End meeting for all').click();
    await this.button('End meeting').click();
  }
}

export class Guest extends Persona {
  async join(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.button('Join').click();
  }

  async expectInCall(timeoutMs = 45_000): Promise<void> {
    await this.button('Leave').waitFor({ timeout: timeoutMs });
  }

  async shareScreen(): Promise<void> {
    await this.button('Share').click();
    await this.button('Share screen').click();
  }
}

/** In the room, with no remote and no invite. */
export class Laptop extends Persona {
  async connect(code: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Code on the TV' }).fill(code);
    await this.button('Connect').click();
  }

  async shareScreen(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.button('Share screen').click();
    await this.button('Stop sharing').waitFor();
  }
}

type PlannedMeeting = {
  title: string;
  agenda: readonly string[];
  /** a part of each one's name, and the name */
  members: readonly { find: string; name: string }[];
  guest: { name: string; email: string };
  roomName: string;
};

/** Somebody with an account, at the staff page, and in a call as who they are. */
export class Member extends Persona {
  async signIn(userName: string, password: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'User name' }).fill(userName);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.button('Sign in').click();
  }

  /** In place of the one-time password, which was typed a moment ago. */
  async choosePassword(password: string): Promise<void> {
    await this.page.getByLabel('New password', { exact: true }).fill(password);
    await this.page.getByLabel('New password again').fill(password);
    await this.button('Save and continue').click();
  }

  /** Without a time; guests wait. Its page is shown then. */
  async makeMeeting(title: string): Promise<void> {
    await this.button('New meeting').click();
    await this.page.getByRole('textbox', { name: 'Title' }).fill(title);
    await this.page.getByText('Any time', { exact: true }).click();
    await this.page.getByText('Guests wait to be let in').click();
    await this.button('Make meeting').click();
    await this.button(`Join ${title}`).waitFor();
  }

  /** It begins now, in a room; guests of an open link wait. Its page is shown then. */
  async planMeeting({ title, agenda, members, guest, roomName }: PlannedMeeting): Promise<void> {
    await this.button('New meeting').click();
    await this.page.getByRole('textbox', { name: 'Title' }).fill(title);
    // the form proposes the next half hour, and the room is asked in to what begins now
    const [date, time] = await this.page.evaluate(() => {
      const now = new Date();
      return [now.toLocaleDateString('sv'), now.toLocaleTimeString('sv').slice(0, 5)];
    });
    await this.page.getByLabel('Date', { exact: true }).fill(date!);
    await this.page.getByLabel('Time', { exact: true }).fill(time!);
    await this.page.getByRole('textbox', { name: 'Agenda' }).fill(agenda.join('\n'));
    for (const { find, name } of members) {
      await this.page.getByRole('textbox', { name: 'Find people' }).fill(find);
      await this.button(`Add ${name}`).click();
    }
    await this.page.getByRole('textbox', { name: 'Name of the guest' }).fill(guest.name);
    await this.page.getByRole('textbox', { name: 'Email (optional)' }).fill(guest.email);
    await this.button('Add guest').click();
    await this.page.getByText('Guests wait to be let in').click();
    await this.page.getByRole('switch', { name: roomName }).click({ force: true });
    await this.button('Make meeting').click();
    await this.button(`Join ${title}`).waitFor();
  }

  /** From the meeting's page or home, through the check of devices. */
  async join(title: string): Promise<void> {
    await this.button(`Join ${title}`).click();
    await this.button('Join').click();
    await this.button('Leave').waitFor();
  }

  get waiting() {
    return this.page.getByRole('region', { name: 'Waiting' });
  }
}
