export default {
  compilerOptions: {
    runes: true,
    // A component's elements as a list instead of as HTML to be read: a kilobyte less in all, and nothing of it passes through a parser of HTML.
    fragments: 'tree',
    // Short, because it stands at every element: four characters tell some hundred components apart. A class may not begin with a digit.
    cssHash: ({ hash, filename, css }) => hash(filename === '(unknown)' ? css : filename).slice(-4).replace(/^\d/, 'q'),
    // Explicit table roles are needed: `display: grid` on the rows of a phone's layout drops the implicit ones.
    warningFilter: (warning) => warning.code !== 'a11y_no_redundant_roles',
  },
};
