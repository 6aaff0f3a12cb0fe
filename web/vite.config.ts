/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import icons from 'unplugin-icons/vite';
import { defineConfig, type ProxyOptions } from 'vite';
import { budget } from './vite/budget.ts';
import { strokes } from './vite/icons.ts';
import { precompress } from './vite/precompress.ts';
import { worker } from './vite/worker.ts';

const office = process.env.TIMEBOOK ?? 'http://127.0.0.1:8442';

// The server takes changes from its own page only, so the page under construction says that it is that.
const proxy: ProxyOptions = { target: office, changeOrigin: true, configure: (through) => through.on('proxyReq', (request) => request.setHeader('origin', office)) };

export default defineConfig({
  server: { proxy: { '/api': proxy } },
  preview: { proxy: { '/api': proxy } },
  plugins: [svelte(), icons({ compiler: strokes, scale: 1 }), worker(), precompress(), budget({ firstLoadGzipBytes: 60_000, allGzipBytes: 200_000, opens: 'views/today/Today.svelte' })],
  build: {
    // The oldest browsers that know light-dark(); the page's colours rest on it.
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // The content policy allows neither data: addresses nor inline scripts.
    assetsInlineLimit: 0,
    // The shell names what it needs. A page's two files are a step away on the office's own network: naming them at every link was more than a kilobyte.
    modulePreload: { polyfill: false, resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : files.filter((name) => name.endsWith('.css'))) },
    reportCompressedSize: false,
    // What every visit loads is one file, what Today begins with another, and all other pages with the parts and icons they share a third, whose
    // words are one file a language. Two dozen small files compress worse and each waits its turn: by page it was a seventh more in all.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'frame', tags: ['$initial'], includeDependenciesRecursively: true },
            { name: 'today', test: /page\/(views\/(today\/(Today|Composer|DayStrip|Suggestions)|entry\/(EntryList|OnWhat))|ui\/(Panel|Empty)|model\/(strip|suggest|entry|typed|clash)|text\/today\.ts|state\/week\.ts)|~icons\/lucide\/(?:check|circle-question-mark|clock|cloud-upload|lock|pencil|play|plus|tag|timer|trash-2|triangle-alert)(?:\.|$)/ },
            { name: 'pages', test: /page\/(text\/(?!index|pick|today)[a-z]+\.ts|views\/(?!today\/(Today|Composer|DayStrip|Suggestions)|entry\/(EntryList|OnWhat))|frame\/(Confirm|Clash|StepUp|KeyMap|Palette|SignInAgain|OutOfService)|ui\/(?!Panel|Empty)|rest-of-all|api\/(all|csv)|state\/(act|clash|draft|jobs|staff|people)|model\/(?!strip|suggest|entry|typed))|lean-qr|~icons\/lucide\/(?!(?:check|circle-question-mark|clock|cloud-upload|lock|pencil|play|plus|tag|timer|trash-2|triangle-alert)(?:\.|$))/ },
            { name: 'words-en', test: /page\/text\/en\/(?!shell|today)/ },
            { name: 'words-de', test: /page\/text\/de\/(?!shell|today)/ },
          ],
        },
      },
    },
  },
  test: { include: ['page/**/*.test.ts', 'vite/**/*.test.ts'], environment: 'node' },
});
