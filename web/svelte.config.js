export default {
  compilerOptions: {
    runes: true,
    // Explicit table roles are needed: `display: grid` on the rows of a phone's layout drops the implicit ones.
    warningFilter: (warning) => warning.code !== 'a11y_no_redundant_roles',
  },
};
