/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import icons from 'unplugin-icons/vite';
import { defineConfig } from 'vite';
import { budget } from './vite/budget.ts';
import { strokes } from './vite/icons.ts';
import { precompress } from './vite/precompress.ts';

const office = process.env.TIMEBOOK ?? 'http://127.0.0.1:8442';

export default defineConfig({
  // The server takes changes from its own page only, so the page under construction says that it is that.
  server: { proxy: { '/api': { target: office, changeOrigin: true, configure: (proxy) => proxy.on('proxyReq', (request) => request.setHeader('origin', office)) } } },
  plugins: [svelte(), icons({ compiler: strokes, scale: 1 }), budget({ firstLoadGzipBytes: 62_000, allGzipBytes: 200_000, opens: 'views/today/Today.svelte' }), precompress()],
  build: {
    // The oldest browsers that know light-dark(); the page's colours rest on it.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content policy allows neither data: addresses nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What every visit loads is one file: two dozen small ones compress worse and each waits its turn.
    // So is what administrators open, and what managers do, and their words: who opens one of these pages opens the next; what lies over
    // a page; how one comes in; and the parts and icons that many pages share, but for those that Today begins with.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'frame', tags: ['$initial'], includeDependenciesRecursively: true },
            { name: 'team', test: /page\/(views\/(reports|approvals|team|projects)\/|ui\/(Bars|Choose|Lanes|LongTable|PeriodPicker)\.svelte|model\/(ask|hours|period|approval|tree)\.ts)/ },
            { name: 'team-en', test: /page\/text\/en\/(reports|approvals|team|projects|chart)\.ts/ },
            { name: 'team-de', test: /page\/text\/de\/(reports|approvals|team|projects|chart)\.ts/ },
            { name: 'over', test: /page\/frame\/(Confirm|Clash|StepUp|KeyMap|Palette|SignInAgain)\.svelte/ },
            { name: 'start', test: /page\/views\/(Setup|SetupForm|Link|RecoveryCode|SignIn)\.svelte/ },
            { name: 'time', test: /page\/views\/(timesheet\/|entry\/EntryDialog|today\/StillWorking)/ },
            { name: 'parts', test: /page\/(ui\/(CopyBox|Dialog|Field|ProblemBox|RunningNow|Segmented|Select|SignInForm|ZoneSelect)\.svelte|state\/(act|jobs\.svelte|staff\.svelte)\.ts|model\/(account|bytes|zones)\.ts)|~icons\/lucide\/(?!(?:check|circle-question-mark|clock|cloud-upload|lock|pencil|play|plus|tag|timer|trash-2|triangle-alert)(?:\.|$))/ },
            { name: 'office', test: /page\/views\/(server|computers|users|log|settings|import)\// },
            { name: 'office-en', test: /page\/text\/en\/(server|computers|users|log|jobs|settings|import)\.ts/ },
            { name: 'office-de', test: /page\/text\/de\/(server|computers|users|log|jobs|settings|import)\.ts/ },
          ],
        },
      },
    },
  },
  test: { include: ['page/**/*.test.ts', 'vite/**/*.test.ts'], environment: 'node' },
});
