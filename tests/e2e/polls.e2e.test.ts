/**
 * Polls in real browsers and on the TV: one answer whatever is reloaded, seen by who comes late, secret for the host too, a quiz that
 * keeps its right answer until the end, and an answer that comes too late.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../simulators/eventually.ts';
import { NetworkProxy } from '../simulators/network/network-proxy.ts';
import type { Guest, Member, PhonePage, Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene } from './scene.ts';

const TITLE = 'Choice of a supplier';
const PASSWORD = 'correct horse battery';
const NO_CAMERA = { camera: 'missing' } as const;
const [MINA, JOON] = ['Mina Kim', 'Joon Park'];

describe('polls', () => {
  let scene: Scene;
  let network: NetworkProxy;
  let tv: Tv;
  let phone: PhonePage;
  let mina: Member;
  let joon: Member;
  let meetingsPage: string;
  /** what the node has sent to each page, as text */
  const received = new Map<Page, string[]>();

  const listen = (page: Page): void => {
    const frames: string[] = [];
    received.set(page, frames);
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(payload.toString())));
  };
  /** Of this poll, by its question. */
  const receivedOf = ({ page }: Member, question: string): string[] =>
    received.get(page)!.filter((frame) => frame.includes(question));

  beforeAll(async () => {
    scene = await Scene.start();
    network = new NetworkProxy({ seed: 1 });
    const admin = await Administrator.signIn(scene.product.addresses);
    [tv, phone] = await Promise.all([scene.tv(), scene.phone()]);
    const links = [
      await admin.createMember(MINA, 'mina@steel.example'),
      await admin.createMember(JOON, 'joon@steel.example'),
    ];
    [mina, joon] = await Promise.all([
      scene.member(1, { ...NO_CAMERA, onPage: listen }, links[0]),
      scene.member(2, { ...NO_CAMERA, network, onPage: listen }, links[1]),
    ]);
    for (const member of [mina, joon]) await member.choosePassword(PASSWORD);
    const guest = { name: 'Ana Ruiz', email: 'ana@dealer.example' };
    const roomName = await tv.roomName();
    await mina.planMeeting({ title: TITLE, agenda: [], members: [{ find: 'Park', name: JOON }], guest, roomName });
    await phone.page.getByRole('button', { name: new RegExp(`^Join \\d.*${TITLE}`) }).click();
    await tv.stage.waitFor();
    meetingsPage = mina.page.url();
    await mina.join(TITLE);
    await joon.join(TITLE);
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await scene?.close();
    network?.stop();
  });

  const start = async (question: string, switches: string[], right?: string): Promise<void> => {
    await mina.button('New poll').click();
    const form = mina.page.getByRole('dialog', { name: 'New poll' });
    await form.getByRole('textbox', { name: 'Question' }).fill(question);
    for (const [at, choice] of ['North', 'South'].entries())
      await form.getByRole('textbox', { name: `Choice ${at + 1}` }).fill(choice);
    for (const name of switches) await form.getByText(name, { exact: true }).click();
    if (right !== undefined)
      await form.getByRole('radiogroup', { name: 'The right choice' }).getByText(right, { exact: true }).click();
    await form.getByRole('button', { name: 'Start poll' }).click();
    for (const { poll } of [tv, mina, joon]) await poll.getByText(question).waitFor();
  };
  const answers = ({ poll }: Member | Guest, choice: string) => poll.getByRole('button', { name: choice }).click();
  const ends = () => mina.poll.getByRole('button', { name: 'End poll' }).click();

  test('a secret one ties nobody to a choice, for the host neither, and a reload is no second vote', async () => {
    const question = 'Whom do we take?';
    await start(question, ['Secret']);
    await answers(joon, 'South');
    await tv.expectPoll(['North: 0', 'South: 1'], '1 of 3 answered · Secret');
    await joon.reload();
    await joon.button('Join').click();
    await joon.poll.getByRole('button', { name: 'South', pressed: true }).waitFor();
    await tv.expectPoll(['North: 0', 'South: 1'], '1 of 3 answered');
    await answers(mina, 'North');
    await tv.expectPoll(['North: 1', 'South: 1'], '2 of 3 answered');
    await ends();
    await tv.expectPoll(['North: 1', 'South: 1'], '2 of 3 answered · Ended');
    for (const member of [mina, joon]) {
      await member.poll.getByText('Ended').waitFor();
      expect(await member.poll.getByText(/Mina|Joon/).count()).toBe(0);
      for (const frame of receivedOf(member, question)) expect(frame).not.toMatch(/"answers":\[/);
    }
    expect(receivedOf(mina, question).length).toBeGreaterThan(2);
    const page = await mina.openTab(meetingsPage);
    const kept = page.getByRole('article', { name: question });
    await kept.getByText('2 of 3 answered').waitFor();
    expect(await kept.getByText(/Mina|Joon/).count()).toBe(0);
    await page.close();
  });

  test('who comes late sees the one that runs, with its numbers once answered; an open one names its people', async () => {
    const question = 'Do we meet again?';
    await start(question, []);
    await answers(joon, 'North');
    await mina.button('Invite').click();
    const link = (await mina.page.getByText(/\/join#/).textContent()) ?? '';
    await mina.page.keyboard.press('Escape');
    const late = await scene.guest(3, NO_CAMERA, link);
    await late.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
    await late.button('Ask to join').click();
    await mina.button('Admit Ana').click();
    await late.expectInCall();
    await late.poll.getByText(question).waitFor();
    await answers(late, 'South');
    await late.poll.getByText('2 of 4 answered').waitFor();
    await tv.expectPoll(['North: 1', 'South: 1'], '2 of 4 answered');
    await ends();
    for (const { poll } of [mina, joon, late]) {
      const [north, south] = [poll.getByRole('listitem').nth(0), poll.getByRole('listitem').nth(1)];
      await north.getByText(JOON, { exact: true }).waitFor();
      await south.getByText('Ana', { exact: true }).waitFor();
    }
    await late.button('Leave').click();
  });

  test('a quiz shows what was right after its end, and not before', async () => {
    const question = 'Where is the plant?';
    await start(question, ['Quiz'], 'South');
    await answers(joon, 'North');
    await tv.expectPoll(['North: 1', 'South: 0'], '1 of 3 answered');
    const running = receivedOf(joon, question);
    expect(running.length).toBeGreaterThan(0);
    for (const frame of running) expect(frame).not.toMatch(/"rightChoice":\d/);
    for (const { poll } of [tv, joon]) expect(await poll.getByText('Right', { exact: true }).count()).toBe(0);
    await ends();
    for (const { poll } of [tv, joon, mina])
      await poll.getByRole('listitem').nth(1).getByText('Right', { exact: true }).waitFor();
  });

  test('an answer that comes after the end is refused in words, and counts nowhere', async () => {
    const question = 'Is it too late?';
    await start(question, []);
    network.cut();
    await ends();
    await tv.expectPoll(['North: 0', 'South: 0'], '0 of 3 answered · Ended');
    await answers(joon, 'North');
    network.restore();
    await joon.page.getByText('The poll has ended').waitFor();
    await joon.poll.getByText('Ended').waitFor();
    for (const persona of [tv, phone]) await persona.expectSamePage();
    await eventually(
      'no answer that came too late',
      () => tv.poll.getByRole('status').textContent(),
      (words) => words?.startsWith('0 of 3 answered') === true,
    );
  });
});
