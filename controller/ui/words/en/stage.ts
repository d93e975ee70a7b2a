/** English words on the stage, for the TV and the guest's page. */
export default {
  /** beside a name, where there is little place */
  guest: 'Guest',
  handUp: 'Hand raised',
  document: {
    region: 'Shared document',
    page: '{{title}}, document page {{page}} of {{pages}}',
    pageUncounted: '{{title}}, document page {{page}}',
    number: 'Page {{page}} of {{pages}}',
    numberUncounted: 'Page {{page}}',
    presents: '{{name}} presents',
    loading: 'The page is on its way',
    failed: 'This page cannot be shown',
    broken: 'Turn to another page, or share the document again.',
    unreachable: 'The server does not answer. The page comes as soon as it does.',
  },
} as const;
