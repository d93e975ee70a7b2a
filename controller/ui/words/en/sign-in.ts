/** English words of signing in, and of one's own password. */
export default {
  title: 'Sign in',
  userName: 'User name',
  password: 'Password',
  action: 'Sign in',
  openId: 'Sign in with {{label}}',
  or: 'or with a Maru user name',
  signOut: 'Sign out',
  choose: {
    title: 'Choose your password',
    lead: 'The one-time password has done its work. From now on only you know the password.',
    byLink: 'This link works once. From now on you sign in with your user name and this password.',
    oneTime: 'One-time password',
    current: 'Current password',
    next: 'New password',
    nextHint: 'At least 10 characters',
    again: 'New password again',
    tooShort: 'At least 10 characters, please',
    different: 'The two are not the same',
    action: 'Save and continue',
  },
} as const;
