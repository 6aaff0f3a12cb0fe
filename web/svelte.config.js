export default {
  compilerOptions: {
    runes: true,
    // Short, because it stands at every element: four characters tell some hundred components apart.
    cssHash: ({ hash, filename, css }) => `s${hash(filename === '(unknown)' ? css : filename).slice(-4)}`,
    // Explicit table roles are needed: `display: grid` on the rows of a phone's layout drops the implicit ones.
    warningFilter: (warning) => warning.code !== 'a11y_no_redundant_roles',
  },
};
