// Who can sign in at the test provider. To add a person, add a line; `claims` go into the id token and userinfo as
// they stand, `amr` and `acr` say how they signed in.
export const PEOPLE = [
  { id: 'grace', name: 'Grace Adeyemi', claims: { groups: ['platform-admins'] }, amr: ['pwd', 'mfa'] },
  { id: 'tobias', name: 'Tobias Lindqvist', claims: { groups: ['payments-managers'] }, amr: ['pwd', 'mfa'] },
  { id: 'ines', name: 'Inês Carvalho', claims: { groups: ['payments-engineers'] }, amr: ['pwd'] },
  // The other shapes in which providers send roles: nested, and as one string.
  { id: 'nadia', name: 'Nadia Haddad', claims: { realm_access: { roles: ['payments-engineers'] }, groups: 'payments-engineers observers' }, amr: ['pwd', 'mfa'] },
  { id: 'stranger', name: 'Sam Stranger', claims: { groups: ['book-club'] }, amr: ['pwd'] },
  // Too many groups for a token: some providers then send a reference in place of the list.
  {
    id: 'many',
    name: 'Mona Manygroups',
    claims: { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://directory.invalid/users/many/getMemberObjects' } } },
    amr: ['pwd', 'mfa'],
  },
  // Names and claims that break careless pages.
  { id: 'script', name: '<script>alert(1)</script> "O\'Neil" \u202Eمرحبا', claims: { groups: ['payments-engineers'] }, amr: ['pwd', 'mfa'] },
];
