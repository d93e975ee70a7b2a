/**
 * Who may import whom: the house's arrows as rules for dependency-cruiser. What is not an arrow is forbidden.
 * Paths are regular expressions on paths from the checkout's top.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

const contract = '^fleet/contract/';
const call = '^fleet/call/';
/** For every Node process; no browser code. */
const edge = '^fleet/edge/';
const stage = '^kiosk/stage/';
const kit = '^controller/ui/';
const browserKit = [contract, call, stage, kit];

const aggregates =
  'rooms|devices|meetings|documents|chat|polls|transcript|notes|record|broadcasts|updates|people|mail|alerts|help|audit|erasures';
const brokerIndex = '^fleet/broker/index\\.ts$';
/** The agent's parts, a folder each. */
const agentParts =
  '^kiosk/agent/(?:peripherals/)?(calendar|speakerphone|tv|media-devices|reach|lan|documents|broadcasts|help|updates)/';
/** How files of a release come to their places on a box: the installer and root's updater do the same. */
const placing = '^provisioning/system/(slots|placement|placed-files|placed-releases|debian-status)\\.ts$';
/** What the file of settings is read with. */
const sectionOfSettings = '^kiosk/agent/.*settings\\.ts$';
/** What the aggregates' routes are written with; imports the contract alone. */
const routeKit = '^fleet/http/(route|paging)\\.ts$';
/** Pages: the code that Vite bundles. Their Vite configs and tests run in Node and are held to the same arrows. */
const pages = ['^kiosk/screen/', '^controller/(remote|join|staff|watch|share|program|link)/', '^fleet/console/'];
const ours = '^(fleet|kiosk|controller|provisioning|tests)/';

/** Tests beside the code put parts of their own house together, with fixtures that the product never sees. */
const fixtures = '-under-test\\.tsx?$';
const besideTests = ['\\.test\\.tsx?$', fixtures];
/** Signed feeds for the tests of those that verify them; `fixtures-for-tests` keeps it out of the product. */
const signedFeeds = '^provisioning/release/signing/feed-under-test\\.ts$';

/** `from` may import, of our own code, `to` and itself; libraries are another matter. */
function only(name: string, comment: string, from: string, to: string[]): IForbiddenRuleType {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: besideTests },
    to: { path: ours, pathNot: [...to, from] },
  };
}

/** As `only`, for a house as a whole: its tests are held to it too. */
function house(name: string, comment: string, from: string, to: string[]): IForbiddenRuleType {
  const rule = only(name, comment, from, to);
  return { ...rule, from: { path: from } };
}

export const importRules: IForbiddenRuleType[] = [
  {
    name: 'no-cycles',
    comment: 'two files that need each other are one file, or miss a third',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'resolvable',
    comment: 'the file or package is not there',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  only('contract-alone', '#contract imports the schema library and nothing else', contract, []),
  {
    name: 'contract-libraries',
    comment: '#contract imports the schema library and nothing else; it runs in Node and in browsers',
    severity: 'error',
    from: { path: contract, pathNot: '\\.test\\.ts$' },
    to: { pathNot: [contract, '(^|/)node_modules/zod/'] },
  },
  only('call', 'the call imports the contract', call, [contract]),
  only('edge', '#edge imports the contract and libraries', edge, [contract]),
  {
    name: 'edge-in-node',
    comment: '#edge is for Node processes: nothing that a browser loads imports it',
    severity: 'error',
    from: { path: [contract, call, stage, kit, ...pages] },
    to: { path: edge },
  },
  only('stage', 'the stage imports the contract and the call', stage, [contract, call]),
  only('kit', 'the kit imports the contract, the call and the stage', kit, [contract, call, stage]),
  only('room-machine', 'the room machine is pure and imports the contract alone', '^kiosk/room/', [contract]),
  {
    name: 'room-machine-pure',
    comment: 'no Node, no DOM, no React in the room machine',
    severity: 'error',
    from: { path: '^kiosk/room/', pathNot: '\\.test\\.ts$' },
    to: { pathNot: ['^kiosk/room/', contract] },
  },
  only('screen', 'the TV is browser code beside the room machine', '^kiosk/screen/', [...browserKit, '^kiosk/room/']),
  only('agent', 'the agent imports the room machine, the contract and #edge', '^kiosk/agent/', [
    contract,
    edge,
    '^kiosk/room/',
  ]),
  {
    name: 'agent-parts',
    comment: 'a part of the agent imports no other part: it reaches the room by its host',
    severity: 'error',
    from: { path: agentParts, pathNot: besideTests },
    to: { path: agentParts, pathNot: '^kiosk/agent/(?:peripherals/)?$1/' },
  },
  {
    name: 'agent-parts-by-list',
    comment: 'main.ts lists the parts; nothing else of the agent imports one, but for the schemas of its settings',
    severity: 'error',
    from: { path: '^kiosk/agent/', pathNot: [agentParts, '^kiosk/agent/main\\.ts$', ...besideTests] },
    to: { path: agentParts, pathNot: sectionOfSettings },
  },
  only('shell', 'the shell knows the contract, #edge, and the words of its picture', '^kiosk/shell/', [
    contract,
    edge,
    '^controller/ui/words/',
  ]),
  only('updater', "root's updater shares slots and placement with the installer", '^kiosk/updater/', [
    contract,
    edge,
    placing,
  ]),
  {
    name: 'updater-is-a-process',
    comment: "root's updater is started, not imported",
    severity: 'error',
    from: { pathNot: ['^kiosk/updater/', '^tests/', ...besideTests] },
    to: { path: '^kiosk/updater/' },
  },
  only('kiosk-supervisor', 'the supervisor starts processes, it does not import them', '^kiosk/[^/]+$', [
    contract,
    edge,
  ]),
  ...['remote', 'join', 'staff', 'watch', 'share', 'program'].map((task) =>
    only(`controller-${task}`, 'a task imports the browser kit and the link, no other task', `^controller/${task}/`, [
      ...browserKit,
      '^controller/link/',
    ]),
  ),
  only('controller-link', 'the room link imports the contract alone', '^controller/link/', [contract]),
  only('console', 'the console is a page like the others', '^fleet/console/', browserKit),
  only('media', 'the media node is a process of its own, and starts the transcriber', '^fleet/media/', [
    contract,
    edge,
    '^fleet/log\\.ts$',
    '^fleet/transcriber/client\\.ts$',
  ]),
  only('transcriber', 'the transcriber is a process of its own', '^fleet/transcriber/', [
    contract,
    edge,
    '^fleet/log\\.ts$',
  ]),
  {
    name: 'transcriber-is-a-process',
    comment: 'the transcriber is started, not imported, but for its client',
    severity: 'error',
    from: { pathNot: ['^fleet/transcriber/', '^tests/', ...besideTests] },
    to: { path: '^fleet/transcriber/', pathNot: ['/client\\.ts$'] },
  },
  only('store', 'the store knows no aggregate', '^fleet/store/', [contract, edge]),
  {
    name: 'aggregates-by-index',
    comment: 'an aggregate is entered by its index.ts',
    severity: 'error',
    from: { path: '^fleet/([^/]+)(/|$)', pathNot: besideTests },
    to: { path: `^fleet/(?:${aggregates})/`, pathNot: [`^fleet/(?:${aggregates})/index\\.ts$`, '^fleet/$1/'] },
  },
  only(
    'aggregates',
    'an aggregate imports the store, the broker, other aggregates, #edge, the contract, and what its routes are written with',
    `^fleet/(${aggregates})/(?!(?:converter|program|packager)/)`,
    [contract, edge, '^fleet/store/', brokerIndex, routeKit, `^fleet/(${aggregates})/`],
  ),
  only('converter', 'the document converter is a process of its own', '^fleet/documents/converter/', [
    contract,
    edge,
    '^fleet/log\\.ts$',
  ]),
  only('converter-inside', 'what runs in a sandbox finds nothing else there', '^fleet/documents/converter/inside/', []),
  {
    name: 'converter-is-a-process',
    comment: 'the document converter is started, not imported, but for the client of its link',
    severity: 'error',
    from: { pathNot: ['^fleet/documents/converter/', '^tests/', ...besideTests] },
    to: { path: '^fleet/documents/converter/', pathNot: ['/client\\.ts$'] },
  },
  only('program', 'the program process is a process of its own', '^fleet/broadcasts/program/', [
    contract,
    edge,
    '^fleet/log\\.ts$',
  ]),
  {
    name: 'program-is-a-process',
    comment: 'the program process is started, not imported',
    severity: 'error',
    from: { pathNot: ['^fleet/broadcasts/program/', '^tests/', ...besideTests] },
    to: { path: '^fleet/broadcasts/program/' },
  },
  only('packager', 'the packager is a process of its own', '^fleet/broadcasts/packager/', [
    contract,
    edge,
    '^fleet/log\\.ts$',
  ]),
  {
    name: 'packager-is-a-process',
    comment: 'the packager is started, not imported, but for the client of its link',
    severity: 'error',
    from: { pathNot: ['^fleet/broadcasts/packager/', '^tests/', ...besideTests] },
    to: { path: '^fleet/broadcasts/packager/', pathNot: ['/client\\.ts$'] },
  },
  only(
    'backup',
    'backup and return know the store, of which each table has its rule, the audit log and the list of deletions',
    '^fleet/backup/',
    [
      contract,
      edge,
      '^fleet/store/',
      '^fleet/audit/index\\.ts$',
      '^fleet/erasures/index\\.ts$',
      '^fleet/data-dir\\.ts$',
    ],
  ),
  {
    name: 'backup-is-a-process',
    comment: 'backup and return are started, not imported',
    severity: 'error',
    from: { pathNot: ['^fleet/backup/', '^tests/', ...besideTests] },
    to: { path: '^fleet/backup/' },
  },
  only('route-kit', 'what routes are written with knows no aggregate', routeKit, [contract]),
  only('broker', 'the broker knows no aggregate', '^fleet/broker/', [contract, edge, '^fleet/store/']),
  only('http', 'the HTTP app composes aggregates', '^fleet/http/', [
    contract,
    edge,
    '^fleet/store/',
    brokerIndex,
    `^fleet/(${aggregates})/`,
  ]),
  {
    name: 'fleet-in-node',
    comment: 'what IT runs in Node imports nothing that is made for browsers',
    severity: 'error',
    from: { path: '^fleet/', pathNot: '^fleet/(call|console)/' },
    to: { path: [call, stage, kit, ...pages] },
  },
  {
    name: 'media-is-a-process',
    comment: 'the media node is started, not imported',
    severity: 'error',
    from: { pathNot: ['^fleet/media/', '^tests/', ...besideTests] },
    to: { path: '^fleet/media/' },
  },
  house('fleet-house', 'the fleet imports no other house, but for the kit of its pages', '^fleet/', [
    stage,
    kit,
    signedFeeds,
  ]),
  house(
    'kiosk-house',
    'the kiosk imports of other houses the contract, #edge, the call and the kit',
    '^kiosk/(?!updater/)',
    [...browserKit, edge, '^kiosk/', signedFeeds],
  ),
  house('controller-house', 'the controller imports of other houses what browser code may', '^controller/', browserKit),
  {
    name: 'mains-are-the-end',
    comment: 'nothing imports fleet/server.ts or a main.ts: they are started',
    severity: 'error',
    from: {},
    to: {
      path: ['^fleet/server\\.ts$', '^fleet/main\\.ts$', '^kiosk/main\\.ts$', '/main\\.ts$'],
      pathNot: 'node_modules',
    },
  },
  house('provisioning', 'provisioning starts processes and speaks the contract', '^provisioning/', [contract, edge]),
  {
    name: 'nothing-imports-tests',
    comment: 'the product does not know its tests',
    severity: 'error',
    from: { pathNot: '^tests/' },
    to: { path: '^tests/' },
  },
  {
    name: 'fixtures-for-tests',
    comment: 'the product does not know the fixtures beside it',
    severity: 'error',
    from: { pathNot: ['^tests/', '/testing/', ...besideTests] },
    to: { path: fixtures },
  },
  house('simulators', 'simulators import the contract and #edge, nothing else of ours', '^tests/simulators/', [
    contract,
    edge,
  ]),
];
